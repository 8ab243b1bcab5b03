"""A team that does not look is told by webhook and mail, through processes as they really run, whatever goes wrong."""

from __future__ import annotations

from integrations.emulator.office import Told
from tests.journeys.conftest import SERIALS, MakeHouse
from tests.journeys.house import NOON, House
from tests.journeys.player import Traveller, wait_until

TEAM = "team@office.example.jp"
WAITED = """
UPDATE handoffs SET queued_at = queued_at - interval '1 hour';
UPDATE watch SET looked_at = '-infinity'
"""
STATES = "SELECT state, attempts FROM webhook_calls WHERE kind = 'handoff.waiting'"


def opened(make: MakeHouse) -> House:
    house = make()
    house.start()
    house.emulator.clock.set(NOON)
    return house


def waits_for_a_person(house: House) -> Traveller:
    traveller = Traveller(house, next(SERIALS))
    traveller.begins()
    traveller.says("担当者", "ask.aside.person")
    traveller.says("はい", "to_person")
    house.emulator.clock.set("2023-04-05T17:00:00+09:00")  # an hour of waiting that lies within opening hours
    house.change(WAITED)
    return traveller


def told(house: House) -> Told:
    wait_until(lambda: house.emulator.office.all("handoff.waiting"))
    (found,) = house.emulator.office.all("handoff.waiting")
    return found


def test_who_waits_too_long_is_told_to_the_office_and_to_the_team(own_house: MakeHouse) -> None:
    house = opened(own_house)
    waits_for_a_person(house)
    handoff = house.rows("SELECT id, conversation FROM handoffs")[0]
    data = told(house).body["data"]
    assert handoff == tuple(map(type(handoff[0]), (data["handoff"], data["conversation"])))
    mail = house.emulator.mail.wait_for(TEAM, data["url"])
    assert "待っています" in mail["subject"]
    assert str(handoff[1]) in mail["text"]
    house.wait_for_rows([("delivered", 1)], STATES)


def test_an_alarm_is_told_when_it_is_raised_and_when_it_is_over(own_house: MakeHouse) -> None:
    house = opened(own_house)
    traveller = waits_for_a_person(house)
    wait_until(lambda: house.emulator.office.all("alarm.raised"), 60)
    (raised,) = house.emulator.office.all("alarm.raised")
    assert "queue_age" == raised.body["data"]["kind"]
    assert 60 <= raised.body["data"]["value"]
    house.emulator.mail.wait_for(TEAM, "/console/alarms")
    traveller.line.says("ボットに戻る")
    wait_until(lambda: house.emulator.office.all("alarm.ended"), 60)
    assert raised.body["data"]["alarm"] == house.emulator.office.all("alarm.ended")[0].body["data"]["alarm"]


def test_an_office_whose_answers_are_lost_hears_the_same_again_and_can_tell(own_house: MakeHouse) -> None:
    house = opened(own_house)
    house.emulator.faults.set({"office": [{"do": "drop_after", "times": 1}]})
    waits_for_a_person(house)
    wait_until(lambda: told(house).times == 2)
    house.wait_for_rows([("delivered", 2)], STATES)
    assert 1 == len(house.emulator.office.all("handoff.waiting"))


def test_a_silent_office_holds_nothing_else_up(own_house: MakeHouse) -> None:
    house = opened(own_house)
    house.emulator.faults.set({"office": [{"do": "timeout", "seconds": 60}]})
    waits_for_a_person(house)
    house.wait_for_rows([("sending", 1)], STATES)
    Traveller(house, next(SERIALS)).whole_case([house.coupon()])
    assert house.emulator.mail.inbox(TEAM)
    assert [] == house.emulator.office.all()


def test_a_worker_killed_while_it_tells_tells_it_again_under_the_same_id(own_house: MakeHouse) -> None:
    house = opened(own_house)
    house.emulator.faults.set({"office": [{"do": "timeout_after", "seconds": 60, "times": 1}]})
    waits_for_a_person(house)
    first = told(house).webhook_id
    house.emulator.mail.wait_for(TEAM, told(house).body["data"]["url"])
    for worker in house.workers:
        worker.kill()
    house.change("UPDATE webhook_calls SET due_at = now()")
    for worker in house.workers:
        worker.start()
    wait_until(lambda: told(house).times == 2)
    assert first == told(house).webhook_id
    house.wait_for_rows([("delivered", 2)], STATES)
    assert 1 == sum(told(house).body["data"]["url"] in mail["text"] for mail in house.emulator.mail.inbox(TEAM))
