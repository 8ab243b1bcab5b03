"""What the dialogues about trouble in the outage share: the ways into it, and what was handed to staff."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dialogs.facts import campaign_facts
from dialogs.rules.cases import CaseDetails, details_from
from dialogs.words import words
from tests.dialogs.player import CAMPAIGN, PAPER, Talk

DOORS = ("line", "sms", "web")
TO_EVENT = PAPER[:4]
TWICE = [*TO_EVENT, "[二重に決済された]", "500円", "[していない（紙のまま）]"]
TOLD_TWICE = ["[はい、ここで伝える]", "TG-1111 1111", "日光見本屋", "夕方6時半ごろ", "[2回]", "1000円"]
PASSED_ON = [*TWICE, *TOLD_TWICE, "[この内容で伝える]"]
OTHER = [*TO_EVENT, "[ほかに困ったことがあった]", "0円"]
NOT_ISSUED = ["こんにちは", "[クーポンを受け取れなかった]", "[栃木県]"]
FOUR = ("お問合せ番号", "有効期限", "旅行先の都道府県", "お店の名前")


def at_the_door(door: str, at: str) -> Talk:
    return Talk(at=at, door=door)


def play(talk: Talk, lines: Iterable[str]) -> str:
    """As it is done at that door: an SMS types the number of a choice, and a day; all that was answered."""
    heard = ""
    for line in lines:
        tapped, day = re.fullmatch(r"\[(.+)]", line), re.fullmatch(r"<\d+-0?(\d+)-0?(\d+)>", line)
        if talk.door == "sms" and tapped:
            labels = [choice.label for choice in talk.asked.choices]
            # What follows from it is asked by its word alone.
            line = str(labels.index(tapped[1]) + 1) if labels else "確定"  # noqa: PLW2901 - as this telephone does it
        elif talk.door != "line" and day:
            line = f"{day[1]}/{day[2]}"  # noqa: PLW2901 - as above
        heard += talk.do(line) + "\n"
    return heard


def sentence(door: str, key: str, **more: Any) -> str:
    """What is said under that key at that door."""
    return words("ja", door).say(key, **{**campaign_facts(CAMPAIGN), **more})


def handed_in(talk: Talk) -> list[tuple[str, CaseDetails]]:
    """What was given to staff, in order."""
    args: list[Any] = [lookup.args for lookup in talk.lookups if lookup.name == "open_case"]
    return [(arg["kind"], details_from(arg)) for arg in args]
