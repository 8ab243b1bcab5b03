"""A reward from its URL to its code, through processes as they really run and the vendor that the emulator plays."""

from __future__ import annotations

import re
from contextlib import closing

from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON, House
from tests.journeys.player import Traveller, text, wait_until
from tests.journeys.reward_site import RewardSite

SHOWN = re.compile(r"SAMPLE-[0-9A-Z-]+")
STATE = "SELECT state FROM entitlements WHERE receipt_no = %s"


def applied(house: House, yen: int) -> tuple[Traveller, str]:
    """Somebody whose application is accepted, and its receipt number."""
    traveller = Traveller(house, next(SERIALS))
    return traveller, traveller.whole_case([house.coupon(yen=yen)])


def code_on(site: RewardSite) -> str:
    """Wait as the page waits, press the button, and read the code."""
    wait_until(lambda: 'name="show"' in site.text or SHOWN.search(site.text) or not site.look())
    if 'name="show"' in site.text:
        site.press(show="1")
    found = SHOWN.search(site.text)
    assert found
    return found[0]


def gifts_of(house: House, code: str) -> list[tuple[int, str]]:
    return [(gift.amount, gift.brand) for gift in house.emulator.gifts.all() if gift.code == code]


def test_a_choice_becomes_a_code_and_whoever_comes_back_sees_it_again(house: House) -> None:
    traveller, receipt = applied(house, yen=1700)
    with closing(traveller.at_the_reward_site()) as site:
        site.choose("amazon")
        code = code_on(site)
    assert [(1700, "amazon")] == gifts_of(house, code)
    assert [("code_shown",)] == house.rows(STATE, receipt)
    with closing(RewardSite(traveller.reward_url())) as stranger:
        assert code not in stranger.text
    assert code in traveller.reward_page()
    assert 1 == len(traveller.letters("/r/"))


def test_a_slow_vendor_keeps_nobody_at_the_page_and_a_message_tells_when_it_is_there(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set(NOON)
    traveller, receipt = applied(house, yen=900)
    house.emulator.faults.set({"vendor": [{"do": "status", "status": 429}]})
    with closing(traveller.at_the_reward_site()) as site:
        waiting = site.choose("edy")
        assert text("reward_page.mine.preparing") in waiting
        assert "Refresh" in site.headers
    house.emulator.clock.set("2023-04-05T10:10:00+09:00")
    house.emulator.faults.set({})
    house.wait_for_rows([("issued",)], STATE, receipt)
    assert receipt[-4:] in traveller.letter("コードができました")
    assert SHOWN.search(traveller.reward_page())
    assert 1 == len(house.emulator.gifts.all())


def test_an_answer_that_is_lost_costs_a_look_and_no_second_code(own_house: MakeHouse) -> None:
    house = own_house(UNKNOWN_LOOKUP_AFTER="1")
    house.start()
    house.emulator.clock.set(NOON)
    traveller, receipt = applied(house, yen=900)
    lost = {"do": "drop_after", "times": 1}
    house.emulator.faults.set({"vendor.issue": [lost], "vendor.redeem": [lost]})
    with closing(traveller.at_the_reward_site()) as site:
        site.choose("nanaco")
        code = code_on(site)
    assert [(900, "nanaco")] == gifts_of(house, code)
    assert 1 == len(house.emulator.gifts.all())
    assert [(3,)] == house.rows("SELECT attempts FROM entitlements WHERE receipt_no = %s", receipt)


def test_a_worker_killed_while_the_vendor_thinks_gives_one_code(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set(NOON)
    traveller, receipt = applied(house, yen=900)
    house.emulator.faults.set({"vendor.redeem": [{"do": "delay", "seconds": 3, "times": 1}]})
    with closing(traveller.at_the_reward_site()) as site:
        site.choose("paypay")
        wait_until(house.emulator.gifts.all)
        house.workers[0].kill()
        assert [("issuing",)] == house.rows(STATE, receipt)
        house.change("UPDATE entitlements SET lease_until = '-infinity'")  # what a minute and a half would do
        house.workers[0].start()
        code = code_on(site)
    house.settle()
    assert [(900, "paypay")] == gifts_of(house, code)
    assert 1 == len(house.emulator.gifts.all())


def test_neither_codes_nor_people_are_in_the_logs(own_house: MakeHouse) -> None:
    house = own_house(LOG_LEVEL="debug", UNKNOWN_LOOKUP_AFTER="1")
    house.start()
    house.emulator.clock.set(NOON)
    house.emulator.faults.set({"vendor": [{"do": "status", "status": 500, "times": 2}]})
    traveller, _ = applied(house, yen=900)
    with closing(traveller.at_the_reward_site()) as site:
        site.choose("ponta")
        code = code_on(site)
    token = traveller.reward_url().rpartition("/")[2]
    house.settle()
    said = house.said()
    assert '"event": "reward.issued"' in said
    hidden = (code, token, traveller.national, traveller.number, traveller.code(), house.values["REWARDS_KEY"])
    assert [] == [word for word in hidden if word in said]
    readable = "\n".join(str(row) for row in house.rows("SELECT e::text FROM entitlements e"))
    assert [] == [word for word in hidden if word in readable or word.encode().hex() in readable]
