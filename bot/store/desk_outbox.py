"""What is to be told an outside desk: a row before the wire is touched, in the order of the rows of a talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.store import desk_threads
from bot.store.db import Connection, Pool, autocommit
from bot.store.moves import leading_to

MOVES: Mapping[str, Sequence[str]] = {
    "planned": ("sending",),
    "sending": ("planned", "sent", "refused"),
    "sent": (),
    "refused": (),
}

TELL = """
INSERT INTO desk_outbox (id, thread, kind, event, body)
SELECT %(id)s, id, %(kind)s, %(event)s, %(body)s FROM desk_threads
WHERE conversation = %(conversation)s AND state = 'live'
"""
TELL_THREAD = "INSERT INTO desk_outbox (id, thread, kind, body) VALUES (%(id)s, %(thread)s, 'note', %(body)s)"
# What has not gone yet never goes; the rest is taken back in its turn, by the key under which it was written.
UNSAY = """
WITH told AS (
    SELECT o.id, o.thread FROM desk_outbox o JOIN inbound i ON i.id = o.event
    WHERE i.channel = %(channel)s AND i.message_id = %(message_id)s AND o.kind IN ('heard', 'file')
), emptied AS (
    UPDATE desk_outbox o SET body = NULL FROM told WHERE o.id = told.id
)
INSERT INTO desk_outbox (id, thread, kind, event)
SELECT (%(ids)s::uuid[])[row_number() OVER (ORDER BY id)], thread, 'unsaid', id FROM told ORDER BY id LIMIT 2
"""
# The oldest of a talk alone: what follows waits for it. One that is still being sent was left by a process that died,
# or its outcome is not known.
CLAIM = """
WITH due AS (
    SELECT o.id, o.state AS was FROM desk_outbox o
    WHERE o.state IN ('planned', 'sending') AND o.due_at <= now() AND o.lease_until < now()
      AND NOT EXISTS (
        SELECT FROM desk_outbox e WHERE e.thread = o.thread AND e.id < o.id AND e.state IN ('planned', 'sending'))
    ORDER BY o.due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE desk_outbox o SET state = 'sending', attempts = attempts + 1,
    lease_until = now() + %(lease)s * interval '1 second'
FROM due, desk_threads t WHERE o.id = due.id AND t.id = o.thread
RETURNING o.id, o.thread, t.conversation, t.remote, o.kind, o.event, o.body, o.attempts, due.was = 'sending'
"""
SETTLE = """
UPDATE desk_outbox SET state = %(state)s, error = %(error)s, lease_until = '-infinity',
    due_at = now() + %(wait)s * interval '1 second',
    settled_at = CASE WHEN %(state)s IN ('sent', 'refused') THEN now() END
WHERE id = %(id)s AND attempts = %(attempt)s AND state = ANY(%(earlier)s)
"""
UNSURE = """
UPDATE desk_outbox SET error = %(error)s, lease_until = '-infinity', due_at = now() + %(wait)s * interval '1 second'
WHERE id = %(id)s AND attempts = %(attempt)s AND state = 'sending'
"""
UNTOLD = """
SELECT count(*) FILTER (WHERE state IN ('planned', 'sending')),
    count(*) FILTER (WHERE state = 'refused' AND error <> 'erased')
FROM desk_outbox WHERE state IN ('planned', 'sending') OR settled_at > now() - interval '1 day'
"""
EVENTS = "SELECT event FROM desk_outbox WHERE thread = %(thread)s AND kind = 'heard' AND event IS NOT NULL"


@dataclass(frozen=True, slots=True)
class ForDesk:
    """A row to be written with a turn, if the conversation stands at a desk; over: the talk ends with this.

    desk: a talk begins there; one that is under way ends before it, with `ending`.
    """

    conversation: UUID
    kind: str
    body: bytes | None = None
    event: UUID | None = None
    desk: str = ""
    ending: bytes | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed row; body is sealed. remote is the talk's id there, None before it is opened.

    event: whose words of the person's they are; of what is unsaid, the row that told it.

    retried: it may stand there already.
    """

    id: UUID
    thread: UUID
    conversation: UUID
    remote: str | None
    kind: str
    event: UUID | None
    body: bytes | None
    attempt: int
    retried: bool


def tell(connection: Connection, news: ForDesk) -> None:
    """Plan it, if the conversation stands at a desk."""
    if news.desk:
        tell(connection, ForDesk(news.conversation, "over", news.ending, over=True))
        desk_threads.begin(connection, uuid7(), news.conversation, news.desk)
    values = {"conversation": news.conversation, "kind": news.kind, "event": news.event, "body": news.body}
    connection.execute(TELL, {**values, "id": uuid7()})
    if news.over:
        desk_threads.end(connection, news.conversation)


def tell_thread(connection: Connection, thread: UUID, body: bytes) -> None:
    """A note in a talk, also in one that is over."""
    connection.execute(TELL_THREAD, {"id": uuid7(), "thread": thread, "body": body})


def unsay(connection: Connection, channel: str, message_id: str) -> None:
    """A message that its sender took back: that it came, and what hung on it."""
    connection.execute(UNSAY, {"ids": [uuid7(), uuid7()], "channel": channel, "message_id": message_id})


def claim(connection: Connection, *, most: int, lease: float) -> list[Due]:
    rows = connection.execute(CLAIM, {"most": most, "lease": lease}).fetchall()
    return [Due(*row) for row in rows]


def settle(pool: Pool, row: Due, state: str, *, error: str = "", wait: float = 0) -> None:
    """What became of an attempt; planned: surely nothing, again after that many seconds."""
    values = {"id": row.id, "attempt": row.attempt, "state": state, "error": error or None, "wait": wait}
    with autocommit(pool) as connection:
        connection.execute(SETTLE, {**values, "earlier": leading_to(MOVES, state)})


def unsure(pool: Pool, row: Due, *, error: str, wait: float) -> None:
    """Nobody knows whether it stands there: it is looked for before it is written again."""
    with autocommit(pool) as connection:
        connection.execute(UNSURE, {"id": row.id, "attempt": row.attempt, "error": error, "wait": wait})


def events(pool: Pool, thread: UUID) -> set[UUID]:
    """The events of its person that are told by rows of their own."""
    with autocommit(pool) as connection:
        return {row[0] for row in connection.execute(EVENTS, {"thread": thread}).fetchall()}


def untold(pool: Pool) -> tuple[int, int]:
    """How many rows are still to be told, and how many the desk has refused within a day."""
    with autocommit(pool) as connection:
        row = connection.execute(UNTOLD).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)
