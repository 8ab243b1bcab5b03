"""By a word in the chat: an application is taken back before its URL goes out; a URL that was sent goes out again."""

from __future__ import annotations

from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import REWARD, Traveller

STATE = "SELECT state FROM submissions WHERE receipt_no = %s"


def test_a_withdrawn_application_frees_its_coupon_for_another(house: House) -> None:
    coupon = house.coupon(yen=None)
    first, second = Traveller(house, next(SERIALS)), Traveller(house, next(SERIALS))
    receipt = first.whole_case([coupon])
    house.wait_for_rows([("pending",)], STATE, receipt)
    first.says("取り下げ", "ask.withdraw.sure")
    first.says("はい", "withdraw_told.asked")
    first.hears("push.cancelled")
    house.wait_for_rows([("cancelled",)], STATE, receipt)
    again = second.whole_case([coupon])
    house.wait_for_rows([("pending",)], STATE, again)


def test_the_url_is_sent_again_as_it_was_and_shown_as_one_right(house: House) -> None:
    traveller = Traveller(house, next(SERIALS))
    receipt = traveller.whole_case([house.coupon()])
    traveller.letter(REWARD)
    house.settle()
    traveller.says("URLが届かない", "resend_told.again")
    house.settle()
    assert [traveller.letter(REWARD)] * 2 == traveller.letters(REWARD)
    assert [(1,)] == house.rows("SELECT count(*) FROM entitlements WHERE receipt_no = %s", receipt)
    traveller.says("取り下げ", "withdraw_told.sent")
