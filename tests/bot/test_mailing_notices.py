"""LINE notification messages: what arrives is known by its receipt alone, and the next way waits a day for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.parts import Parts
from integrations.emulator.driver import LinePerson
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import house, people, planned, rows
from tests.bot.test_mailing_send import at_work, counts, numbers, start, until

A_DAY_LATER = """
WITH attempts AS (UPDATE delivery_attempts SET at = at - interval '25 hours')
UPDATE deliveries SET due_at = now(), attempted_at = attempted_at - interval '25 hours' RETURNING id
"""


@pytest.fixture
def sending(database_url: str, redis_url: str) -> Iterator[tuple[Parts, Emulator]]:
    with house(database_url, redis_url, DELIVERY_WAYS="pnp,sms") as found:
        yield found


def owners(emulator: Emulator, count: int) -> list[LinePerson]:
    """People of LINE who are no friends of the account."""
    return [emulator.line.person(phone=number) for number in numbers(count)]


def notices(people: list[LinePerson]) -> list[int]:
    return [sum("/r/" in json.dumps(each["message"]) for each in person.messages) for person in people]


def texts(emulator: Emulator, count: int) -> list[int]:
    return [len(emulator.sms.inbox(number)) for number in numbers(count)]


def test_the_owner_of_a_number_gets_a_notice_and_its_receipt_ends_the_delivery(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    owning = owners(emulator, 10)
    emulator.faults.set({"webhook": [{"do": "duplicate"}]})
    planned(parts, tmp_path, *people(10))
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": 10} == counts(parts))
    emulator.settle()
    assert [1] * 10 == notices(owning)
    assert [0] * 10 == texts(emulator, 10)
    assert [(10,)] == rows(parts, "SELECT count(*) FROM delivery_events WHERE kind = 'delivered'")
    assert [] == rows(parts, "SELECT FROM inbound")


def test_who_agrees_within_the_day_gets_the_notice_and_no_text(sending: tuple[Parts, Emulator], tmp_path: Path) -> None:
    parts, emulator = sending
    [person] = owners(emulator, 1)
    person.decides_on_notices("unset")
    planned(parts, tmp_path, *people(1))
    start(parts)
    with at_work(parts):
        until(lambda: {"accepted": 1} == counts(parts))
        person.decides_on_notices("on")
        until(lambda: {"delivered": 1} == counts(parts))
    assert ([1], [0]) == (notices([person]), texts(emulator, 1))


@pytest.mark.parametrize("choice", ["off", "unset"])
def test_after_a_day_without_its_receipt_the_next_way_is_tried(
    sending: tuple[Parts, Emulator], tmp_path: Path, choice: str
) -> None:
    parts, emulator = sending
    [person] = owners(emulator, 1)
    person.decides_on_notices(choice)
    planned(parts, tmp_path, *people(1))
    start(parts)
    with at_work(parts):
        until(lambda: {"accepted": 1} == counts(parts))
        assert 1 == len(rows(parts, A_DAY_LATER))
        until(lambda: {"delivered": 1} == counts(parts))
    assert ([0], [1]) == (notices([person]), texts(emulator, 1))


def test_a_notice_whose_answer_was_lost_is_never_sent_again_and_its_receipt_settles_it(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    owning = owners(emulator, 10)
    emulator.faults.set({"line.pnp": [{"do": "drop_after", "share": 0.5}, {"do": "status_after", "share": 0.3}]})
    planned(parts, tmp_path, *people(10))
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": 10} == counts(parts))
    assert ([1] * 10, [0] * 10) == (notices(owning), texts(emulator, 10))
    assert rows(parts, "SELECT FROM delivery_events WHERE kind = 'unknown'")


def test_a_notice_that_nothing_was_heard_of_stays_unknown_for_its_day_and_then_goes_on(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    emulator.faults.set({"line.pnp": [{"do": "drop_before"}]})
    planned(parts, tmp_path, *people(1))
    start(parts)
    with at_work(parts):
        until(lambda: [("unknown", True)] == rows(parts, "SELECT state, due_at > now() + '23 h' FROM deliveries"))
        assert [0] == texts(emulator, 1)
        assert 1 == len(rows(parts, A_DAY_LATER))
        until(lambda: {"delivered": 1} == counts(parts))
    assert [1] == texts(emulator, 1)
    assert [("pnp",), ("sms",)] == rows(parts, "SELECT way FROM delivery_attempts ORDER BY number")
