"""One coupon carries one live claim: a second one shows the first, or becomes a dispute that reveals nothing."""

from __future__ import annotations

from dialogs.rules.claim import show_receipt_no
from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import REWARD, Traveller

SETTLED = "SELECT state FROM submissions WHERE receipt_no = %s"


def test_the_same_person_is_shown_their_first_application(house: House) -> None:
    serial, coupon = next(SERIALS), house.coupon()
    first = Traveller(house, serial)
    receipt = first.whole_case([coupon])
    house.wait_for_rows([("accepted",)], SETTLED, receipt)
    # The same telephone number from another LINE account is the same person.
    again = Traveller(house, serial)
    second = again.whole_case([coupon])
    told = again.hears("push.duplicate")
    assert show_receipt_no(receipt) in str(told["message"])
    house.wait_for_rows([("duplicate",)], SETTLED, second)
    house.settle()
    assert 1 == len(first.letters(REWARD))


def test_another_person_goes_to_disputes_and_learns_nothing(house: House) -> None:
    coupon = house.coupon()
    first, other = Traveller(house, next(SERIALS)), Traveller(house, next(SERIALS))
    receipt = first.whole_case([coupon])
    house.wait_for_rows([("accepted",)], SETTLED, receipt)
    second = other.whole_case([coupon])
    house.wait_for_rows([("disputed",)], SETTLED, second)
    house.settle()
    other.says("状況", "status.disputed")
    told = "\n".join(other.line.texts)
    assert show_receipt_no(receipt) not in told
    assert f"-{first.national[-4:]}" not in told  # as a masked number would end
    assert [] == other.letters(REWARD)
    assert [(1,)] == house.rows(
        "SELECT count(*) FROM disputes d JOIN claims c ON c.id = d.claim WHERE c.receipt_no = %s", second
    )
