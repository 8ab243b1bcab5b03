"""When nothing is asked any more: no question of the counter's own may stand for ever, whatever is said next."""

import pytest

from dialogs.reading.topics import TOPICS
from tests.dialogs.player import PAPER, SUBMITTED, Talk
from tests.dialogs.test_asking_in_between import ASKED

NOT_COVERED = [*PAPER[:3], "<2023-02-23>", "[なかった]"]
ENDS = {"submitted": SUBMITTED, "told": NOT_COVERED}
ASK_BACK = ("人と話したい", "やりなおす")
NEXT = ("ありがとう", "状況", "手数料はかかりますか", "もどる", "たすけて", "English", "1234")
DOORS = ("line", "sms", "web")


def at_the_end(door: str, end: str) -> Talk:
    return Talk(door=door).play(ENDS[end])


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("asked", ASK_BACK)
@pytest.mark.parametrize("said", NEXT)
def test_a_question_of_the_counters_own_is_gone_when_something_else_is_said(
    door: str, end: str, asked: str, said: str
) -> None:
    talk = at_the_end(door, end)
    talk.do(asked)
    assert talk.state.pending.aside
    talk.do(said)
    assert ("", "") == (talk.state.pending.aside, talk.state.pending.ask_id)
    talk.do("はい")
    assert ("bot", end) == (talk.state.owner, talk.state.outcome)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("topic", sorted(set(TOPICS) - {"find"}))
def test_whatever_is_asked_after_the_end_leaves_nothing_waiting(door: str, topic: str) -> None:
    talk = at_the_end(door, "submitted").check([("人と話したい", "担当者におつなぎしましょうか")])
    talk.do(ASKED[topic][0])
    assert ("", "submitted") == (talk.state.pending.ask_id, talk.state.outcome)


def test_a_search_begun_after_the_end_is_left_by_a_word_and_nothing_waits() -> None:
    talk = at_the_end("line", "submitted").check(
        [("申請をさがす", "受付番号（10けた）"), ("やめる", "how the application")]
    )
    assert ("", "submitted") == (talk.state.pending.ask_id, talk.state.outcome)


@pytest.mark.parametrize("end", ENDS)
def test_nobody_is_told_to_answer_again_what_is_not_asked(end: str) -> None:
    talk = at_the_end("line", end)
    talk.check([("人と話したい", "[いまはいい]"), ("やりなおす", "[はじめない]")])
    assert ["はじめる", "はじめない"] == [choice.label for choice in talk.asked.choices]
    talk.do("[はじめない]")
    assert ("", end) == (talk.state.pending.ask_id, talk.state.outcome)


def test_the_button_that_was_left_asks_once_more_and_then_does_it() -> None:
    talk = at_the_end("line", "submitted").play(["人と話したい"])
    person = talk.asked
    talk.do("ありがとう")
    assert "担当者におつなぎしましょうか" in talk.tap("担当者と話す", of=person)
    talk.do("[担当者と話す]")
    assert "queue" == talk.state.owner
