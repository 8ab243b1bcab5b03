"""What is personal goes on its date, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from bot.store import erasure
from bot.store.db import Connection, Pool

NOW = datetime(2023, 4, 12, 1, tzinfo=UTC)
EVENT = """
INSERT INTO inbound (id, channel, event_id, person, occurred_at, received_at, payload, state)
VALUES (gen_random_uuid(), %(channel)s, %(channel)s, '', %(at)s, %(at)s, 'sealed', %(state)s)
"""
MESSAGE = """
INSERT INTO outgoing (id, purpose, channel, person, address, body, state, created_at, settled_at)
VALUES (gen_random_uuid(), 'turn', 'sms', '', 'sealed', 'sealed', %(state)s, %(at)s,
        CASE WHEN %(state)s = 'sent' THEN %(at)s END)
"""

SESSION = """
WITH member AS (
    INSERT INTO staff (id, login, name, role, created_at, created_by)
    VALUES (gen_random_uuid(), 'hanako', '花子', 'agent', now(), 'test') RETURNING id
), session AS (
    INSERT INTO staff_sessions (id, staff, token_hash, state, created_at, last_seen_at)
    SELECT gen_random_uuid(), id, 'token', 'open', %(at)s, %(at)s FROM member RETURNING id
)
INSERT INTO staff_unmasked (session, subject, field) SELECT id, 'call:1', 'name' FROM session
"""


CONVERSATION = """
INSERT INTO conversations (id, channel, person, address, campaign, campaign_version, script, script_version, language,
                           answers, last_event_at, created_at, erase_at)
VALUES (gen_random_uuid(), 'line', %(person)s, 'sealed', 'tochigi-2023-02', 1, 'apply', 1, 'ja', 'sealed',
        %(at)s, %(at)s, %(until)s)
