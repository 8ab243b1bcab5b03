"""When the call centre answers: the traps of the calendar (§1.1), and when the counter may write first."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.rules.calendar import (
    is_business_day,
    is_open,
    next_business_day,
    next_open,
    open_since,
    open_time,
    sending_time,
)
from dialogs.rules.campaign import JST, Campaign, load_campaign

CAMPAIGN = load_campaign("tochigi-2023-02")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2023-{text}+09:00")


def with_centre(**changes: object) -> Campaign:
    return replace(CAMPAIGN, call_centre=replace(CAMPAIGN.call_centre, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("04-05T11:00", "04-05T11:30", 30),
        ("04-05T17:45", "04-05T21:00", 15),
        ("04-05T17:45", "04-06T10:16", 31),
        ("04-07T17:50", "04-10T10:00", 10),  # a weekend
        ("03-01T12:00", "03-02T10:05", 5),  # the service begins
        ("04-29T09:00", "04-30T23:00", 0),
    ],
)
def test_the_time_that_counts_for_who_waits_is_that_in_which_calls_are_answered(
    since: str, until: str, minutes: int
) -> None:
    span = timedelta(minutes=minutes)
    assert span == open_time(CAMPAIGN, at(since), at(until))
    begun = open_since(CAMPAIGN, at(until), span) if span else at(until)
    assert begun
    assert span == open_time(CAMPAIGN, begun, at(until))


def test_who_never_answered_calls_was_not_open_for_any_time() -> None:
    assert None is open_since(with_centre(service_from=at("06-01T00:00")), at("04-05T12:00"), timedelta(minutes=1))


@pytest.mark.parametrize(
    ("moment", "expected", "opens_next"),
    [
        ("03-01T12:00", False, "03-02T10:00"),
        ("03-02T09:59:59", False, "03-02T10:00"),
        ("03-02T10:00", True, "03-03T10:00"),
        ("03-04T11:00", True, "03-05T10:00"),  # a Saturday of March
        ("03-21T12:00", True, "03-22T10:00"),  # 春分の日, in March
        ("03-21T17:59:59", True, "03-22T10:00"),
        ("03-21T18:00", False, "03-22T10:00"),
        ("03-31T18:00", False, "04-03T10:00"),
        ("04-01T12:00", False, "04-03T10:00"),  # a Saturday of April
        ("04-28T17:59", True, "05-01T10:00"),  # the last minute before the deadline
        ("04-28T18:00", False, "05-01T10:00"),
        ("04-29T12:00", False, "05-01T10:00"),  # 昭和の日
        ("04-30T12:00", False, "05-01T10:00"),  # the day of the deadline, a Sunday
        ("05-01T00:00", False, "05-01T10:00"),
        ("05-02T15:00", True, "05-08T10:00"),
        ("05-03T12:00", False, "05-08T10:00"),
        ("05-05T12:00", False, "05-08T10:00"),
        ("05-07T12:00", False, "05-08T10:00"),
        ("05-08T10:00", True, "05-09T10:00"),
    ],
)
def test_the_call_centre_keeps_the_hours_of_the_notice(moment: str, expected: bool, opens_next: str) -> None:
    assert (expected, at(opens_next)) == (is_open(CAMPAIGN, at(moment)), next_open(CAMPAIGN, at(moment)))


def test_hours_are_those_of_japan_wherever_the_clock_stands() -> None:
    assert is_open(CAMPAIGN, datetime.fromisoformat("2023-03-06T01:00:00+00:00"))
    assert not is_open(CAMPAIGN, datetime.fromisoformat("2023-03-06T10:00:00+00:00"))


def test_extra_days_win_over_the_week() -> None:
    campaign = with_centre(extra_open_days=(date(2023, 4, 30),), extra_closed_days=(date(2023, 5, 1),))

    assert is_open(campaign, at("04-30T12:00"))
    assert not is_open(campaign, at("05-01T12:00"))
    assert at("05-02T10:00") == next_open(campaign, at("04-30T12:00"))


def test_after_the_service_ends_nothing_opens_any_more() -> None:
    campaign = with_centre(service_end=at("06-01T00:00"))

    assert is_open(campaign, at("05-31T17:59"))
    assert not is_open(campaign, at("06-01T12:00"))
    assert next_open(campaign, at("05-31T12:00")) is None


@given(st.datetimes(datetime(2023, 3, 1), datetime(2024, 1, 10), timezones=st.just(JST)))  # noqa: DTZ001 - bounds are local by contract
def test_the_next_opening_is_the_first_moment_at_which_a_closed_door_opens(moment: datetime) -> None:
    opening = next_open(CAMPAIGN, moment)

    assert opening is not None
    assert moment < opening
    assert is_open(CAMPAIGN, opening)
    assert not is_open(CAMPAIGN, opening - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2023, 5, 15), date(2023, 5, 15)),
        (date(2023, 4, 29), date(2023, 5, 1)),
        (date(2023, 5, 3), date(2023, 5, 8)),
        (date(2022, 12, 31), date(2023, 1, 4)),
    ],
)
def test_banks_work_on_the_next_day_that_is_no_holiday(day: date, expected: date) -> None:
    assert expected == next_business_day(day)
    assert is_business_day(expected)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("04-05T09:59:59", "04-05T10:00"),
        ("04-05T10:00", "04-05T10:00"),
        ("04-05T19:59:59", "04-05T19:59:59"),
        ("04-05T20:00", "04-06T10:00"),
    ],
)
def test_the_counter_writes_first_only_by_day(moment: str, expected: str) -> None:
    assert at(expected) == sending_time(CAMPAIGN, at(moment))
