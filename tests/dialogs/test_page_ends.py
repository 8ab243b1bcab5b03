"""The way to our own page says how long it opens: for a day, or until what is asked there ends within it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dialogs.player import ONE_COUPON, REFUND, SUBMITTED, Talk
from tests.dialogs.test_contact_change import MINE, SECOND_FACTOR

DAY = {
    "ja": "ページは24時間のあいだ開けます。",
    "ja-easy": "ページは24時間使えます。",
    "en": "stays open for 24 hours.",
}
LAST = {
    "ja": "ページは2023年4月30日(日) 23:59 まで開けます。",
    "ja-easy": "ページは2023年4月30日(日) 23:59 まで使えます。",
    "en": "The page stays open until Sun 30 April 2023 23:59.",
}


def asked_again(talk: Talk, language: str) -> str:
    """The way to the page, as it is said in a language."""
    talk.state = replace(talk.state, language=language)
    return talk.do("{sticker}")


@pytest.mark.parametrize("language", ["ja", "ja-easy", "en"])
@pytest.mark.parametrize("lines", [ONE_COUPON, REFUND], ids=["points", "refund"])
def test_on_the_last_day_to_apply_the_page_is_said_to_close_with_it(lines: list[str], language: str) -> None:
    assert DAY[language] in asked_again(Talk(at="04-29 12:00").play(lines), language)
    assert LAST[language] in asked_again(Talk(at="04-30 12:00").play(lines), language)


def test_a_page_for_the_url_closes_with_the_last_day_of_receipt() -> None:
    talk = Talk(own=MINE, at="04-05 10:00").play(SUBMITTED)
    talk.clock = talk.clock.replace(month=5, day=31)
    talk.play(["送り先を変えたい", *SECOND_FACTOR])
    assert "下のボタンを押してください。ページは2023年5月31日(水) 23:59 まで開けます。" in talk.said[-1].text


def test_by_sms_the_last_day_takes_no_more_room_than_a_day_of_hours() -> None:
    talk = Talk(own=MINE, door="sms", at="04-30 12:00").play(ONE_COUPON)
    assert "（2023/4/30(日)まで有効）" in talk.said[-1].text
