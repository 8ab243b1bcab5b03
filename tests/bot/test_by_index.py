"""What staff look at is found along indexes: a page stays quick however many people have written to us."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

import psycopg

from bot.store import transcripts

MANY = 3000
EVENTS = """
INSERT INTO inbound (id, channel, event_id, person, conversation, occurred_at, received_at, state)
SELECT gen_random_uuid(), 'sms', n, sha256(n::text::bytea), gen_random_uuid(), now() - n * interval '1 s', now(),
    (ARRAY['new', 'kept', 'done'])[1 + mod(n, 3)]
FROM generate_series(1, %(many)s) n
"""


def plan_of(database_url: str, rows: LiteralString, query: LiteralString, **asked: Any) -> str:
    """How PostgreSQL goes about it when there are that many rows."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(rows, {"many": MANY})
        connection.execute("ANALYZE")
        return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {query}", asked).fetchall())


def test_a_transcript_reads_the_events_of_its_person_alone(database_url: str) -> None:
    asked = {"conversation": UUID(int=0), "person": b"hanako", "most": transcripts.MOST}
    plan = plan_of(database_url, EVENTS, transcripts.HEARD, **asked)
    indexes = {"inbound_conversation", "inbound_waiting", "inbound_heard_only"}
    assert (indexes, False) == ({index for index in indexes if index in plan}, "Seq Scan on inbound" in plan), plan
