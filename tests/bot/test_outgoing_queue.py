"""Who is sent to first, and what a look for work costs, when thousands of messages wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from bot.store import outgoing
from bot.store.db import Connection, Pool, autocommit, open_pool
from bot.store.outgoing import NewOutgoing

NOW = datetime(2023, 4, 5, 1, tzinfo=UTC)
URLS = """
INSERT INTO outgoing (id, purpose, channel, person, address, body, not_before, due_at)
SELECT gen_random_uuid(), 'reward_url', 'sms', sha256(n::text::bytea), '', '', %(not_before)s, now() - interval '1 day'
FROM generate_series(1, %(count)s) n
"""


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    opened = open_pool(database_url, size=2, by_index=True)
    yield opened
    opened.close()


@pytest.fixture
def connection(pool: Pool) -> Iterator[Connection]:
    with autocommit(pool) as opened:
        yield opened


def message(person: bytes, purpose: str = "code") -> NewOutgoing:
    return NewOutgoing(id=uuid7(), purpose=purpose, channel="sms", person=person, address=b"", body=b"")


def test_a_code_goes_before_thousands_of_urls_that_fell_due_earlier(connection: Connection) -> None:
    connection.execute(URLS, {"not_before": NOW - timedelta(hours=1), "count": 2000})
    code = message(b"someone who waits")
    outgoing.insert(connection, code)
    claimed = outgoing.claim(connection, dated_until=NOW, most=16, lease=20)
    assert (16, True) == (len(claimed), code.id in [due.id for due in claimed])


def test_urls_are_sent_from_their_date_on_and_not_before(connection: Connection) -> None:
    connection.execute(URLS, {"not_before": NOW, "count": 3})
    early = outgoing.claim(connection, dated_until=NOW - timedelta(microseconds=1), most=16, lease=20)
    assert (0, 3) == (len(early), len(outgoing.claim(connection, dated_until=NOW, most=16, lease=20)))


def test_a_look_for_work_does_not_walk_by_what_waits_for_its_date(connection: Connection) -> None:
    connection.execute(URLS, {"not_before": NOW + timedelta(days=1), "count": 5000})
    connection.execute("ANALYZE outgoing")
    asked = {"dated_until": NOW, "most": 16, "lease": 20}
    plan = connection.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {outgoing.CLAIM}", asked).fetchall()
    assert [] == [line for (line,) in plan if "Removed by Filter" in line]
