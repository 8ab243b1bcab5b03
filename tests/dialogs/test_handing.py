"""Between the bot and staff: silence while a person has the chat, what is told meanwhile, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.reaction import State
from tests.dialogs.player import ONE_COUPON, PAPER, SUBMITTED, Talk, instant

WAITING = [*PAPER[:4], "担当者", "はい"]
NIGHT, MORNING = "04-05 22:00", "04-06 10:00"  # the centre is open on weekdays from ten


def staff_let_go(talk: Talk, how: str) -> str:
    """What is said when staff have done with it; gives the words."""
    return talk.happen("staff", how)


def taken(talk: Talk) -> Talk:
    talk.state = replace(talk.state, owner="agent:0190a0b0")
    return talk


def test_who_waits_at_night_is_told_once_when_somebody_will_be_there() -> None:
    talk = Talk(at="04-05 16:59").play(WAITING)
    assert "" == talk.do("まだですか")
    talk.clock = instant(NIGHT)
    assert "次の受付は 2023年4月6日(木) 10:00 からです" in talk.do("まだですか")
    assert "" == talk.do("もしもし")
    talk.clock = instant("04-06 22:00")
    assert "2023年4月7日(金)" in talk.do("まだですか")


def test_who_comes_at_night_is_not_told_the_same_hours_again() -> None:
    talk = Talk(at=NIGHT)
    assert "次の受付は" in talk.play(WAITING[:-1]).do("はい")
    assert "" == talk.do("まだですか")


@pytest.mark.parametrize("line", ["{sticker}", "{follow}"])
def test_hours_are_told_to_words_alone(line: str) -> None:
    talk = Talk(at="04-05 16:59").play(WAITING)
    talk.clock = instant(NIGHT)
    assert "" == talk.do(line)


def test_while_somebody_of_the_staff_has_it_nothing_is_said_at_any_hour() -> None:
    talk = taken(Talk(at="04-05 16:59").play(WAITING))
    talk.clock = instant(NIGHT)
    assert ["", "", ""] == [talk.do(line) for line in ("なかった", "状況", "やりなおす")]


def test_back_to_the_bot_is_heard_whoever_has_it() -> None:
    talk = taken(Talk().play(WAITING))
    talk.check([("ボットに戻る", "自動のご案内に戻りました"), ("なかった", "残額はいくらでしたか")])


def test_handed_back_by_staff_what_waited_is_asked_again_with_its_answers_kept() -> None:
    talk = taken(Talk().play([*ONE_COUPON[:-1], "担当者", "はい"]))
    before = {key: entry["v"] for key, entry in talk.state.record.items() if key[0] not in "!?@"}
    told = staff_let_go(talk, "return")
    assert ("自動のご案内に戻りました" in told, "ほかにもクーポンがありますか" in told) == (True, True)
    assert before == {key: entry["v"] for key, entry in talk.state.record.items() if key[0] not in "!?@"}
    assert "bot" == talk.state.owner


@pytest.mark.parametrize(
    ("answer", "manner"), [("[よかった]", "survey:good"), ("いまひとつ", "survey:poor"), ("2", "survey:fair")]
)
def test_the_survey_is_one_question_and_then_what_waited_goes_on(answer: str, manner: str) -> None:
    talk = taken(Talk().play(WAITING))
    assert "担当者の対応はいかがでしたか" in staff_let_go(talk, "survey")
    assert "お支払いで困ったこと" in talk.do(answer)
    assert talk.last
    assert manner == talk.last.manner


def test_who_answers_what_waited_instead_of_the_survey_is_heard() -> None:
    talk = taken(Talk().play(WAITING))
    staff_let_go(talk, "survey")
    talk.check([("なかった", "残額はいくらでしたか")])


def test_a_survey_after_the_application_ends_with_thanks_alone() -> None:
    talk = taken(Talk().play([*SUBMITTED, "担当者", "はい"]))
    staff_let_go(talk, "survey")
    assert "ありがとうございます。今後の参考にします。" == talk.do("[よかった]").strip()


def test_a_word_within_seven_days_after_staff_closed_goes_to_staff_again() -> None:
    talk = taken(Talk().play(WAITING))
    assert "7日のあいだに" in staff_let_go(talk, "close")
    talk.clock = instant("04-12 09:59")
    assert "前のやりとりの続き" in talk.do("やはりわかりません")
    assert "queue" == talk.state.owner


@pytest.mark.parametrize(
    ("at", "line"), [("04-12 10:30", "すみません"), (MORNING, "{sticker}"), (MORNING, "ボットに戻る")]
)
def test_later_or_to_the_bot_it_is_the_bots(at: str, line: str) -> None:
    talk = taken(Talk().play(WAITING))
    staff_let_go(talk, "close")
    talk.clock = instant(at)
    assert "お支払いで困ったこと" in talk.do(line)
    assert "bot" == talk.state.owner


@pytest.mark.parametrize("owner", ["bot", "closed"])
def test_staff_who_let_go_of_what_they_have_no_more_change_nothing(owner: str) -> None:
    talk = Talk().play(PAPER[:4])
    talk.state = replace(talk.state, owner=owner)
    before: State = talk.state
    assert "" == staff_let_go(talk, "return")
    assert (before.record, before.pending, owner) == (talk.state.record, talk.state.pending, talk.state.owner)
