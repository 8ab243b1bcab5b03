"""What is told on a later day, through real processes: on its morning, once, whoever dies; not to who blocked us."""

from __future__ import annotations

import time

from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import House
from tests.journeys.player import ELIGIBILITY, Traveller, text

STATES = "SELECT state, reason FROM reminders ORDER BY planned_at"


def asks_for_the_opening(house: House) -> Traveller:
    """Somebody who comes before the site opens and wants to hear of it."""
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    for said, then in ELIGIBILITY[:-2]:
        traveller.says(said, then)
    traveller.says("1", "ask.remind_me")
    traveller.says("はい", "remind_told.opening")
    return traveller


def test_the_opening_is_told_once_on_its_morning_though_workers_die(own_house: MakeHouse) -> None:
    house = own_house()
    house.start(workers=2)
    clock = house.emulator.clock
    clock.set("2023-03-10T10:00:00+09:00")
    people = [asks_for_the_opening(house) for _ in range(3)]
    clock.set("2023-03-22T09:59:50+09:00")
    for _ in range(6):
        for worker in house.workers:
            worker.kill()
            worker.start()
        time.sleep(2.5)
    for person in people:
        person.hears("push.remind_opening")
        person.says("申請をつづける", "ask.wish")
        person.says("1", "ask.coupon.number")
    house.settle()
    assert [1] * len(people) == [
        sum(text("push.remind_opening") in words for words in person.line.texts) for person in people
    ]
    assert [("sent", "")] * len(people) == house.rows(STATES)


def test_who_has_blocked_us_is_not_reminded_and_who_came_back_in_time_is(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    clock = house.emulator.clock
    clock.set("2023-03-10T10:00:00+09:00")
    gone, back = asks_for_the_opening(house), asks_for_the_opening(house)
    for person in (gone, back):
        person.line.blocks()
    house.settle()
    clock.set("2023-03-15T10:00:00+09:00")
    back.line.follow()
    house.settle()
    clock.set("2023-03-22T10:00:00+09:00")
    back.hears("push.remind_opening")
    house.wait_for_rows([("dropped", "blocked"), ("sent", "")], STATES)
    gone.line.follow()
    gone.hears("ask.wish")
    assert text("push.remind_opening") not in "".join(gone.line.texts)
    gone.says("1", "ask.coupon.number")


def test_a_lost_number_is_reminded_of_and_once_sent_off_no_more(own_house: MakeHouse) -> None:
    house = own_house()
    house.start()
    clock = house.emulator.clock
    clock.set("2023-03-25T10:00:00+09:00")
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    traveller.is_eligible()
    traveller.says("番号がわからない", "number_lost")
    house.settle()
    clock.set("2023-04-23T10:00:00+09:00")
    traveller.hears("push.remind_number")
    traveller.says("やっとわかりました", "ask.coupon.number")
    traveller.fills_in(traveller.names_coupons([house.coupon()]))
    receipt = traveller.applies()
    clock.set("2023-04-29T10:00:00+09:00")
    house.wait_for_rows([("sent", ""), ("dropped", "applied")], "SELECT state, reason FROM reminders ORDER BY due_at")
    house.wait_for_rows([("accepted",)], "SELECT state FROM submissions WHERE receipt_no = %s", receipt)
    assert 1 == "".join(traveller.line.texts).count(text("push.remind_number"))
