"""Money back in place of points (rules.md §1.2 row 11, §1.5 cases 36-40): asked and checked on our own page alone."""

from dataclasses import replace
from datetime import date

import pytest

from dialogs.engine import Desk, entry_for, replay
from dialogs.rules.campaign import load_campaign
from dialogs.rules.claim import CouponRef, DeliveryTarget
from dialogs.steps import Explained, HandedOver, Submitted
from tests.dialogs.player import (
    BANK,
    ELIGIBLE,
    PAGE,
    PERSON,
    REFUND,
    REFUND_SUBMITTED,
    REFUND_TO_CHECK,
    RIGHT_CODE,
    STAY,
    TO_ACCOUNT,
    WHERE,
    WHO,
    Talk,
    instant,
)
from tests.dialogs.refund_talk import CHECKED, DETAILS, JA, PERSONAL, SEND, TO_HOLDER, details, rows


def test_a_refund_holds_what_was_answered_and_nothing_else() -> None:
    talk = Talk().play(REFUND_SUBMITTED)
    assert [
        Submitted(
            coupons=(CouponRef("09", "TG11111111", date(2023, 2, 23)),),
            name="栃木 花子",
            contact="+819012345678",
            target=DeliveryTarget("sms", "+819012345678"),
            refund=DETAILS,
        )
    ] == talk.outcomes


@pytest.mark.parametrize("door", ["line", "sms"])
def test_all_of_it_is_asked_by_the_link_and_nothing_of_it_in_a_chat(door: str) -> None:
    talk = Talk(door=door).play(REFUND)
    for line in REFUND_TO_CHECK[len(REFUND) :]:
        talk.do(line)
        in_chat = talk.do("{sticker}")
        assert PAGE in in_chat
        assert [] == [word for word in PERSONAL if word in in_chat]


def test_an_account_number_that_is_typed_into_a_chat_is_not_taken() -> None:
    talk = Talk().play(TO_HOLDER[:-1])
    assert "ここには書かないでください" in talk.do("0123456")
    assert "transfer.number" not in talk.state.record


def test_the_page_shows_all_of_it_to_be_checked() -> None:
    talk = Talk().play(REFUND_TO_CHECK)
    assert {
        "お名前": "栃木 花子",
        "お名前の読み": "トチギ ハナコ",
        "ご連絡先": "090-1234-5678",
        "認証番号の送り先": "090-1234-5678",
        "郵便番号": "320-0033",
        "ご住所": "栃木県宇都宮市本町1-1",
        "宿の名前": "日光見本旅館",
        "宿に着いた日": "2023年2月23日(木)",
        "宿を出た日": "2023年2月24日(金)",
        "受け取り方": "同意して返金を受け取る",
        "銀行": "足利銀行（0129）",
        "支店": "宇都宮（101）",
        "預金の種類": "普通",
        "口座番号": "0123456",
        "口座の名義": "トチギ ハナコ",
    } == rows(talk, masked=False)
    assert CHECKED in talk.page.text


def test_masked_it_tells_nothing_of_the_account() -> None:
    masked = "\n".join(rows(Talk().play(REFUND_TO_CHECK), masked=True).values())
    assert [] == [word for word in PERSONAL if word in masked]


def test_the_chat_leads_to_the_check_by_its_own_sentence() -> None:
    talk = Talk().play(REFUND)
    assert JA.say("private_part_refund", link_open="24時間のあいだ") == talk.said[-1].text
    talk.play(REFUND_TO_CHECK[len(REFUND) :]).do("{sticker}")
    assert JA.say("private_check", link_open="24時間のあいだ") == talk.said[-1].text


@pytest.mark.parametrize(("at", "offered"), [("03-21 23:59:00", False), ("03-22 00:00", True), ("05-01 00:00", False)])
def test_a_refund_is_asked_for_only_while_the_site_takes_applications(at: str, offered: bool) -> None:
    talk = Talk(at=at).play(ELIGIBLE)
    assert offered == ("返金" in "".join(choice.label for choice in talk.said[-1].choices))


@pytest.mark.parametrize(("at", "outcome"), [("04-30 23:59:59", Submitted), ("05-01 00:00:00", Explained)])
def test_the_deadline_is_judged_by_when_the_person_acted(at: str, outcome: type) -> None:
    talk = Talk(at="04-30 23:00").play(REFUND_TO_CHECK)
    talk.happen("button", "submit", ask_id=talk.ask_id, channel="web", at=instant(at))
    assert [outcome] == [type(each) for each in talk.outcomes]


def test_what_is_told_first_names_when_the_money_comes_and_no_day() -> None:
    talk = Talk().play(ELIGIBLE).check([("[ポイントではなく返金がよい]", "お振込：5月中旬以降、順次")])
    talk.check([("TG11111111", "旅行日")])


def test_an_answer_of_another_shape_is_asked_again() -> None:
    talk = Talk().play(REFUND_TO_CHECK)
    turn = replay(talk.script, Desk(talk.campaign, "web"), talk.state.record, talk.clock)
    for answer in turn.path:
        if not answer.question.key.startswith(("refund.", "lodging.", "transfer.")):
            continue
        for stored in (None, 7, ["no"], {"yes": "no"}):
            record = {**talk.state.record, answer.question.key: entry_for(answer.question, stored, talk.clock)}
            asked = replay(talk.script, Desk(talk.campaign, "web"), record, talk.clock).asking
            assert answer.question.key == getattr(asked, "key", None)


