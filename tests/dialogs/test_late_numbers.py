"""By SMS nobody tells when a text was written: a late number must not answer what it was never meant for."""

import pytest

from dialogs.message import Choice
from dialogs.steps import Submitted
from dialogs.words import languages, words
from tests.dialogs.player import ONE_COUPON, PERSON, TO_CHECK, Talk
from tests.dialogs.trouble_talk import TOLD_TWICE, TWICE

LATE = ("1", "１", "1番", "いち", "はい", "うん", "OK", "yes", "お願いします", "同意します", "2", "2月", "紙")


def at_the_check() -> Talk:
    talk = Talk(door="sms").play([*ONE_COUPON, *PERSON])
    assert "check" == talk.state.pending.key
    return talk


@pytest.mark.parametrize("late", LATE)
def test_a_late_number_or_yes_sends_nothing_off(late: str) -> None:
    talk = at_the_check()
    assert "「確定」" in talk.do(late)
    assert ([], "check") == (talk.outcomes, talk.state.pending.key)


@pytest.mark.parametrize("said", ["確定", "「確定」", "確定します", "この内容で申請する", "submit"])
def test_its_own_word_sends_it_off(said: str) -> None:
    talk = at_the_check()
    talk.do(said)
    assert [Submitted] == [type(outcome) for outcome in talk.outcomes]


@pytest.mark.parametrize(("language", "said"), [("ja", "確定"), ("ja-easy", "出す"), ("en", "submit")])
def test_the_question_names_the_words_that_it_takes_and_no_numbers(language: str, said: str) -> None:
    assert said in words(language, "sms").say("ask.check")
    talk = at_the_check()
    talk.do(words(language).say("language_name"))
    assert () == talk.asked.choices
    talk.do(said)
    assert [Submitted] == [type(outcome) for outcome in talk.outcomes]


@pytest.mark.parametrize("language", languages())
def test_a_change_of_contact_is_called_off_by_its_word_alone(language: str) -> None:
    spoken = words(language, "sms")
    talk = Talk(door="sms", language=language, own=["1234567897"], asked_before=["1234567897"])
    talk.play(["hello", "change my contact"])
    assert "move.call_off" in talk.state.pending.key
    talk.do("1")
    assert "move.call_off" in talk.state.pending.key
    assert "call_off_change" not in [lookup.name for lookup in talk.lookups]
    said = {"ja": "取りやめる", "ja-easy": "取りやめる", "en": "call it off"}[language]
    assert said in spoken.say("ask.move.call_off", receipt_no="")
    talk.do(said)
    assert "call_off_change" in [lookup.name for lookup in talk.lookups]


def test_a_case_is_handed_in_by_its_word_alone() -> None:
    talk = Talk(door="sms").play([*TWICE, *TOLD_TWICE])
    assert "「確定」" in talk.do("1")
    assert "相談番号" in talk.do("確定")


def test_to_change_an_answer_is_still_a_word_and_then_a_number() -> None:
    at_the_check().check([("変更", "どの答えを直しますか"), ("もどる", "「確定」")])


@pytest.mark.parametrize("door", ["line", "web"])
def test_where_the_time_of_a_word_is_known_a_number_answers_as_ever(door: str) -> None:
    talk = Talk(door=door).play([line.removeprefix("web:") if door == "web" else line for line in TO_CHECK])
    assert Choice("submit", "この内容で申請する") == talk.asked.choices[0]
    talk.do("1")
    assert [Submitted] == [type(outcome) for outcome in talk.outcomes]
