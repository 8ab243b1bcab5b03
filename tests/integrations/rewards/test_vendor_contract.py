"""The promises of every gift vendor: those that people's money hangs on. The emulated one keeps them over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.rewards.client import HttpRewards, HttpRewardsConfig
from integrations.rewards.vendor import GiftStatus, Order, Vendor, VendorAway, VendorRefused, VendorUnknown

ORDER = Order(1700, ("amazon", "edy"), datetime.fromisoformat("2023-06-01T00:00:00+09:00"))
ID = "M018f2c5e7a407c1e9b1f3f6f2f6f0a11V1"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as found:
        found.clock.set("2023-04-05T10:00:00+09:00")
        yield found


@pytest.fixture
def vendor(emulator: Emulator) -> Iterator[Vendor]:
    config = HttpRewardsConfig(emulator.rewards_url, emulator.config.rewards_key, read_seconds=60)
    with closing(HttpRewards(config)) as client:
        yield client


def refusal(act: object, *given: object) -> str:
    with pytest.raises(VendorRefused) as refused:
        act(*given)  # type: ignore[operator]  # one of the vendor's
    return refused.value.reason


def test_the_same_id_and_order_are_the_same_gift(vendor: Vendor) -> None:
    with ThreadPoolExecutor(8) as many:
        gifts = list(many.map(lambda _: vendor.issue(ID, ORDER), range(8)))
    assert [gifts[0]] * 8 == gifts
    assert gifts[0] == vendor.get(ID)
    assert vendor.issue(ID.replace("V1", "V2"), ORDER).vendor_ref != gifts[0].vendor_ref


def test_the_same_id_with_another_order_is_refused(vendor: Vendor) -> None:
    vendor.issue(ID, ORDER)
    assert "key_reused" == refusal(vendor.issue, ID, replace(ORDER, amount=1701))


def test_a_gift_is_redeemed_once_and_its_code_stays_the_same(vendor: Vendor) -> None:
    vendor.issue(ID, ORDER)
    with ThreadPoolExecutor(8) as many:
        codes = set(many.map(lambda _: vendor.redeem(ID, "edy"), range(8)))
    assert 1 == len(codes)
    assert codes.pop().code.startswith("SAMPLE-")
    assert "already_redeemed" == refusal(vendor.redeem, ID, "amazon")
    found = vendor.get(ID)
    assert found
    assert (GiftStatus.REDEEMED, "edy") == (found.status, found.brand)


def test_a_gift_that_is_not_there_can_be_looked_for_and_not_redeemed(vendor: Vendor) -> None:
    assert vendor.get(ID) is None
    assert ["no_such_gift"] * 2 == [refusal(vendor.redeem, ID, "edy"), refusal(vendor.cancel, ID)]


def test_a_cancelled_gift_gives_no_code_and_a_redeemed_one_is_not_cancelled(vendor: Vendor) -> None:
    vendor.issue(ID, ORDER)
    assert [GiftStatus.CANCELLED] * 2 == [vendor.cancel(ID).status for _ in range(2)]
    assert "ended" == refusal(vendor.redeem, ID, "edy")
    other = ID.replace("V1", "V2")
    vendor.issue(other, ORDER)
    vendor.redeem(other, "edy")
    assert "already_redeemed" == refusal(vendor.cancel, other)


def test_a_gift_ends_when_it_is_not_redeemed_in_time(vendor: Vendor, emulator: Emulator) -> None:
    vendor.issue(ID, ORDER)
    statuses = []
    for moment in ("2023-05-31T23:59:50+09:00", "2023-06-01T00:00:00+09:00"):
        emulator.clock.set(moment)
        found = vendor.get(ID)
        statuses.append(found and found.status)
    assert [GiftStatus.ISSUED, GiftStatus.EXPIRED] == statuses
    assert "ended" == refusal(vendor.redeem, ID, "edy")


def test_a_brand_that_is_not_issued_is_refused(vendor: Vendor, emulator: Emulator) -> None:
    emulator.gifts.not_issued.add("amazon")
    assert "brand_unavailable" == refusal(vendor.issue, ID, ORDER)
    vendor.issue(ID, replace(ORDER, brands=("edy",)))
    assert "brand_unavailable" == refusal(vendor.redeem, ID, "amazon")


def test_a_call_whose_answer_was_lost_is_found_by_a_look(vendor: Vendor, emulator: Emulator) -> None:
    emulator.faults.set({"vendor.issue": [{"do": "drop_after", "times": 1}]})
    with pytest.raises(VendorUnknown):
        vendor.issue(ID, ORDER)
    found = vendor.get(ID)
    assert found
    assert GiftStatus.ISSUED is found.status


def test_troubles_can_be_set_on_each_call_and_are_seen_on_the_wire(vendor: Vendor, emulator: Emulator) -> None:
    emulator.faults.set({"vendor.get": [{"do": "status", "status": 429, "times": 1}]})
    with pytest.raises(VendorAway) as away:
        vendor.get(ID)
    assert ("busy", 1.0) == (away.value.reason, away.value.retry_after)
    [seen] = [row for row in emulator.wire if row["party"] == "vendor"]
    assert (429, f"{emulator.rewards_url}/gifts/{ID}") == (seen["status"], seen["url"])
    assert emulator.config.rewards_key not in str(seen)


def test_nobody_comes_in_without_the_key(emulator: Emulator) -> None:
    stranger = HttpRewards(HttpRewardsConfig(emulator.rewards_url, "another key"))
    with closing(stranger), pytest.raises(VendorAway) as away:
        stranger.issue(ID, ORDER)
    assert "unauthorised" == away.value.reason
    assert [] == emulator.gifts.all()
