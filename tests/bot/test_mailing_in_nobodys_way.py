"""Looking at a mailing, and planning a reminder, hold nobody up; who dies over it plans nobody twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from bot.deliveries.planning import Source, Told, look_through
from bot.deliveries.reminding import remind
from bot.parts import Parts
from bot.store import mailings, plans
from bot.store.db import transaction
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import a_list, house, people, planned, rows
from tests.bot.test_mailing_applicants import accepted

REMINDER = "tochigi-2023-02-reminder-7"
LONGEST = 60.0  # seconds, for who would wait for ever
ARRIVED = "UPDATE deliveries SET state = 'delivered', due_at = NULL"
NOTIFIED = "UPDATE entitlements SET state = 'notified'"
# As a process leaves it that dies after the first few.
DIED = "UPDATE mailings SET state = 'planned', begun_at = NULL WHERE name = %s RETURNING 1"
MISSING = """
DELETE FROM deliveries WHERE purpose = 'reminder_7'
  AND id NOT IN (SELECT id FROM deliveries WHERE purpose = 'reminder_7' LIMIT 2) RETURNING 1
"""
EACH = "SELECT count(*), count(DISTINCT entitlement) FROM deliveries WHERE starts_with(purpose, 'reminder')"
HELD = ["SELECT FROM submissions FOR UPDATE", "SELECT FROM outgoing FOR UPDATE", "SELECT FROM entitlements FOR UPDATE"]


@pytest.fixture
def arrived(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[Parts, Emulator]]:
    """Seven people of a list and three applicants have their URL; it is a week before the last day to choose."""
    with house(database_url, redis_url) as (parts, emulator):
        planned(parts, tmp_path, *people(7))
        for serial in range(1, 4):
            accepted(parts, serial, target=f"+81902000000{serial}", contact=f"+81902000000{serial}")
        with transaction(parts.db) as connection:
            connection.execute(ARRIVED)
            connection.execute(NOTIFIED)
        emulator.clock.set("2023-05-25T10:00:00+09:00")
        yield parts, emulator


@pytest.mark.parametrize("held", HELD)
def test_looking_at_accepted_claims_waits_for_nobody_and_holds_nobody_up(
    sending: tuple[Parts, Emulator], held: str
) -> None:
    parts, _ = sending
    accepted(parts)
    with ThreadPoolExecutor(1) as looking, transaction(parts.db) as connection:
        connection.execute(held.encode())
        seen = looking.submit(look_through, parts, Source(accepted_claims=True), Told())
        assert 1 == seen.result(LONGEST).applied.count


def test_looking_at_a_list_does_not_wait_for_one_that_is_brought_in(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, _ = sending
    listed = a_list(tmp_path, *people(3))
    with ThreadPoolExecutor(1) as looking, transaction(parts.db) as connection:
        assert plans.alone(connection, wait=True)
        assert 3 == looking.submit(look_through, parts, Source(listed), Told()).result(LONGEST).people


def test_a_reminder_is_planned_some_at_a_time_and_reaches_everybody(arrived: tuple[Parts, Emulator]) -> None:
    parts, _ = arrived
    mailing = planned_reminder(parts)
    assert 7 == mailings.plan_reminder(parts.db, mailing, "tochigi-2023-02", "reminder_7", most=3)
    assert 0 == mailings.plan_reminder(parts.db, mailing, "tochigi-2023-02", "reminder_7", most=3)


def test_a_reminder_that_was_half_planned_when_its_process_died_is_finished_by_the_next_one(
    arrived: tuple[Parts, Emulator],
) -> None:
    parts, _ = arrived
    assert 10 == remind(parts)
    gone = len(rows(parts, MISSING))
    rows(parts, DIED, REMINDER)
    assert (8, 8, 0) == (gone, remind(parts), remind(parts))
    assert [(10, 10)] == rows(parts, EACH)
    assert [("running",)] == rows(parts, "SELECT state FROM mailings WHERE name = %s", REMINDER)


def test_several_processes_that_plan_a_reminder_at_once_plan_each_person_once(arrived: tuple[Parts, Emulator]) -> None:
    parts, _ = arrived
    with ThreadPoolExecutor(4) as planning:
        planned = list(planning.map(lambda _: remind(parts), range(4)))
    assert (10, [(10, 10)]) == (sum(planned), rows(parts, EACH))


def test_a_half_planned_reminder_whose_day_is_past_gives_way_to_the_next_one(arrived: tuple[Parts, Emulator]) -> None:
    parts, emulator = arrived
    planned_reminder(parts)
    emulator.clock.set("2023-05-30T10:00:00+09:00")
    assert 10 == remind(parts)
    assert [("tochigi-2023-02-reminder-2", "running"), (REMINDER, "cancelled")] == rows(
        parts, "SELECT name, state FROM mailings WHERE starts_with(purpose, 'reminder') ORDER BY name"
    )


def planned_reminder(parts: Parts) -> UUID:
    """The reminder as it stands before anybody is planned for it."""
    with transaction(parts.db) as connection:
        mailing = uuid7()
        assert mailings.add(connection, mailing, REMINDER, campaign=("tochigi-2023-02", 1), purpose="reminder_7")
    return mailing
