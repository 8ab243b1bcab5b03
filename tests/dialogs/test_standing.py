"""What people are told of their applications: each of them, each of its coupons, what comes next and by when."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dialogs.message import Outbound
from dialogs.rules.claim import make_receipt_no, show_receipt_no
from dialogs.standing import CouponStanding, Standing, draft, status
from dialogs.words import languages
from tests.dialogs.player import CAMPAIGN, in_words, instant

COUPONS = (CouponStanding("****1111", date(2023, 2, 23)), CouponStanding("****2222", date(2023, 2, 22)))
STANDING = Standing(
    receipt_no=make_receipt_no(1),
    state="pending",
    acted_at=instant("03-25 10:00"),
    campaign=CAMPAIGN,
    coupons=COUPONS,
    target="090-****-5678",
)


def told(*standings: Standing, at: str = "04-05 10:00", language: str = "ja") -> tuple[Outbound, ...]:
    return status(standings, language, at=instant(at))


def card(at: str = "04-05 10:00", language: str = "ja", **changes: Any) -> str:
    (outbound,) = told(replace(STANDING, **changes), at=at, language=language)
    return in_words(outbound)


def test_who_has_applied_for_nothing_hears_so() -> None:
    (outbound,) = told()
    assert "申請はまだありません" in outbound.text


def test_the_card_has_one_title_and_a_row_for_each_coupon() -> None:
    (outbound,) = told(STANDING)
    assert outbound.card
    assert ("", "申請の状況") == (outbound.text, outbound.card.title)
    rows = dict(outbound.card.rows)
    assert "****1111（旅行日：2023年2月23日(木)）" == rows["1枚目"]
    assert "****2222（旅行日：2023年2月22日(水)）" == rows["2枚目"]
    assert show_receipt_no(STANDING.receipt_no) == rows["受付番号"]


def test_what_comes_next_is_told_with_its_day() -> None:
    assert "2023年3月31日(金) 23:59 まで使えます" in card(at="03-31 23:59:59")
    waiting = card(at="04-01 00:00:00")
    assert "まで使えます" not in waiting
    assert "090-****-5678 へお送りします" in waiting
    assert "受取の期限：2023年5月31日(水) 23:59" in waiting
    assert "4月上旬以降" in card(state="accepted", amount=1200, url="planned")


def test_the_url_is_told_as_it_went_and_until_when_it_is_good() -> None:
    sent = {"state": "accepted", "amount": 1200, "url": "sent"}
    assert "2023年5月31日(水) 23:59 までにお受け取りください" in card(at="05-31 23:59:59", **sent)
    assert "期限（2023年5月31日(水) 23:59）を過ぎました" in card(at="06-01 00:00:00", **sent)
    assert "届かなかったようです" in card(**{**sent, "url": "failed"})
    assert "1,200円" in card(**sent)


def test_what_was_chosen_is_told_and_no_last_day_ends_it() -> None:
    chosen = {"state": "accepted", "amount": 1200, "url": "sent"}
    for reward, words in (
        ("chosen", "コードを準備しています"),
        ("ready", "コードができています"),
        ("shown", "コードをお渡ししました"),
        ("failed", "コードを用意できませんでした"),
    ):
        for at in ("05-31 23:59:59", "06-01 00:00:00"):
            assert words in card(at=at, **chosen, reward=reward)
    assert " へお電話ください" in card(**chosen, reward="failed")


def test_a_dispute_looks_like_a_check_that_is_under_way() -> None:
    assert card(state="pending") == card(state="disputed")


def test_a_withdrawn_one_may_be_applied_for_again_only_in_time() -> None:
    assert "もう一度申請できます" in card(at="04-30 23:59:59", state="cancelled")
    assert "もう一度申請できます" not in card(at="05-01 00:00:00", state="cancelled")


def test_money_back_is_told_by_what_became_of_it() -> None:
    applied = card(state="accepted", amount=1200, refund="applied")
    assert "返金の申請を受け付けました" in applied
    assert "5月中旬以降、順次" in applied
    late = card(at="05-21 00:00:00", state="accepted", amount=1200, refund="applied")
    assert (True, False) == ("お振込は順次です" in late, "5月中旬" in late)
    assert "お振込ができませんでした" in card(state="accepted", amount=1200, refund="returned")


@pytest.mark.parametrize("count", [2, 3])
def test_each_of_several_is_told_on_a_card_of_its_own(count: int) -> None:
    several = [replace(STANDING, receipt_no=make_receipt_no(n)) for n in range(count)]
    assert [show_receipt_no(one.receipt_no) for one in several] == [
        outbound.card.rows[0][1] for outbound in told(*several) if outbound.card
    ]


def test_of_many_the_older_ones_stand_together_so_that_all_fits_one_reply() -> None:
    many = [replace(STANDING, receipt_no=make_receipt_no(n)) for n in range(10)]
    first, second, older = (outbound.card for outbound in told(*many))
    assert first
    assert second
    assert older
    assert "これより前の申請" == older.title
    assert [show_receipt_no(one.receipt_no) for one in many[2:]] == [label for label, _ in older.rows]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("url", ["", "planned", "sent", "failed"])
def test_every_language_says_it_in_its_own_words(language: str, url: str) -> None:
    text = card(language=language, state="accepted", amount=1200, url=url)
    assert "{" not in text
    assert ("1,200円" if language != "en" else "¥1,200") in text


@pytest.mark.parametrize(
    ("language", "channel", "by"),
    [
        ("ja", "line", "2023年4月30日(日) 23:59 まで"),
        ("ja", "web", "2023年4月30日(日) 23:59 まで"),
        ("ja", "sms", "締切は2023/4/30(日)"),
        ("ja-easy", "line", "2023年4月30日(日) 23:59 まで"),
        ("ja-easy", "sms", "2023/4/30(日)まで"),
        ("en", "line", "by Sun 30 April 2023 23:59"),
        ("en", "sms", "Apply by Sun 30 Apr 2023"),
    ],
)
def test_a_half_filled_application_is_told_by_when_it_has_to_be_sent_off(language: str, channel: str, by: str) -> None:
    heard = draft(6, CAMPAIGN, at=instant("04-30 23:59:40"), language=language, channel=channel).text
    assert by in heard
    assert re.search(r"(?<!\d)6(?!\d)", heard)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("channel", ["line", "sms"])
def test_after_the_deadline_a_half_filled_application_is_told_that_it_is_over(language: str, channel: str) -> None:
    heard = draft(6, CAMPAIGN, at=instant("05-01 00:00:00"), language=language, channel=channel).text
    assert ("終わりました" in heard or "closed on" in heard, "6" in heard) == (True, False)
