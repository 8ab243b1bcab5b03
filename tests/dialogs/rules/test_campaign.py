"""The notice as data: what stands in the file, and what a wrong file is told."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dialogs.rules.campaign import CAMPAIGNS, Campaign, CampaignError, load_campaign, told_end
from dialogs.rules.claim import CouponFact
from dialogs.rules.eligibility import Case, decide
from dialogs.rules.toml_data import build

FILE = CAMPAIGNS / "tochigi-2023-02.toml"
CAMPAIGN = load_campaign("tochigi-2023-02")


def built_with(change: Callable[[dict[str, Any]], object]) -> Campaign:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    change(table)
    return build(Campaign, table)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


def test_the_notice_ends_where_people_are_told_it_ends() -> None:
    dates = CAMPAIGN.dates

    assert "2023-02-26T23:59:00+09:00" == told_end(dates.first_extension_end).isoformat()
    assert "2023-03-31T23:59:00+09:00" == told_end(dates.usable_end).isoformat()
    assert "2023-04-30T23:59:00+09:00" == told_end(dates.apply_end).isoformat()
    assert "2023-05-31T23:59:00+09:00" == told_end(dates.receive_end).isoformat()


def test_the_five_rewards_of_the_notice_can_be_chosen() -> None:
    assert ["amazon", "ponta", "paypay", "edy", "nanaco"] == [brand.id for brand in CAMPAIGN.brands]


def test_a_sum_below_what_a_brand_can_issue_is_known() -> None:
    amazon, *others = CAMPAIGN.brands
    assert ["minimum", "", "", "", ""] == [brand.why_not(14) for brand in (amazon, *others)]
    assert ["", "", "maximum"] == [amazon.why_not(sum_) for sum_ in (15, amazon.maximum, amazon.maximum + 1)]
    assert ["step", ""] == [replace(amazon, step=500).why_not(sum_) for sum_ in (1200, 1500)]


def test_people_of_other_prefectures_are_sent_to_the_right_door() -> None:
    assert CAMPAIGN.covers("09")
    assert not CAMPAIGN.covers("10")
    assert CAMPAIGN.elsewhere.with_region_pay == CAMPAIGN.elsewhere.advice("10")
    assert CAMPAIGN.elsewhere.without_region_pay == CAMPAIGN.elsewhere.advice("26")


def test_a_minute_of_grace_takes_applications_and_is_not_told() -> None:
    campaign = built_with(lambda table: table["dates"].update(grace_minutes=1))

    assert campaign.takes_applications(at("2023-05-01T00:00:59"))
    assert not campaign.takes_applications(at("2023-05-01T00:01:00"))
    assert CAMPAIGN.dates.apply_end == campaign.dates.apply_end


def test_a_later_campaign_works_from_its_file_alone(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    for old, new in (
        ('id = "tochigi-2023-02"', 'id = "gunma-2024-02"'),
        ('code = "09"', 'code = "10"'),
        ("2023-", "2024-"),
        ("栃木県", "群馬県"),
    ):
        text = text.replace(old, new)
    file = tmp_path / "gunma-2024-02.toml"
    file.write_text(text, encoding="utf-8")
    campaign = load_campaign(file)
    coupon = CouponFact(
        expiry=campaign.dates.original_expiry, balance_after_extension=500, charged_to_app=False, account=None
    )

    verdict = decide(Case(at=at("2024-04-05T12:00"), prefecture="10", in_scope=True, coupon=coupon), campaign)

    assert ("A_APPLY", True) == (verdict.path, verdict.can_apply_now)
    assert at("2024-04-30T23:59") == verdict.apply_by


WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "missing": (lambda t: t["dates"].pop("apply_end"), "dates.apply_end", "missing"),
    "unknown": (lambda t: t["call_centre"].update(opns=1), "call_centre.opns", "unknown key"),
    "naive": (lambda t: t["dates"].update(snapshot=datetime(2023, 4, 1)), "dates.snapshot", "+09:00"),  # noqa: DTZ001 - the fault itself
    "utc": (
        lambda t: t["dates"].update(snapshot=datetime.fromisoformat("2023-04-01T00:00:00+00:00")),
        "dates.snapshot",
        "+09:00",
    ),
    "type": (lambda t: t.update(version="2"), "version", "whole number"),
    "bool for int": (lambda t: t.update(version=True), "version", "whole number"),
    "table": (lambda t: t.update(site="/"), "site", "table"),
    "list": (lambda t: t.update(brands={}), "brands", "list"),
    "texts": (lambda t: t["wording"].update(app_send="4月"), "wording.app_send", "for example"),
    "no Japanese": (lambda t: t["wording"].update(app_send={"en": "April"}), "wording.app_send", "Japanese"),
    "order": (
        lambda t: t["dates"].update(apply_end=at("2023-03-01T00:00")),
        "dates.apply_end",
        "later than site_opens",
    ),
    "receive": (
        lambda t: t["dates"].update(receive_end=at("2023-04-15T00:00")),
        "dates.receive_end",
        "apply_end",
    ),
    "snapshot": (lambda t: t["dates"].update(snapshot=at("2023-03-15T00:00")), "dates.snapshot", "usable_end"),
    "grace": (lambda t: t["dates"].update(grace_minutes=-1), "dates.grace_minutes", "0 or more"),
    "no address": (lambda t: t["site"].update(url=""), "site.url", "address"),
    "plain http": (lambda t: t["site"].update(url="http://example.jp"), "site.url", "https://"),
    "prefecture": (lambda t: t["prefectures"][0].update(code="9"), "prefectures[0].code", "JIS"),
    "no prefecture": (lambda t: t.update(prefectures=[]), "prefectures", "at least one"),
    "elsewhere": (lambda t: t["elsewhere"].update(region_pay=["48"]), "elsewhere.region_pay", "JIS"),
    "hours": (
        lambda t: t["call_centre"].update(opens=t["call_centre"]["closes"]),
        "call_centre.closes",
        "later than opens",
    ),
    "weekday": (lambda t: t["call_centre"].update(weekdays=[0]), "call_centre.weekdays", "Monday"),
    "month": (
        lambda t: t["call_centre"].update(every_day_months=["2023-13"]),
        "call_centre.every_day_months",
        "2023-03",
    ),
    "number": (lambda t: t["call_centre"].update(number="abc"), "call_centre.number", "0120"),
    "service": (
        lambda t: t["call_centre"].update(service_end=at("2023-01-01T00:00")),
        "call_centre.service_end",
        "service_from",
    ),
    "asked twice": (lambda t: t["asks"].update(application=["name", "name"]), "asks.application", "twice"),
    "pattern": (lambda t: t["inquiry_number"].update(pattern="["), "inquiry_number.pattern", "regular expression"),
    "look-alike": (
        lambda t: t["inquiry_number"].update(look_alikes={"OO": "0"}),
        "inquiry_number.look_alikes",
        "single",
    ),
    "brand sums": (lambda t: t["brands"][1].update(minimum=0), "brands[1].minimum", "at least 1"),
    "brand step": (lambda t: t["brands"][0].update(step=0), "brands[0].step", "1 or more"),
    "brand twice": (lambda t: t["brands"][0].update(id="ponta"), "brands", "own id"),
    "sending": (lambda t: t["sending"].update(closes=t["sending"]["opens"]), "sending.closes", "later than opens"),
    "retention": (lambda t: t["retention"].update(otp_minutes=0), "retention.otp_minutes", "1 or more"),
    "coupons": (lambda t: t.update(coupons_per_claim=11), "coupons_per_claim", "1 to 10"),
    "id": (lambda t: t.update(id="Tochigi 2023"), "id", "small letters"),
    "version": (lambda t: t.update(version=0), "version", "1 or more"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_its_key_and_the_reason(name: str) -> None:
    change, key, reason = WRONG[name]

    with pytest.raises(CampaignError) as refused:
        built_with(change)

    assert key == refused.value.key
    assert reason in refused.value.reason


def test_a_campaign_that_is_not_there_is_told_which_are() -> None:
    with pytest.raises(CampaignError, match=r"tochigi-2023-03: no such campaign; there are .*tochigi-2023-02"):
        load_campaign("tochigi-2023-03")


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("id = \nversion = 2\n", encoding="utf-8")

    with pytest.raises(CampaignError, match=r"broken\.toml: no TOML: .*line 1"):
        load_campaign(file)
