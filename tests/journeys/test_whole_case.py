"""The case of the notice from the first word to the reward page, through processes as they really run."""

from __future__ import annotations

from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import CODE, REWARD, Traveller, text


def test_a_person_with_two_coupons_gets_one_url_by_sms_that_shows_their_sum(house: House, traveller: Traveller) -> None:
    coupons = [house.coupon(yen=1000), house.coupon(yen=700)]
    traveller.begins()
    traveller.is_eligible()
    traveller.fills_in(traveller.names_coupons(coupons))
    traveller.hears("ask.check")
    # One answer is changed, and all others stay.
    traveller.says("変更", "ask.aside.change")
    traveller.says(text("label.balance"), "ask.balance")
    traveller.line.says("1500円")
    receipt = traveller.applies()
    assert "1,700円" in traveller.reward_page()
    house.settle()
    assert 1 == len(traveller.letters(REWARD))
    assert receipt[-4:] in traveller.letter(REWARD)
    assert [("accepted", 1700)] == house.rows("SELECT state, amount FROM submissions WHERE receipt_no = %s", receipt)
    assert [("accepted", 2)] == house.rows(
        "SELECT state, (SELECT count(*) FROM claim_coupons WHERE claim = claims.id AND live) FROM claims"
        " WHERE receipt_no = %s",
        receipt,
    )


def test_the_same_by_mail(house: House) -> None:
    traveller = Traveller(house, next(SERIALS), mail="hanako.tochigi@example.co.jp")
    receipt = traveller.whole_case([house.coupon(yen=1200)])
    assert "1,200円" in traveller.reward_page()
    house.settle()
    assert 1 == len(traveller.letters(REWARD))
    assert 2 == len(traveller.letters(CODE))
    assert [("accepted",)] == house.rows("SELECT state FROM submissions WHERE receipt_no = %s", receipt)