# --- consent --------------------------------------------------------------------------------------------------------


def test_the_account_has_a_consent_of_its_own_that_says_when_it_is_erased() -> None:
    talk = Talk().play(TO_ACCOUNT[:-1])
    assert "お振込が終わって90日たったら消します" in talk.page.text
    assert [] == [key for key in talk.state.record if key.startswith("transfer.")]


@pytest.mark.parametrize("lines", [[*REFUND, "web:[同意しない]"], [*TO_ACCOUNT[:-1], "web:[同意しない]"]])
def test_without_consent_nothing_more_is_asked_and_it_may_be_given_later(lines: list[str]) -> None:
    talk = Talk().play(lines)
    assert [Explained("no_consent", again=talk.outcomes[0].again)] == talk.outcomes  # type: ignore[union-attr]  # told
    assert PAGE in talk.do("こんにちは")
    assert "同意" in "".join(choice.label for choice in talk.page.choices)


def test_who_would_rather_have_points_is_asked_only_what_is_missing() -> None:
    talk = Talk().play(TO_ACCOUNT[:-1]).check([("web:[やはりポイントにする]", "これからどうなさいますか")])
    talk.check([("[いま申請する]", PAGE), ("web:[同意して進む]", "どこにお送りしますか")])
    talk.check([("web:[ご連絡先と同じ]", CHECKED), ("[この内容で申請する]", "")])
    assert [None] == [outcome.refund for outcome in talk.outcomes if isinstance(outcome, Submitted)]


def test_who_went_for_points_first_keeps_name_and_contact() -> None:
    talk = Talk().play([*ELIGIBLE, "[あとにする]", "やっぱり", *REFUND[len(ELIGIBLE) :], *PERSON[:2]])
    assert "読み" in talk.page.text


# --- who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said", "why"),
    [
        (WHO[:2], "栃木花子", "name_kana"),
        (WHO[:2], "１２３", "name_kana"),
        (WHO[:2], "ト" * 49, "too_long"),
        (WHO[:3], "宇都宮", "contact_unknown"),
        ([*WHO, f"web:{RIGHT_CODE}"], "32000", "postal_code_digits"),
        ([*WHO, f"web:{RIGHT_CODE}", *WHERE[:1]], "1-1", "address_short"),
        ([*WHO, f"web:{RIGHT_CODE}", *WHERE[:1]], "宇" * 121, "too_long"),
        ([*WHO, f"web:{RIGHT_CODE}", *WHERE, *STAY[:2]], "2/22", "date_too_early"),
    ],
)
def test_what_cannot_be_read_is_told_and_changes_nothing(before: list[str], said: str, why: str) -> None:
    talk = Talk().play([*REFUND, *before])
    pending, record = talk.state.pending.key, dict(talk.state.record)
    talk.do(f"web:{said}")
    assert talk.last
    assert f"why.{why}" == talk.last.says[-1].key
    assert (pending, record) == (talk.state.pending.key, talk.state.record)


def test_a_contact_that_cannot_be_proven_goes_to_a_person_and_then_on() -> None:
    talk = Talk(can_send_codes=False).play([*REFUND, *WHO])
    assert (["code"], "queue") == (
        [out.reason for out in talk.outcomes if isinstance(out, HandedOver)],
        talk.state.owner,
    )
    talk.can_send_codes = True
    talk.check(
        [("ボットに戻る", "自動のご案内"), ("web:hanako@example.jp", "認証番号"), (f"web:{RIGHT_CODE}", "郵便番号")]
    )


def test_who_has_a_landline_gives_another_target_for_the_code() -> None:
    talk = Talk().play([*REFUND, *WHO[:3], "web:028-623-3210"])
    talk.check([("web:hanako@example.jp", "認証番号")])
    talk.play([f"web:{RIGHT_CODE}", *REFUND_SUBMITTED[len([*REFUND, *WHO]) + 1 :]])
    assert "+81286233210" == details(talk).contact
    assert DeliveryTarget("mail", "hanako@example.jp") == talk.outcomes[-1].target  # type: ignore[union-attr]


def test_a_notice_about_something_else_asks_for_no_lodging() -> None:
    minato = load_campaign("minato-pay-2026-07")
    talk = Talk().play([*REFUND, *WHO, f"web:{RIGHT_CODE}", *WHERE])
    lodging = replay(talk.script, Desk(talk.campaign, "web"), talk.state.record, talk.clock)
    without = replace(talk.campaign, asks=minato.asks)
    assert ("lodging.name", "transfer.consent") == (
        lodging.asking and lodging.asking.key,
        getattr(replay(talk.script, Desk(without, "web"), talk.state.record, talk.clock).asking, "key", None),
    )
    talk.campaign = without
    talk.play(["web:[同意して返金を受け取る]", *BANK, "web:[お名前と同じ（トチギ ハナコ）]", SEND])
    assert replace(DETAILS, lodging_name="", check_in=None, check_out=None) == details(talk)
