"""The menu below the chat leads somewhere from every place, and costs nobody a try."""

from __future__ import annotations

import pytest

from dialogs.menu import AREAS, BAR
from dialogs.reading import COMMANDS
from dialogs.reading.commands import read_command
from dialogs.reading.topics import read_topic
from integrations.line.limits import graphemes
from tests.dialogs.player import ELIGIBLE, ONE_COUPON, PAPER, SUBMITTED, Talk

PLACES = {
    "before the first word": [],
    "at the first question": ["こんにちは"],
    "on the way": PAPER,
    "where a number is asked": [*ELIGIBLE, "[いま申請する]"],
    "before the private part": ONE_COUPON,
    "after it was sent off": SUBMITTED,
    "after it was stopped": [*PAPER, "やめる", "やめる"],
    "when somebody is asked whether to stop": [*PAPER, "やめる"],
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("says", [area.says for area in AREAS])
def test_a_tap_is_understood_wherever_the_conversation_stands(place: str, says: str) -> None:
    talk = Talk().play(PLACES[place])
    answered = dict(talk.state.record)
    assert talk.do(says)
    assert talk.manner not in ("invalid", "old_button")
    assert 0 == talk.state.pending.tries
    assert {key for key in answered if key[0] not in "!?@"} <= set(talk.state.record)


def test_apply_goes_on_with_the_question_that_waits() -> None:
    talk = Talk().play(PAPER)
    asked = talk.asked
    talk.check([("やめる", "中止しますか"), ("申請をつづける", asked.text)])
    assert asked.ask_id.rpartition(".")[2] == talk.ask_id.rpartition(".")[2]


def test_apply_comes_back_to_what_was_stopped() -> None:
    talk = Talk().play([*PAPER, "やめる", "やめる"])
    assert "おかえりなさい" in talk.do("申請をつづける")


def test_every_area_says_a_word_that_always_works_or_asks_what_is_answered() -> None:
    for area in AREAS:
        assert read_command(area.says) in COMMANDS or read_topic(area.says)


def test_the_menu_fits_line() -> None:
    assert 6 == len(AREAS)
    assert graphemes(BAR) <= 14
    assert [] == [area for area in AREAS if graphemes(area.title) > 20 or graphemes(area.says) > 300]
