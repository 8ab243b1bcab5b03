"""The menu below the chat: six areas, each with words that lead into the conversation wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """What stands on it, in Japanese and in English for those who read no Japanese, and what a tap says."""

    sign: str
    title: str
    english: str
    says: str


BAR = "メニューを開く・閉じる"
AREAS = (
    Area("申", "申請する", "Apply / continue", "申請をつづける"),
    Area("状", "状況を見る", "My status", "状況"),
    Area("？", "使い方・質問", "Help", "たすけて"),
    Area("真", "本物ですか？", "Is it genuine?", "本物ですか"),
    Area("人", "担当者と話す", "Talk to staff", "担当者"),
    Area("A", "English", "英語で話す", "English"),
)
