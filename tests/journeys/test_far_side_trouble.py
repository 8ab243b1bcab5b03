"""LINE and Twilio refuse, fail, fall silent and lose their answers: people hear everything once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.conftest import SERIALS
from tests.journeys.house import House
from tests.journeys.player import CODE, Traveller, text

LINE_TROUBLES: list[dict[str, Any]] = [
    {"do": "status", "status": 429, "times": 2},
    {"do": "status", "status": 500, "times": 2},
    {"do": "status_after", "status": 500, "times": 2},
    {"do": "drop_before", "times": 2},
    {"do": "drop_after", "times": 2},
    {"do": "timeout", "seconds": 9, "times": 1},
    {"do": "timeout_after", "seconds": 9, "times": 1},
]
LONG = 120.0


def test_a_reply_that_fails_in_any_way_is_heard_once(house: House) -> None:
    people = [Traveller(house, next(SERIALS)) for _ in range(12)]
    house.emulator.faults.set({"line.reply": LINE_TROUBLES})
    for person in people:
        person.line.follow()
    for person in people:
        person.hears("ask.kind", LONG)
    house.settle(LONG)
    assert [2] * len(people) == [len(person.line.texts) for person in people]


def test_a_reply_that_got_through_unknown_to_us_is_not_pushed_as_well(house: House, traveller: Traveller) -> None:
    traveller.begins()
    once_each = [{"do": "drop_after", "times": 1}, {"do": "status", "status": 429, "times": 1}]
    house.emulator.faults.set({"line.reply": once_each})
    traveller.says("1", "ask.prefecture")
    house.settle(LONG)
    assert 1 == sum(text("ask.prefecture") in words for words in traveller.line.texts)


def test_an_answer_never_overtakes_the_one_before(house: House, traveller: Traveller) -> None:
    traveller.begins()
    house.emulator.faults.set({"line.reply": [{"do": "status", "status": 429, "times": 1}]})
    traveller.line.says("1")
    traveller.line.says("栃木県")
    house.settle(LONG)
    asked = [key for words in traveller.line.texts for key in ("ask.prefecture", "ask.expiry") if text(key) in words]
    assert ["ask.prefecture", "ask.expiry"] == asked


def test_a_push_that_fails_in_any_way_is_heard_once(house: House) -> None:
    people = [Traveller(house, next(SERIALS)) for _ in range(6)]
    with ThreadPoolExecutor(len(people)) as pool:
        links = list(pool.map(_to_private_part, people))
        troubles = [{**trouble, "times": 1} for trouble in LINE_TROUBLES if trouble["do"] != "timeout"]
        house.emulator.faults.set({"line.push": troubles})
        list(pool.map(lambda pair: pair[0].fills_in(pair[1]), zip(people, links, strict=True)))
    for person in people:
        person.hears("ask.check", LONG)
    house.settle(LONG)
    assert [1] * len(people) == [sum(text("private_done") in words for words in person.line.texts) for person in people]


def _to_private_part(person: Traveller) -> str:
    person.begins()
    person.is_eligible()
    return person.names_coupons([person.house.coupon()])


@pytest.mark.parametrize("callbacks", ["come", "are lost"])
@pytest.mark.parametrize("trouble", ["drop_before", "drop_after"])
def test_an_sms_of_unknown_outcome_arrives_once(
    house: House, traveller: Traveller, trouble: str, callbacks: str
) -> None:
    link = _to_private_part(traveller)
    faults: dict[str, Any] = {"twilio.create": [{"do": trouble, "times": 1}]}
    if callbacks == "are lost":
        faults["twilio.callback"] = [{"do": "drop"}]
    house.emulator.faults.set(faults)
    traveller.fills_in(link)
    house.settle()
    house.wait_for_rows(
        [(0,)], "SELECT count(*) FROM outgoing WHERE channel = 'sms' AND state IN ('unknown', 'sending')"
    )
    assert 1 == len(traveller.letters(CODE))


def test_a_receipt_that_comes_before_our_own_word_of_the_send_is_not_undone(house: House, traveller: Traveller) -> None:
    link = _to_private_part(traveller)
    house.emulator.faults.set({"twilio.create": [{"do": "timeout_after", "seconds": 2, "times": 1}]})
    traveller.fills_in(link)
    house.settle()
    assert 1 == len(traveller.letters(CODE))
    newest = "SELECT state FROM outgoing WHERE channel = 'sms' ORDER BY id DESC LIMIT 1"
    house.wait_for_rows([("delivered",)], newest)
