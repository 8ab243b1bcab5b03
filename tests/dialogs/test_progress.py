"""How many questions are left of a half-filled application, as it is told with 「状況」."""

import pytest

from dialogs.engine import Desk
from dialogs.progress import questions_left
from tests.dialogs.player import CAMPAIGN, ELIGIBLE, ONE_COUPON, PAPER, PERSON, REFUND, Talk


def left(lines: list[str], at: str = "04-05 10:00") -> int:
    talk = Talk(at=at).play(lines)
    return questions_left(talk.script, Desk(CAMPAIGN, "line"), talk.state.record, talk.clock)


def test_each_answer_leaves_one_question_fewer() -> None:
    counted = [left(PAPER[:n]) for n in range(1, len(PAPER) + 1)]
    assert counted == list(range(counted[0], counted[0] - len(PAPER), -1))


def test_at_the_check_one_is_left() -> None:
    assert 1 == left([*ONE_COUPON, *PERSON])


def test_money_back_asks_more_than_points() -> None:
    assert left(REFUND) > left(ONE_COUPON)


@pytest.mark.parametrize("at", ["03-10 12:00", "05-02 12:00"])
def test_where_nobody_can_apply_only_what_tells_it_is_left(at: str) -> None:
    assert left(ELIGIBLE[:2], at) <= len(ELIGIBLE)