"""


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    """Connections on which a statement may take a second, as it may take some in a real counter."""
    options = {"autocommit": True, "options": "-c statement_timeout=1s"}
    with ConnectionPool[Connection](database_url, min_size=1, max_size=1, kwargs=options) as opened:
        yield opened


@pytest.fixture
def rows(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def event(rows: psycopg.Connection, channel: str, at: datetime, *, state: str = "done") -> None:
    rows.execute(EVENT, {"channel": channel, "at": at, "state": state})


def erase(pool: Pool, *, chats_are_over: bool = False) -> dict[str, int]:
    return erasure.erase(
        pool,
        now=NOW,
        chats_are_over=chats_are_over,
        pages_before=NOW - timedelta(days=7),
        messages_before=datetime.now(UTC) - timedelta(days=90),
    )


def left(rows: psycopg.Connection, query: LiteralString) -> list[tuple[Any, ...]]:
    return rows.execute(query).fetchall()


@pytest.mark.parametrize(
    ("channel", "state", "days", "kept"),
    [
        ("web", "done", 7, 0),
        ("web", "failed", 8, 0),
        ("web", "done", 6, 1),
        ("web", "new", 8, 1),
        ("line", "done", 8, 1),
    ],
)
def test_what_was_written_on_a_page_goes_with_the_drafts_and_not_with_the_chats(
    pool: Pool, rows: psycopg.Connection, channel: str, state: str, days: int, kept: int
) -> None:
    event(rows, channel, NOW - timedelta(days=days), state=state)
    erase(pool)
    assert [(kept,)] == left(rows, "SELECT count(payload) FROM inbound")


def test_what_was_written_in_a_chat_goes_when_the_chats_are_over(pool: Pool, rows: psycopg.Connection) -> None:
    event(rows, "line", NOW)
    erase(pool, chats_are_over=True)
    assert [(0,)] == left(rows, "SELECT count(payload) FROM inbound")


def test_where_somebody_talked_with_us_goes_when_the_chats_are_over_unless_they_still_do(
    pool: Pool, rows: psycopg.Connection
) -> None:
    for person, days in ((b"gone", 0), (b"here", 7)):
        rows.execute(CONVERSATION, {"person": person, "at": NOW, "until": NOW + timedelta(days=days)})
    erase(pool)
    assert [(b"sealed",), (b"sealed",)] == left(rows, "SELECT address FROM conversations ORDER BY person")
    erase(pool, chats_are_over=True)
    assert [(b"",), (b"sealed",)] == left(rows, "SELECT address FROM conversations ORDER BY person")


@pytest.mark.parametrize(("state", "days", "kept"), [("sent", 91, 0), ("unknown", 91, 0), ("sent", 89, 1)])
def test_a_message_and_its_address_go_after_their_days_though_nobody_knows_what_became_of_it(
    pool: Pool, rows: psycopg.Connection, state: str, days: int, kept: int
) -> None:
    rows.execute(MESSAGE, {"state": state, "at": datetime.now(UTC) - timedelta(days=days)})
    erase(pool)
    assert [(kept, kept)] == left(rows, "SELECT count(body), count(nullif(address, '')) FROM outgoing")


def test_a_planned_message_keeps_its_words_however_old_it_is(pool: Pool, rows: psycopg.Connection) -> None:
    rows.execute(MESSAGE, {"state": "planned", "at": datetime.now(UTC) - timedelta(days=200)})
    erase(pool)
    assert [(1,)] == left(rows, "SELECT count(body) FROM outgoing")


RECORD = """
WITH told AS (
    INSERT INTO cases (id, case_no, kind, campaign, campaign_version, person, subject, channel, acted_at, details,
        changed_at, erase_at)
    VALUES (gen_random_uuid(), 'C1', 'B2', 'c', 1, 'p', 's', 'web', %(at)s, 'sealed', %(at)s, %(at)s) RETURNING *
)
INSERT INTO shop_records (id, case_id, details, content, kind, size, added_by, added_at, erase_at)
SELECT gen_random_uuid(), id, 'sealed', 'sealed', 'image/png', 6, 'test', acted_at, erase_at FROM told
"""


@pytest.mark.parametrize(("days", "kept"), [(0, 0), (1, 1)])
def test_the_record_of_a_shop_goes_with_its_case(pool: Pool, rows: psycopg.Connection, days: int, kept: int) -> None:
    rows.execute(RECORD, {"at": NOW + timedelta(days=days)})
    erase(pool)
    assert [(kept, kept)] == left(rows, "SELECT count(details), count(content) FROM shop_records")


@pytest.mark.parametrize(("days", "kept"), [(91, 0), (89, 1)])
def test_where_staff_were_signed_in_is_forgotten_after_some_months(
    pool: Pool, rows: psycopg.Connection, days: int, kept: int
) -> None:
    rows.execute(SESSION, {"at": datetime.now(UTC) - timedelta(days=days)})
    erase(pool)
    assert [(kept, kept)] == left(
        rows, "SELECT (SELECT count(*) FROM staff_sessions), (SELECT count(*) FROM staff_unmasked)"
    )


SLOWLY = """
CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END';
CREATE TRIGGER slowly AFTER UPDATE ON inbound FOR EACH STATEMENT EXECUTE FUNCTION slowly()
"""


def test_erasing_is_not_cut_off_however_long_it_takes(pool: Pool, rows: psycopg.Connection) -> None:
    event(rows, "web", NOW - timedelta(days=8))
    rows.execute(SLOWLY)
    assert 1 == erase(pool)["private_words"]


HANDOFF = """
INSERT INTO handoffs (id, conversation, campaign, channel, reason, began_at)
SELECT gen_random_uuid(), id, campaign, channel, 'asked', created_at FROM conversations
"""
NOTE = """
INSERT INTO staff_notes (id, conversation, at, by_name, body)
SELECT gen_random_uuid(), id, created_at, '担当 一郎', 'sealed' FROM conversations
"""


@pytest.mark.parametrize("chats_are_over", [False, True])
def test_what_staff_have_waits_for_them_and_goes_when_every_chat_does(
    pool: Pool, rows: psycopg.Connection, chats_are_over: bool
) -> None:
    a_week_ago = NOW - timedelta(days=8)
    rows.execute(CONVERSATION, {"person": b"hanako", "at": a_week_ago, "until": NOW - timedelta(days=1)})
    rows.execute(HANDOFF)
    rows.execute(NOTE)
    values = {"now": NOW, "pages_before": a_week_ago, "messages_before": a_week_ago}
    erasure.erase(pool, chats_are_over=chats_are_over, **values)
    kept = rows.execute(
        "SELECT c.answers IS NULL, h.state, n.body IS NULL, n.by_name FROM conversations c"
        " JOIN handoffs h ON h.conversation = c.id JOIN staff_notes n ON n.conversation = c.id"
    ).fetchall()
    assert [(chats_are_over, "back" if chats_are_over else "waiting", chats_are_over, "担当 一郎")] == kept
