"""The day on which a file of refunds is paid: from mid-May on, and a day of banks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from bot.parts import Parts
from bot.refund_files import PayDayPassed, TooEarly, first_pay_day
from integrations.zengin import NotABankDay
from tests.bot.refunds_house import checked, counter, rows
from tests.bot.test_refund_files import made


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2023-04-10T12:00:00+09:00", date(2023, 5, 15)),
        ("2023-05-15T00:30:00+09:00", date(2023, 5, 16)),
        ("2023-05-19T12:00:00+09:00", date(2023, 5, 22)),
    ],
)
def test_refunds_are_paid_from_mid_may_on_the_next_day_of_banks(parts: Parts, at: str, day: date) -> None:
    assert day == first_pay_day(parts.campaign, datetime.fromisoformat(at))


def test_nobody_is_paid_before_the_day_from_which_on_people_were_told(parts: Parts) -> None:
    checked(parts, 1)
    with pytest.raises(TooEarly, match="2023-05-15"):
        made(parts, pay_on=date(2023, 5, 12))
    assert [] == rows(parts, "SELECT FROM refund_files")
    assert date(2023, 5, 15) == made(parts, pay_on=date(2023, 5, 15)).pay_on


def test_a_day_gone_by_or_without_banks_is_no_pay_day(parts: Parts) -> None:
    checked(parts, 1)
    with pytest.raises(PayDayPassed):
        made(parts, pay_on=date(2023, 4, 10))
    with pytest.raises(NotABankDay):
        made(parts, pay_on=date(2023, 5, 20))
    assert [] == rows(parts, "SELECT FROM refund_files")
