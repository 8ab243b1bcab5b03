"""Reminders on PostgreSQL: once, on their day, by day, and only where they are still of use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
import pytest
from uuid_utils.compat import uuid7

from bot import reminders as reminding
from bot.letterbox import seal_body
from bot.parts import Parts
from bot.reminders import DEADLINE, OPENING, Whom, planned, remind
from bot.store import reminders, suppressions
from bot.store.db import transaction
from bot.store.reminders import CallOff
from bot.store.suppressions import Suppression
from dialogs.rules.campaign_versions import Campaigns
from tests.bot.refunds_house import counter, move, rows

HANAKO = b"hanako"
STATES = "SELECT state, reason FROM reminders ORDER BY due_at"
SENT = "SELECT once_key = 'reminder:' || r.id, purpose, channel FROM outgoing, reminders r"
TALKED = """
INSERT INTO conversations (id, channel, person, address, campaign, campaign_version, script, script_version, language,
    answers, pending, turn, owner, blocked, last_event_at, created_at, erase_at)
VALUES (%(id)s, 'line', %(person)s, %(address)s, 'tochigi-2023-02', 2, 'apply', 1, 'ja',
    'sealed', '{}', 1, 'bot', false, %(at)s, %(at)s, %(at)s)
"""


def at(text: str) -> datetime:
    """«03-22 10:00» of 2023, in Japan."""
    return datetime.fromisoformat(f"2023-{text}:00+09:00")


@contextmanager
def counter_with(database_url: str, redis_url: str, kind: str, *, asked: str) -> Any:
    """A counter at the time at which somebody on LINE asked for reminders of that kind."""
    with counter(database_url, redis_url, LINE_CHANNEL_ID="1", LINE_CHANNEL_SECRETS="s") as parts:
        move(parts, at(asked))
        talk(parts)
        plan(parts, kind, asked)
        yield parts


def talk(parts: Parts, person: bytes = HANAKO) -> None:
    address = parts.vault.seal_json(["line", "U1"], "address")
    with transaction(parts.db) as connection:
        connection.execute(TALKED, {"id": uuid7(), "person": person, "address": address, "at": parts.clock.now()})


def plan(parts: Parts, kind: str, asked: str) -> None:
    with transaction(parts.db) as connection:
        ((conversation, person),) = connection.execute("SELECT id, person FROM conversations").fetchall()
        for reminder in planned(Whom(person, conversation), parts.campaign, kind, at=at(asked)):
            reminders.write(connection, reminder)


def change(parts: Parts, sql: str) -> None:
    with transaction(parts.db) as connection:
        connection.execute(sql.encode())


def look(parts: Parts, when: str) -> int:
    """What is looked at then; how many."""
    move(parts, at(when))
    return sum(1 for _ in iter(lambda: remind(parts), False))


def unopened(parts: Parts) -> Parts:
    """The same counter while the office has not opened the site."""
    campaign = parts.campaign
    return replace(parts, campaigns=Campaigns([replace(campaign, site=replace(campaign.site, open=False))]))


def test_the_opening_is_told_in_the_morning_of_its_day_and_once(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        assert [0, 0, 1, 0] == [
            look(parts, when) for when in ("03-21 12:00", "03-22 09:59", "03-22 10:00", "03-22 11:00")
        ]
        assert [("sent", "")] == rows(parts, STATES)
        assert [(True, "reminder", "line")] == rows(parts, SENT)
        plan(parts, OPENING, "03-22 12:00")
        assert 0 == look(parts, "03-22 12:00")
        assert [(1,)] == rows(parts, "SELECT count(*) FROM outgoing")


def test_an_opening_that_is_late_is_waited_for_and_not_lost(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        assert 0 == look(unopened(parts), "03-22 10:00") + look(unopened(parts), "04-02 12:00")
        assert [("planned", "")] == rows(parts, STATES)
        assert 0 == look(parts, "04-02 20:00")
        assert 1 == look(parts, "04-03 10:00")
        assert [("sent", "")] == rows(parts, STATES)


def test_the_last_days_are_told_a_week_and_a_day_before_the_end(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-05 12:00") as parts:
        assert [0, 1, 0, 1] == [
            look(parts, when) for when in ("04-22 19:59", "04-23 10:00", "04-28 12:00", "04-29 10:00")
        ]
        assert [("sent", ""), ("sent", "")] == rows(parts, STATES)


def test_of_two_that_fell_due_while_nobody_worked_only_the_later_is_sent(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-05 12:00") as parts:
        assert 2 == look(parts, "04-29 12:00")
        assert [("dropped", "overtaken"), ("sent", "")] == rows(parts, STATES)


def test_what_would_come_after_the_end_is_dropped(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-28 12:00") as parts:
        assert 1 == look(parts, "05-01 10:00")
        assert [("dropped", "over")] == rows(parts, STATES)


def test_who_asks_on_the_last_days_gets_only_what_is_still_ahead(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-25 12:00") as parts:
        assert [(1,)] == rows(parts, "SELECT days FROM reminders")


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        ("UPDATE conversations SET blocked = true", "blocked"),
        ("UPDATE conversations SET owner = 'queue'", "with_staff"),
        ("UPDATE conversations SET owner = 'agent:1'", "with_staff"),
        ("UPDATE conversations SET owner = 'closed'", "closed"),
        ("DELETE FROM conversations", "nobody"),
        (
            "INSERT INTO submissions (id, receipt_no, channel, person, campaign, campaign_version, acted_at, erase_at)"
            " VALUES (gen_random_uuid(), '1', 'line', 'hanako', 'tochigi-2023-02', 2, '2023-04-26+09', '2030-01-01')",
            "applied",
        ),
    ],
)
def test_it_is_dropped_with_the_reason_where_it_is_of_no_use_any_more(
    database_url: str, redis_url: str, meanwhile: str, reason: str
) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-25 12:00") as parts:
        change(parts, meanwhile)
        assert 1 == look(parts, "04-29 10:00")
        assert [("dropped", reason)] == rows(parts, STATES)
        assert [] == rows(parts, "SELECT id FROM outgoing")


@pytest.mark.parametrize("kind", ["everything", "reminders"])
def test_who_wants_no_messages_is_not_reminded(database_url: str, redis_url: str, kind: Any) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-25 12:00") as parts:
        with transaction(parts.db) as connection:
            suppressions.add(connection, Suppression("line", HANAKO, "complaint", at("04-26 12:00"), "e1", kind))
        look(parts, "04-29 10:00")
        assert [("dropped", "opted_out")] == rows(parts, STATES)


def test_an_application_through_another_door_that_was_found_here_ends_it_too(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-25 12:00") as parts:
        change(
            parts,
            "INSERT INTO submissions (id, receipt_no, channel, person, campaign, campaign_version, acted_at, erase_at)"
            " VALUES (gen_random_uuid(), '1', 'web', 'page', 'tochigi-2023-02', 2, '2023-04-26+09', '2030-01-01')",
        )
        change(parts, "INSERT INTO known_claims (person, submission, at) SELECT 'hanako', id, now() FROM submissions")
        look(parts, "04-29 10:00")
        assert [("dropped", "applied")] == rows(parts, STATES)


def test_an_application_of_before_does_not_stand_against_a_reminder_for_the_next(
    database_url: str, redis_url: str
) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-25 12:00") as parts:
        change(
            parts,
            "INSERT INTO submissions (id, receipt_no, channel, person, campaign, campaign_version, acted_at, erase_at)"
            " VALUES (gen_random_uuid(), '1', 'line', 'hanako', 'tochigi-2023-02', 2, '2023-04-20+09', '2030-01-01')",
        )
        look(parts, "04-29 10:00")
        assert [("sent", "")] == rows(parts, STATES)


def test_who_calls_it_off_and_asks_again_is_reminded_once(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        call_off(parts, "declined")
        assert [("dropped", "declined")] == rows(parts, STATES)
        assert 0 == look(parts, "03-22 09:00")
        plan(parts, OPENING, "03-22 09:00")
        assert 1 == look(parts, "03-22 10:00")
        assert [("sent", "")] == rows(parts, STATES)


def test_one_that_is_written_and_not_yet_sent_is_called_back(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        look(parts, "03-22 10:00")
        call_off(parts, "applied")
        assert [("cancelled", "applied")] == rows(parts, "SELECT state, error FROM outgoing")
        assert [("sent", "")] == rows(parts, STATES)


def call_off(parts: Parts, reason: str) -> None:
    ((conversation,),) = rows(parts, "SELECT id FROM conversations")
    with transaction(parts.db) as connection:
        reminders.write(connection, CallOff(conversation, reason, parts.clock.now()))


def test_while_somebody_talks_with_us_nobody_speaks_over_them(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        move(parts, at("03-22 10:00"))
        with transaction(parts.db) as turn:
            turn.execute("UPDATE conversations SET turn = turn + 1")
            assert remind(parts)
            assert [("planned", "")] == rows(parts, STATES)
            assert not remind(parts)
        change(parts, "UPDATE reminders SET look_at = '-infinity'")
        assert remind(parts)
        assert [("sent", "")] == rows(parts, STATES)


@pytest.mark.parametrize("dies_at", ["letter", "insert", "settle"])
def test_a_death_on_the_way_leaves_all_of_it_or_nothing(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    class Died(BaseException):
        pass

    def die(*_: Any, **__: Any) -> Any:
        raise Died

    place: dict[str, tuple[Any, str]] = {
        "letter": (reminding, "letter"),
        "insert": (reminding.outgoing, "insert"),
        "settle": (reminding.reminders, "settle"),
    }
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        move(parts, at("03-22 10:00"))
        with monkeypatch.context() as gremlin:
            gremlin.setattr(*place[dies_at], die)
            with pytest.raises(Died):
                remind(parts)
        assert [("planned", "")] == rows(parts, STATES)
        assert [] == rows(parts, "SELECT id FROM outgoing")
        assert remind(parts)
        assert [(1,)] == rows(parts, "SELECT count(*) FROM outgoing")


def test_one_that_cannot_be_looked_at_holds_up_nobody(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counter_with(database_url, redis_url, DEADLINE, asked="04-05 12:00") as parts:
        monkeypatch.setattr(reminding, "seal_body", fails_once(seal_body))
        assert 1 == look(parts, "04-23 10:00")
        assert [("planned", ""), ("planned", "")] == rows(parts, STATES)
        change(parts, "UPDATE reminders SET look_at = '-infinity' WHERE days = 7")
        assert 1 == look(parts, "04-23 10:10")
        assert [("sent", ""), ("planned", "")] == rows(parts, STATES)


def fails_once(step: Callable[..., Any]) -> Callable[..., Any]:
    failed: list[bool] = []

    def taken(*given: Any) -> Any:
        if not failed:
            failed.append(True)
            raise ValueError("no such letter")
        return step(*given)

    return taken


def test_several_workers_send_each_once(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url, LINE_CHANNEL_ID="1", LINE_CHANNEL_SECRETS="s") as parts:
        for number in range(30):
            person = f"person {number}".encode()
            talk(parts, person)
        with transaction(parts.db) as connection:
            for conversation, person in connection.execute("SELECT id, person FROM conversations").fetchall():
                for reminder in planned(Whom(person, conversation), parts.campaign, DEADLINE, at=at("04-25 12:00")):
                    reminders.write(connection, reminder)
        move(parts, at("04-29 10:00"))
        with ExitStack() as ends:
            for _ in range(4):
                worker = threading.Thread(target=lambda: [None for _ in iter(lambda: remind(parts), False)])
                worker.start()
                ends.callback(worker.join)
        assert [(30, 30)] == rows(parts, "SELECT count(*), count(DISTINCT person) FROM outgoing")


def test_a_database_that_cannot_be_read_is_told_to_the_worker(database_url: str, redis_url: str) -> None:
    with counter_with(database_url, redis_url, OPENING, asked="03-10 12:00") as parts:
        change(parts, "ALTER TABLE reminders RENAME TO gone")
        with pytest.raises(psycopg.Error):
            remind(parts)
        change(parts, "ALTER TABLE gone RENAME TO reminders")
        assert 1 == look(parts, "03-22 10:00")
