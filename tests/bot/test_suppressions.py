"""Who has said stop is on one list, for ever, and can be read from it by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bot.store import suppressions
from bot.store.db import Connection, open_pool, transaction
from bot.store.suppressions import Reason, Suppression

NOW = datetime(2023, 4, 5, 1, tzinfo=UTC)
HANAKO, TARO = b"hanako" * 5, b"taro" * 8


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    pool = open_pool(database_url, size=1)
    with transaction(pool) as opened:
        yield opened
    pool.close()


def stop(reason: Reason = "stop", source: str = "SM1", person: bytes = HANAKO) -> Suppression:
    return Suppression("sms", person, reason, NOW, source)


def test_who_says_stop_is_written_to_no_more_by_that_way_alone(connection: Connection) -> None:
    assert suppressions.add(connection, stop())
    ways = [suppressions.stands(connection, way, HANAKO) for way in ("sms", "mail", "line")]
    assert ([True, False, False], False) == (ways, suppressions.stands(connection, "sms", TARO))


def test_a_stop_that_is_heard_twice_stands_once(connection: Connection) -> None:
    assert [True, False, False] == [
        suppressions.add(connection, stop(source=source)) for source in ("SM1", "SM1", "SM2")
    ]


def test_start_lifts_a_stop_and_what_the_provider_said_of_it(connection: Connection) -> None:
    for reason in ("stop", "21610"):
        suppressions.add(connection, stop(reason))
    assert suppressions.lift(connection, "sms", HANAKO, at=NOW + timedelta(days=1), source="SM9")
    assert not suppressions.stands(connection, "sms", HANAKO)


@pytest.mark.parametrize("reason", ["complaint", "one_click"])
def test_start_lifts_no_complaint(connection: Connection, reason: Reason) -> None:
    suppressions.add(connection, stop(reason))
    assert not suppressions.lift(connection, "sms", HANAKO, at=NOW, source="SM9")
    assert suppressions.stands(connection, "sms", HANAKO)


def test_a_stop_after_a_start_stands_and_the_old_one_heard_again_does_not(connection: Connection) -> None:
    suppressions.add(connection, stop(source="SM1"))
    suppressions.lift(connection, "sms", HANAKO, at=NOW, source="SM2")
    assert not suppressions.add(connection, stop(source="SM1"))
    assert not suppressions.stands(connection, "sms", HANAKO)
    assert suppressions.add(connection, stop(source="SM3"))
    assert suppressions.stands(connection, "sms", HANAKO)


def test_one_click_on_a_reminder_stops_reminders_and_no_codes(connection: Connection) -> None:
    suppressions.add(connection, Suppression("mail", HANAKO, "one_click", NOW, "reminder", "reminders"))
    suppressions.add(connection, Suppression("mail", TARO, "complaint", NOW, "feedback"))
    both = [HANAKO, TARO]
    assert {TARO} == suppressions.standing(connection, "mail", both)
    assert {HANAKO, TARO} == suppressions.standing(connection, "mail", both, reminders=True)


def test_a_suppression_is_never_erased(connection: Connection) -> None:
    suppressions.add(connection, stop())
    with pytest.raises(psycopg.errors.RaiseException):
        connection.execute("DELETE FROM suppressions")
