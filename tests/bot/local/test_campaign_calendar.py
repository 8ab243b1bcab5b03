"""`bot campaign calendar` and the schema: what stands in a campaign file, laid out."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.local.campaign_calendar import entries, months, warnings
from bot.local.campaign_view import schema_text, show_calendar
from dialogs.rules.campaign import CAMPAIGNS, load_campaign

TOCHIGI, IWATE, MINATO = (load_campaign(name) for name in ("tochigi-2023-02", "iwate-2023-02", "minato-pay-2026-07"))
SCHEMA = Path(__file__).parents[3] / "docs" / "campaign.schema.json"


def test_every_opening_and_every_end_stands_with_its_weekday_in_order() -> None:
    found = [(f"{entry.at:%a %m-%d %H:%M}", entry.what) for entry in entries(TOCHIGI)]

    assert sorted(entry.at for entry in entries(TOCHIGI)) == [entry.at for entry in entries(TOCHIGI)]
    for expected in (
        ("Fri 02-24 23:59", "coupons expire"),
        ("Sun 02-26 23:59", "first extension ends"),
        ("Wed 03-22 00:00", "site opens"),
        ("Fri 03-31 23:59", "coupons are usable until"),
        ("Sat 04-01 00:00", "snapshot of the balances"),
        ("Mon 04-03 10:00", "sending begins"),
        ("Sun 04-23 10:00", "reminder: apply"),
        ("Sun 04-30 23:59", "applications until"),
        ("Mon 05-15 00:00", "refunds at the earliest"),
        ("Wed 05-31 23:59", "rewards until"),
    ):
        assert expected in found


def test_the_call_centres_months_name_their_holidays() -> None:
    march, april, may = months(TOCHIGI)

    assert ("2023-03", "every day 10:00-18:00") == (march.name, march.hours)
    assert ("Tue 03-21 春分の日 open",) == march.exceptions
    assert ("Mon-Fri 10:00-18:00", ()) == (april.hours, april.exceptions)
    assert (
        "Wed 05-03 憲法記念日 closed",
        "Thu 05-04 みどりの日 closed",
        "Fri 05-05 こどもの日 closed",
    ) == may.exceptions


def test_days_that_the_file_itself_makes_different_are_named() -> None:
    exceptions = [exception for month in months(IWATE) for exception in month.exceptions]

    assert "Mon 05-01 closed" in exceptions
    assert "Wed 05-03 憲法記念日 open" in exceptions
    assert "2023-07" == months(IWATE)[-1].name


def test_a_deadline_on_a_closed_day_names_the_last_minute_somebody_answers() -> None:
    assert (
        "applications until Sun 2023-04-30: the call centre is closed that day. "
        "Last call-centre minute before it is Fri 4/28 17:59."
    ) in warnings(TOCHIGI)


def test_weekends_closed_banks_and_early_hours_are_warned_of() -> None:
    dates = replace(
        TOCHIGI.dates,
        refund_pay_from=date(2023, 4, 29),
        app_send_from=datetime.fromisoformat("2023-04-03T08:00:00+09:00"),
        site_opens=datetime.fromisoformat("2023-04-16T00:00:00+09:00"),
    )
    centre = replace(TOCHIGI.call_centre, service_end=datetime.fromisoformat("2023-05-10T00:00:00+09:00"))
    told = "\n".join(warnings(replace(TOCHIGI, dates=dates, call_centre=centre)))

    assert "reminder: apply, Sun 2023-04-23: sent on a weekend." in told
    assert "refunds from Sat 2023-04-29 (昭和の日): banks are closed; the first transfer is Mon 2023-05-01." in told
    assert "refunds from Sat 2023-04-29 (昭和の日): applications are still taken then." in told
    assert "app_send_from is outside the hours of [sending]: sending begins at 10:00." in told
    assert "the site opens Sun 2023-04-16: the call centre is closed that day, it answers again Mon" in told
    assert "the call centre ends Tue 2023-05-09, before the rewards do." in told


def test_a_campaign_whose_days_are_all_working_days_warns_of_nothing() -> None:
    centre = replace(IWATE.call_centre, weekdays=(1, 2, 3, 4, 5, 6, 7))

    assert [] == warnings(replace(IWATE, call_centre=centre))


def test_the_calendar_is_printed_for_a_name_or_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    show_calendar("minato-pay-2026-07")
    by_name = capsys.readouterr().out
    show_calendar(str(CAMPAIGNS / "minato-pay-2026-07.toml"))

    assert capsys.readouterr().out == by_name
    assert "みなと市プレミアム商品券 (minato-pay-2026-07, version 1)" in by_name
    assert "Wed 2026-09-30 23:59  applications until" in by_name
    assert "Tue 09-22 国民の休日 closed" in by_name


def test_the_schema_in_the_docs_is_the_one_of_the_code() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


def as_json(value: Any) -> Any:
    """A TOML value as editors hand it to a schema: dates and times as their text."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


@pytest.mark.parametrize("file", sorted(CAMPAIGNS.glob("*.toml")), ids=lambda file: file.stem)
def test_the_schema_takes_every_campaign_of_the_house(file: Path) -> None:
    jsonschema.validate(as_json(tomllib.loads(file.read_text(encoding="utf-8"))), json.loads(schema_text()))


def test_the_schema_refuses_what_the_rules_refuse() -> None:
    table = as_json(tomllib.loads((CAMPAIGNS / "tochigi-2023-02.toml").read_text(encoding="utf-8")))
    checker = jsonschema.Draft202012Validator(json.loads(schema_text()))

    for wrong in (
        {**table, "verson": 2},
        {**table, "version": "2"},
        {key: value for key, value in table.items() if key != "dates"},
        {**table, "dates": {**table["dates"], "snapshot": "2023-04-01T00:00:00Z"}},
        {**table, "words": {**table["words"], "coupon": "クーポン"}},
    ):
        assert not checker.is_valid(wrong)
