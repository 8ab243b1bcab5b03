"""The phases of the notice, and its deadline by the time at which the person acted."""

from __future__ import annotations

from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.player import ELIGIBILITY, REWARD, Traveller, text


def test_the_phases_of_the_notice(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    clock = house.emulator.clock

    clock.set("2023-03-10T10:00:00+09:00")
    early = Traveller(house, next(SERIALS))
    early.begins()
    for said, then in ELIGIBILITY[:-2]:
        early.says(said, then)
    early.says("1", "verdict.A_APPLY.open" if house_is_open_early() else "verdict.A_APPLY.not_open")

    clock.set("2023-03-25T10:00:00+09:00")
    traveller = Traveller(house, next(SERIALS))
    receipt = traveller.whole_case([house.coupon(yen=900)])
    house.wait_for_rows([("accepted",)], "SELECT state FROM submissions WHERE receipt_no = %s", receipt)
    assert [] == traveller.letters(REWARD)

    clock.set("2023-04-05T10:00:00+09:00")
    assert "900円" in traveller.reward_page()

    clock.set("2023-05-02T10:00:00+09:00")
    late = Traveller(house, next(SERIALS))
    late.begins()
    for said, then in ELIGIBILITY[:-2]:
        late.says(said, then)
    late.says("1", "verdict.A_APPLY.closed")
    assert "900円" in traveller.reward_page()

    clock.set("2023-06-01T10:00:00+09:00")
    assert "900円" not in traveller.reward_page()
    house.settle()
    assert 1 == len(traveller.letters(REWARD))


def house_is_open_early() -> bool:
    return False


def test_who_acted_before_the_deadline_is_in_time_however_late_we_are(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set("2023-04-30T23:00:00+09:00")
    in_time, too_late = Traveller(house, next(SERIALS)), Traveller(house, next(SERIALS))
    for person in (in_time, too_late):
        person.begins()
        person.is_eligible()
        person.fills_in(person.names_coupons([house.coupon()]))
        person.hears("ask.check")
    house.settle()
    house.workers[0].stop()
    house.emulator.clock.set("2023-04-30T23:59:40+09:00")
    in_time.line.taps(text("option.check.submit"))
    house.emulator.settle()
    house.emulator.clock.set("2023-05-01T00:10:00+09:00")
    too_late.line.taps(text("option.check.submit"))
    house.workers[0].start()
    receipt = in_time.receipt_no()
    too_late.hears("closed_meanwhile")
    house.settle()
    assert [(receipt, "accepted")] == house.rows("SELECT receipt_no, state FROM submissions")


def test_a_clock_that_is_set_back_disturbs_no_conversation(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    house.emulator.clock.set("2023-05-02T10:00:00+09:00")
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    house.emulator.clock.set("2023-04-05T10:00:00+09:00")
    traveller.is_eligible()
    traveller.fills_in(traveller.names_coupons([house.coupon()]))
    traveller.applies()
    assert "1,000円" in traveller.reward_page()
