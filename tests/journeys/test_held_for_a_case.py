"""Charged twice, and the rest applied for: one reward for both, once staff have decided the case."""

from __future__ import annotations

import re

from bot import case_decisions
from dialogs.rules.cases import CaseState
from dialogs.rules.claim import show_receipt_no
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON, House
from tests.journeys.player import REWARD, Traveller, text

FINDER, GIVER = "佐藤", "田中"
STATE = "SELECT state, amount FROM submissions WHERE receipt_no = %s"
RIGHT = "SELECT state, amount FROM entitlements WHERE receipt_no = %s"
CASE_NO = re.compile(r"C-(\d{4})-(\d{4})-(\d{2})")


def tells_of_it(traveller: Traveller, coupon: str) -> str:
    """From hello to the case for staff, and on to the application for the same coupon; the number of the case."""
    traveller.begins()
    for said, then in (
        ("1", "ask.prefecture"),
        ("栃木県", "ask.expiry"),
        ("2/24", "ask.event"),
        ("3", "ask.balance"),
        ("2000円", "ask.charged"),
        ("1", "ask.trouble.begin"),
        ("1", "ask.trouble.number"),
        (coupon, "ask.trouble.shop"),
        ("日光見本屋", "ask.trouble.when"),
        ("18時半", "ask.trouble.times"),
        ("1", "ask.trouble.each"),
        ("500円", "ask.trouble.check"),
        ("1", "trouble.case.opened"),
    ):
        heard = traveller.says(said, then)
    found = CASE_NO.search(str(heard["message"]))
    assert found
    traveller.hears("ask.wish")
    return "C" + "".join(found.groups())


def applies(traveller: Traveller) -> str:
    """The number is known by then; the receipt number."""
    traveller.says("1", "ask.coupon.trip_date")
    traveller.says("2/23", "ask.coupon.more")
    traveller.says("いいえ", "private_part")
    traveller.fills_in(traveller.line.taps(text("button.open_page")))
    return traveller.applies()


def test_a_case_holds_the_application_and_its_decision_brings_both_in_one_reward(house: House) -> None:
    traveller = Traveller(house, next(SERIALS))
    case = tells_of_it(traveller, house.coupon())
    receipt = applies(traveller)
    assert "お調べが終わるまで" in traveller.line.texts[-1]
    house.wait_for_rows([("held", 1000)], STATE, receipt)
    house.settle()
    assert ([], []) == (traveller.letters(REWARD), house.rows(RIGHT, receipt))
    assert show_receipt_no(receipt) in str(traveller.says("状況", "status.held")["message"])
    with house.parts() as parts:
        for state in (CaseState.CHECKING, CaseState.FOUND):
            case_decisions.move(parts, case, state, by=FINDER)
        case_decisions.give_back(parts, case, 500, by=GIVER)
    traveller.hears("push.case_to_points")
    house.wait_for_rows([("accepted", 1500)], STATE, receipt)
    assert "1,500" in traveller.reward_page()
    house.settle()
    assert 1 == len(traveller.letters(REWARD))


def test_a_worker_that_dies_before_the_decision_is_followed_by_one_that_sends_one_url(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set(NOON)
    traveller = Traveller(house, next(SERIALS))
    case = tells_of_it(traveller, house.coupon())
    receipt = applies(traveller)
    house.wait_for_rows([("held", 1000)], STATE, receipt)
    house.workers[0].kill()
    with house.parts() as parts:
        for state in (CaseState.CHECKING, CaseState.NOT_FOUND):
            case_decisions.move(parts, case, state, by=FINDER)
    house.wait_for_rows([("pending", 1000)], STATE, receipt)
    house.workers[0].start()
    house.wait_for_rows([("accepted", 1000)], STATE, receipt)
    traveller.hears("push.case_not_found")
    house.settle()
    assert 1 == len(traveller.letters(REWARD))
