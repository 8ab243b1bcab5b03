"""What came in: one row an event, written before the provider is told that we have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from bot.store.conversations import COLUMNS, Conversation, from_row
from bot.store.db import Connection, Pool, autocommit

LEASE_SECONDS = 30
SOON_SECONDS = 3  # a message that is tried again so soon is waited for; one further off would cost the reply its token

KEEP = """
INSERT INTO inbound (id, channel, event_id, person, conversation, occurred_at, received_at, payload, lease_until)
VALUES (%(id)s, %(channel)s, %(event_id)s, %(person)s, %(conversation)s, %(occurred_at)s, %(received_at)s, %(payload)s,
        CASE WHEN %(leased)s THEN now() + %(lease)s * interval '1 second' ELSE '-infinity' END)
ON CONFLICT (channel, event_id) DO NOTHING
"""

# The oldest event of a person that nobody works on, and only when nothing is on its way to that person: two events of
# one person never run at once, they run in the order of their own time, and an answer never overtakes the one before.
# The conversations are joined to the few that were leased: before the limit, a backlog would be joined at every claim.
CLAIM = f"""
WITH due AS (
    SELECT i.id
    FROM inbound i
    WHERE i.state = 'new' AND i.due_at <= now() AND i.lease_until < now()
      AND NOT EXISTS (
        SELECT 1 FROM inbound o
        WHERE o.person = i.person AND o.state = 'new' AND o.id <> i.id
          AND (o.lease_until > now() OR (o.occurred_at, o.id) < (i.occurred_at, i.id)))
      AND NOT EXISTS (
        SELECT 1 FROM outgoing s
        WHERE s.person = i.person
          AND (s.state = 'sending' AND s.lease_until > now()
            OR s.state = 'planned' AND s.not_before IS NULL AND s.due_at < now() + %(soon)s * interval '1 second'))
    ORDER BY i.occurred_at
    LIMIT %(most)s
    FOR UPDATE OF i SKIP LOCKED
), leased AS (
    UPDATE inbound i SET lease_until = now() + %(lease)s * interval '1 second', tries = tries + 1
    FROM due WHERE i.id = due.id
    RETURNING i.id, i.channel, i.event_id, i.person, i.payload, i.reply_until, i.tries
)
SELECT l.id, l.channel, l.event_id, l.person, l.payload, l.reply_until, l.tries,
       {", ".join(f"c.{name}" for name in COLUMNS)}
FROM leased l LEFT JOIN conversations c ON c.person = l.person AND c.ended_at IS NULL
"""  # noqa: S608 - the names are this module's own

WAITING = f"""
SELECT i.id, i.channel, i.event_id, i.person, i.payload, i.reply_until, i.tries,
       {", ".join(f"c.{name}" for name in COLUMNS)}
FROM inbound i LEFT JOIN conversations c ON c.ended_at IS NULL AND c.person = i.person
WHERE i.person = %(person)s AND i.channel = %(channel)s AND i.state = 'new'
ORDER BY i.occurred_at, i.id
"""  # noqa: S608 - as above

LATER = """
UPDATE inbound SET due_at = now() + %(seconds)s * interval '1 second', lease_until = '-infinity'
WHERE id = %(id)s AND state = 'new'
"""

CLOSE = "UPDATE inbound SET state = %(state)s, lease_until = '-infinity' WHERE id = %(id)s AND state = 'new'"

REPLYABLE = """
SELECT payload, reply_until FROM inbound
WHERE conversation = %(conversation)s AND channel = 'line' AND reply_until > now() AND payload IS NOT NULL
ORDER BY occurred_at DESC LIMIT 1
"""

LATELY = """
SELECT id, payload FROM (
    SELECT id, payload, occurred_at FROM inbound
    WHERE conversation = %(conversation)s AND channel = %(channel)s AND occurred_at >= %(since)s
      AND payload IS NOT NULL
    ORDER BY occurred_at DESC, id DESC LIMIT %(most)s) newest
