"""A lost inquiry number (worked case 28): its issuer is asked, the draft waits, and the other coupons need not."""

from __future__ import annotations

import pytest

from dialogs.steps import Submitted
from tests.dialogs.player import ELIGIBLE, ONE_COUPON, PERSON, Talk, instant

APPLYING = [*ELIGIBLE, "[いま申請する]"]
ASK_THE_ISSUER = "旅行会社や宿泊施設にお尋ねください"
KEPT = "）まで残しておきます"
REMINDED = "締切が近づいたら、ここにお知らせします"
WITHOUT = "[このクーポンなしで進む]"
SECOND = [*ONE_COUPON[:-1], "[はい、あります]"]


def numbers(talk: Talk) -> list[str]:
    """Of the coupons that were sent off."""
    outcome = talk.outcomes[-1]
    assert isinstance(outcome, Submitted)
    return [coupon.number for coupon in outcome.coupons]


@pytest.mark.parametrize("door", ["line", "sms", "web"])
@pytest.mark.parametrize("lost", ["[番号がわからない]", "なくしました", "1"])
def test_the_issuer_is_named_and_the_draft_waits_on_every_door(door: str, lost: str) -> None:
    talk = Talk(at="03-25 12:00", door=door).play(APPLYING)
    heard = talk.do(lost)
    assert (True, True, door != "web") == (ASK_THE_ISSUER in heard, KEPT in heard, REMINDED in heard)
    talk.clock = instant("04-20 09:00")
    talk.check([("TG11111111", "旅行日はいつですか"), ("2/23", "ほかにもクーポンがありますか")])
    assert [] == talk.outcomes


@pytest.mark.parametrize("said", ["番号わかりました", "もしもし", "こんにちは", "{sticker}", "たすけて"])
def test_by_any_word_the_number_is_asked_for_once_more_and_nothing_else(said: str) -> None:
    talk = Talk(at="03-25 12:00").play([*APPLYING, "[番号がわからない]"])
    talk.clock = instant("04-20 09:00")
    before = dict(talk.state.record)
    heard = talk.do(said)
    assert "1枚目のクーポンの「お問合せ番号」を教えてください" in heard
    assert "お問合せ番号の形ではありません" not in heard
    assert before == talk.state.record
    talk.check([("TG11111111", "旅行日はいつですか")])


def test_a_slip_just_after_the_question_is_still_told_as_one() -> None:
    Talk().play([*APPLYING, "[番号がわからない]"]).check([("番号わかりました", "お問合せ番号の形ではありません")])


def test_the_issuer_is_named_every_time_and_the_reminder_planned_once() -> None:
    talk = Talk().play(APPLYING).check([("[番号がわからない]", ASK_THE_ISSUER)] * 3)
    assert 1 == len([lookup for lookup in talk.lookups if lookup.name == "remind"])


def test_of_a_family_the_known_numbers_come_first() -> None:
    talk = Talk().play(APPLYING).check([("[番号がわからない]", "先にその番号を送ってください")])
    talk.check(
        [("TG11111111", "旅行日"), ("2/23", "ほかにも"), ("[はい、あります]", "2枚目の"), ("2", "2枚目は入れずに")]
    )


def test_one_lost_among_several_holds_up_the_others_only_if_its_person_waits() -> None:
    talk = Talk().play(SECOND).check([("[番号がわからない]", "ほかのクーポンだけで申請することもできます")])
    talk.check([(WITHOUT, "2枚目は入れずに進みます"), ("[いいえ、これで全部]", "お名前とご連絡先")])
    heard = talk.play(PERSON).said[-1]
    assert ("2枚目のお問合せ番号", "このクーポンなしで進む") in (heard.card.rows if heard.card else ())
    assert ["TG11111111"] == numbers(talk.play(["[この内容で申請する]"]))


def test_one_that_was_left_out_may_be_put_in_before_it_is_sent_off() -> None:
    talk = Talk().play([*SECOND, "[番号がわからない]", WITHOUT, "[いいえ、これで全部]", *PERSON])
    talk.check(
        [("変更", ""), ("2枚目のお問合せ番号", "2枚目のクーポン"), ("TG22222222", "旅行日"), ("2/22", "内容をご確認")]
    )
    assert ["TG11111111", "TG22222222"] == numbers(talk.play(["[この内容で申請する]"]))


def test_the_first_of_all_cannot_be_left_out() -> None:
    Talk().play(APPLYING).check([("なしで進む", "お問合せ番号の形ではありません")])
