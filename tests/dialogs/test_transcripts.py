"""Whole conversations as they are read, word for word. REFRESH_TRANSCRIPTS=1 writes them anew: read the difference."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dialogs.player import (
    ELIGIBLE,
    ONE_COUPON,
    PAPER,
    PERSON,
    REFUND,
    REFUND_SUBMITTED,
    RIGHT_CODE,
    SUBMITTED,
    Talk,
)

TRANSCRIPTS = Path(__file__).parent / "transcripts"
REFRESH = bool(os.environ.get("REFRESH_TRANSCRIPTS"))

TWO_COUPONS = ["[はい、あります]", "[番号がわからない]", "tg2222-2222", "2/22", "[いいえ、これで全部]"]
CODES = ["web:111111", "web:999999", "web:[送り先を変える]", "web:hanako@example.jp", f"web:{RIGHT_CODE}"]
CONVERSATIONS: dict[str, Callable[[], Talk]] = {
    "paper_by_line": lambda: Talk().play(SUBMITTED),
    "paper_by_sms_with_numbers": lambda: Talk(door="sms").play(
        [
            "はい",
            "1",
            "1",
            "2/24",
            "1",
            "1",
            "1",
            "1",
            "TG11111111",
            "2月23日",
            "2",
            *PERSON,
            "1",
            "確定",
            "どうなりましたか",
        ]
    ),
    "paper_in_english": lambda: Talk(language="en").play(
        [
            "hello",
            "1",
            "Tochigi",
            "24 February",
            "1",
            "1000",
            "1",
            "apply now",
            "TG11111111",
            "Feb 23",
            "No, that is all",
        ]
    ),
    "paper_in_easy_japanese": lambda: Talk(language="ja-easy").play(
        ["こんにちは", "1", "とちぎ", "2月24日", "1", "1000円", "1", "1", "TG11111111", "2月23日", "2"]
    ),
    "two_coupons_one_number_lost": lambda: Talk().play(
        [*ONE_COUPON[:-1], *TWO_COUPONS, *PERSON, "[この内容で申請する]"]
    ),
    "refund_by_line": lambda: Talk().play([*REFUND, "0129", *REFUND_SUBMITTED[len(REFUND) :], "状況"]),
    "refund_to_japan_post_by_sms_in_english": lambda: Talk(door="sms", language="en").play(
        [
            *("hello", "1", "Tochigi", "24 February", "1", "1000", "1", "2", "TG11111111", "Feb 23", "2"),
            *("web:1", "web:John Smith", "web:John Smith", "web:090-1234-5678", "web:[Same as my contact]"),
            *(f"web:{RIGHT_CODE}", "web:320-0033", "web:1-1 Honcho, Utsunomiya, Tochigi"),
            *("web:Nikko Inn", "web:Feb 23", "web:Feb 24", "web:1", "web:nowhere", "web:ゆうちょ", "web:1"),
            *("web:10530", "web:12345671", "web:[Write it again]", "web:14030", "web:12345671"),
            *("web:Jane Doe", "web:[Write it again]", "web:[Same (JOHN SMITH)]", "web:1", "status"),
        ]
    ),
    "refund_given_up_for_points_in_easy_japanese": lambda: Talk(language="ja-easy").play(
        [
            *("こんにちは", "1", "とちぎ", "2月24日", "1", "1000円", "1", "2", "TG11111111", "2月23日", "2"),
            *("web:1", "web:リ メイ", "web:り めい", "web:090-1234-5678", "web:[連絡先と同じ]", f"web:{RIGHT_CODE}"),
            *("web:320-0033", "web:栃木県宇都宮市本町1-1", "web:日光見本旅館", "web:2/23", "web:2/24"),
            *("web:[やっぱりポイントにする]", "1", "web:1", "web:[連絡先と同じ]"),
        ]
    ),
    "before_the_site_opens": lambda: Talk(at="03-10 12:00").play(
        [*ELIGIBLE, "まだですか", "お知らせしてほしい", "お知らせはいらない", "お知らせして", "まだですか"]
    ),
    "charged_to_the_app": lambda: Talk(at="03-10 12:00").play([*PAPER, "[チャージした]", "[登録している]"]),
    "charged_twice_on_a_saturday": lambda: Talk(at="04-29 12:00").play([*PAPER[:4], "[二重に決済された]", "0円"]),
    "charged_twice_and_told_to_staff": lambda: Talk(at="03-25 12:00").play(
        [
            *(
                *PAPER[:4],
                "[二重に決済された]",
                "500円",
                "[していない（紙のまま）]",
                "[はい、ここで伝える]",
                "TG-1111 1111",
            ),
            *("日光見本屋", "夕方6時半ごろ", "[2回]", "1000円", "[この内容で伝える]", "[いま申請する]", "2/23"),
            *("[いいえ、これで全部]", *PERSON, "[この内容で申請する]"),
        ]
    ),
    "paid_and_deducted_by_sms_in_english": lambda: Talk(at="03-05 11:00", door="sms", language="en").play(
        [
            *("hello", "1", "Tochigi", "25 February", "2", "1", "I don't know", "Mihon Souvenirs", "about 6:30 pm"),
            *("2", "1500 yen", "1", "submit", "status"),
        ]
    ),
    "got_no_coupon_in_easy_japanese": lambda: Talk(at="03-10 12:00", language="ja-easy").play(
        [
            *("こんにちは", "3", "とちぎ", "1", "ホテルの人が、クーポンを出せないと言いました。", "日光見本ホテル"),
            *("15時", "1", "まだですか"),
        ]
    ),
    "another_prefecture": lambda: Talk().play([*PAPER[:2], "京都"]),
    "not_understood_and_to_a_person": lambda: Talk().play(
        [*PAPER[:2], "さあ", "さあ", "さあ", "はい", "もしもし", "ボットに戻る", "とちぎ"]
    ),
    "changing_back_and_stopping": lambda: Talk().play(
        [*PAPER, "もどる", "3000円", "変更", "有効期限", "[前のまま 2023年2月24日(金)]", "やめる", "はい", "続けます"]
    ),
    "code_wrong_expired_and_elsewhere": lambda: Talk().play([*ONE_COUPON, *PERSON[:4], *CODES, "[この内容で申請する]"]),
    "too_late": lambda: Talk(at="05-01 00:00").play(ELIGIBLE),
    "all_over": lambda: Talk(at="06-01 12:00").play([*PAPER, "[チャージした]", "[登録している]"]),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_conversation_reads_word_for_word_as_it_was_approved(name: str) -> None:
    path = TRANSCRIPTS / f"{name}.txt"
    played = "\n\n".join(CONVERSATIONS[name]().transcript) + "\n"
    if REFRESH:
        path.write_text(played, "utf-8")
    assert path.read_text("utf-8") == played


def test_no_transcript_is_left_of_a_conversation_that_is_not_played() -> None:
    assert sorted(CONVERSATIONS) == sorted(path.stem for path in TRANSCRIPTS.glob("*.txt"))
