"""The worked cases of trouble in the outage (rules.md §1.5), at every door."""

from __future__ import annotations

import pytest

from dialogs.rules.cases import CaseDetails
from dialogs.steps import Explained, Submitted
from tests.dialogs.player import CAMPAIGN, PAPER, PERSON, Talk
from tests.dialogs.trouble_talk import (
    DOORS,
    NOT_ISSUED,
    OTHER,
    PASSED_ON,
    TO_EVENT,
    TOLD_TWICE,
    TWICE,
    at_the_door,
    handed_in,
    play,
    sentence,
)


@pytest.mark.parametrize("door", DOORS)
def test_case_19_a_double_payment_beside_a_coupon_that_falls_under_a(door: str) -> None:
    talk = at_the_door(door, "03-25 12:00")
    told = play(talk, TWICE)
    assert sentence(door, "trouble.restored.usable") in told
    assert "お問合せ番号」を教えてください" in play(talk, TOLD_TWICE[:1])
    checked = play(talk, TOLD_TWICE[1:])
    rows = ["お店・施設: 日光見本屋", "あった時刻: 18:30", "TG11111111"]
    for row in (
        rows if door == "sms" else [*rows, "決済の回数: 2回", "1回の金額: 1,000円", "有効期限: 2023年2月24日(金)"]
    ):
        assert row in checked
    assert "延長後の残額" not in checked
    done = play(talk, ["[この内容で伝える]"])
    assert sentence(door, "trouble.case.opened", case_no="C-1234-5678-97") in done or door == "web"
    assert sentence(door, "verdict.A_APPLY.open") in done
    assert [
        (
            "B2",
            CaseDetails(
                number="TG11111111",
                expiry=CAMPAIGN.dates.original_expiry,
                prefecture="09",
                shop="日光見本屋",
                happened="18:30",
                times="two",
                amount=1000,
            ),
        )
    ] == handed_in(talk)


def test_the_application_goes_on_with_the_number_that_was_told_and_never_asks_for_it_again() -> None:
    talk = Talk(at="03-25 12:00").play(PASSED_ON)
    assert "旅行日はいつですか" in talk.do("[いま申請する]")
    talk.play(["2/23", "[いいえ、これで全部]", *PERSON])
    check = talk.asked
    assert check.card
    assert ("1枚目のお問合せ番号", "TG11111111") in check.card.rows
    assert [] == [row for row in check.card.rows if row[0] in ("お店・施設", "あった時刻", "決済の回数")]
    talk.play(["[この内容で申請する]"])
    (submitted,) = [outcome for outcome in talk.outcomes if isinstance(outcome, Submitted)]
    assert ["TG11111111"] == [coupon.number for coupon in submitted.coupons]
    assert 1 == len(handed_in(talk))


@pytest.mark.parametrize("door", DOORS)
def test_case_12_b1_needs_neither_the_expiry_nor_a_balance(door: str) -> None:
    talk = at_the_door(door, "03-05 11:00")
    told = play(talk, [*TO_EVENT[:3], "2/25", "[払ったのに残額も減った]"])
    assert sentence(door, "call_centre.open") in told
    done = play(
        talk,
        [
            *("[はい、ここで伝える]", "[番号がわからない]", "わかりません", "わからない", "[現金]", "1,500円"),
            "[この内容で伝える]",
        ],
    )
    assert "C-1234-5678-97" in done
    assert "申し訳ございません" not in done
    assert [Explained("NOT_A")] == talk.outcomes
    ((kind, details),) = handed_in(talk)
    assert ("B1", "2023-02-25", "cash", 1500) == (kind, str(details.expiry), details.paid_by, details.amount)
    assert ("", "", "") == (details.number, details.shop, details.happened)


@pytest.mark.parametrize("door", DOORS)
def test_case_15_other_trouble_is_told_in_words_and_nothing_of_it_is_demanded(door: str) -> None:
    talk = at_the_door(door, "03-10 12:00")
    assert sentence(door, "trouble.kind.OTHER") in play(talk, OTHER)
    story = "お店の人が金額を打ちまちがえました。\n1,000円のはずが10,000円でした。"
    told = play(talk, ["[はい、ここで伝える]", "[番号がわからない]", story, "[わからない]", "[わからない]"])
    assert ("あったこと: お店の人が金額を打ちまちがえました" in told) is (door != "sms")
    play(talk, ["[この内容で伝える]"])
    ((kind, details),) = handed_in(talk)
    assert ("OTHER", story, "", None) == (kind, details.words, details.number, details.amount)


@pytest.mark.parametrize("door", DOORS)
def test_case_16_who_got_no_coupon_is_asked_for_no_number_and_no_expiry(door: str) -> None:
    talk = at_the_door(door, "03-10 12:00")
    told = play(talk, NOT_ISSUED)
    assert sentence(door, "call_centre.open") in told
    told = play(talk, ["[はい、ここで伝える]", "ホテルで発券できないと言われました", "日光見本ホテル", "15時"])
    assert "お問合せ番号" not in told
    assert "有効期限" not in told
    assert "C-1234-5678-97" in play(talk, ["[この内容で伝える]"])
    ((kind, details),) = handed_in(talk)
    assert ("OTHER", None, "09", "15:00") == (kind, details.expiry, details.prefecture, details.happened)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("at", "lines", "said"),
    [
        (
            "03-05 14:00",
            [*TO_EVENT, "[なかった]", "0円"],
            "verdict.NOT_A.balance",
        ),
        ("03-05 14:00", [*TO_EVENT[:3], "2/23", "[なかった]"], "verdict.NOT_A.expiry"),
        ("05-02 15:00", [*PAPER, "[していない（紙のまま）]"], "verdict.A_APPLY.closed"),
        ("03-25 12:00", ["こんにちは", "[紙の地域クーポン]", "京都"], "京都府のクーポンは region PAY ではない"),
        ("03-25 12:00", ["こんにちは", "[紙の地域クーポン]", "岩手"], "または補償コールセンターへ"),
        (
            "03-25 12:00",
            ["こんにちは", "[クーポンを受け取れなかった]", "京都"],
            "京都府のクーポンは region PAY ではない",
        ),
        ("03-25 12:00", ["こんにちは", "[それ以外のクーポン]"], "verdict.OUT_OF_SCOPE.general"),
    ],
)
def test_cases_9_10_40_42_and_44_hear_why_and_whom_to_call_and_are_asked_nothing_more(
    door: str, at: str, lines: list[str], said: str
) -> None:
    talk = at_the_door(door, at)
    heard = play(talk, lines)
    assert (sentence(door, said) if said.startswith("verdict.") else said) in heard
    assert sentence(door, "call_centre.open") in heard
    assert 1 == len(talk.outcomes)
    assert [] == talk.lookups


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("03-04 11:00", "ただいま受付中"),
        ("03-21 18:00", "次の受付は 2023年3月22日(水) 10:00"),
        ("03-31 18:00", "次の受付は 2023年4月3日(月) 10:00"),
        ("04-29 12:00", "次の受付は 2023年5月1日(月) 10:00"),
        ("05-02 18:00", "次の受付は 2023年5月8日(月) 10:00"),
    ],
)
def test_the_call_centre_is_named_with_its_hours_of_that_moment(at: str, said: str) -> None:
    assert said in play(Talk(at=at), NOT_ISSUED)