ORDER BY occurred_at, id
"""

IS_OPEN = "SELECT state = 'new' FROM inbound WHERE id = %(id)s"

FORGET_MESSAGE = "UPDATE inbound SET payload = NULL WHERE channel = %(channel)s AND message_id = %(message_id)s"


@dataclass(frozen=True, slots=True)
class Kept:
    """An event to be written; payload is sealed already."""

    channel: str
    event_id: str
    person: bytes
    occurred_at: datetime
    payload: bytes
    conversation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A claimed event with the person's conversation as it stood then; payload is sealed."""

    id: UUID
    channel: str
    event_id: str
    person: bytes
    payload: bytes
    reply_until: datetime
    tries: int
    conversation: Conversation | None


def keep(pool: Pool, events: Sequence[Kept], *, received_at: datetime, leased: bool = False) -> list[UUID]:
    """Write events and give their ids; one that is known already is passed over and gives no id. Raises psycopg.Error.

    leased: the caller takes them itself, at once; if it dies, a worker takes them when the lease is over.
    """
    kept: list[UUID] = []
    with autocommit(pool) as connection, connection.cursor() as cursor:
        for event in events:
            row = _row(event, received_at, leased=leased)
            cursor.execute(KEEP, row)
            if cursor.rowcount:
                kept.append(UUID(str(row["id"])))
    return kept


def put(connection: Connection, event: Kept, *, received_at: datetime) -> None:
    """Write an event of our own with what made it, in one transaction; the same once more is passed over."""
    connection.execute(KEEP, _row(event, received_at, leased=False))


def replyable(connection: Connection, conversation: UUID) -> tuple[bytes, datetime] | None:
    """The newest of LINE's events whose reply token still lives, sealed, and until when."""
    row = connection.execute(REPLYABLE, {"conversation": conversation}).fetchone()
    return (bytes(row[0]), row[1]) if row else None


def lately(pool: Pool, conversation: UUID, *, channel: str, since: datetime, most: int) -> list[tuple[UUID, bytes]]:
    """Ids and sealed payloads of the newest that came in a conversation by that channel since then, oldest first."""
    values = {"conversation": conversation, "channel": channel, "since": since, "most": most}
    with autocommit(pool) as connection:
        return [(row[0], bytes(row[1])) for row in connection.execute(LATELY, values).fetchall()]


def _row(event: Kept, received_at: datetime, *, leased: bool) -> dict[str, object]:
    return {
        "id": uuid7(),
        "channel": event.channel,
        "event_id": event.event_id,
        "person": event.person,
        "conversation": event.conversation,
        "occurred_at": event.occurred_at,
        "received_at": received_at,
        "payload": event.payload,
        "leased": leased,
        "lease": LEASE_SECONDS,
    }


def claim(connection: Connection, *, most: int) -> list[Event]:
    """Lease up to `most` events, each of another person, oldest first."""
    rows = connection.execute(CLAIM, {"most": most, "lease": LEASE_SECONDS, "soon": SOON_SECONDS}).fetchall()
    return [_event(row) for row in rows]


def _event(row: TupleRow) -> Event:
    return Event(*row[:7], conversation=from_row(row[7:]))  # type: ignore[misc]  # seven of eight


def waiting(pool: Pool, person: bytes, *, channel: str) -> list[Event]:
    """A person's events that nobody has taken yet, the oldest first, whoever may be at them just now."""
    with autocommit(pool) as connection:
        rows = connection.execute(WAITING, {"person": person, "channel": channel}).fetchall()
    return [_event(row) for row in rows]


def later(pool: Pool, event: UUID, *, seconds: float) -> None:
    """Give an event back; it falls due again after that time."""
    with autocommit(pool) as connection:
        connection.execute(LATER, {"id": event, "seconds": seconds})


def close(connection: Connection, event: UUID, *, state: str) -> bool:
    """done, kept (nothing to answer) or failed; False when somebody else has closed it."""
    return connection.execute(CLOSE, {"id": event, "state": state}).rowcount == 1


def is_open(connection: Connection, event: UUID) -> bool:
    """Whether an event still waits to be taken."""
    row = connection.execute(IS_OPEN, {"id": event}).fetchone()
    return row is not None and bool(row[0])


def forget_message(connection: Connection, channel: str, message_id: str) -> None:
    """A message that its sender took back: its content goes."""
    connection.execute(FORGET_MESSAGE, {"channel": channel, "message_id": message_id})
