"""Pictures and files that people have sent to staff: a row each from the turn on in which they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.store.db import Connection, Pool, autocommit

MOVES: Mapping[str, Sequence[str]] = {
    "wanted": ("kept", "lost", "erased"),
    "kept": ("erased",),
    "lost": (),
    "erased": (),
}
MOST_OF_ONE = 30  # of one conversation: at twenty megabytes each nobody fills the disk
FIRST_PAUSE_SECONDS = 30  # longer than one try may take; doubled with each

# One too many is lost from the start, and told so.
WANT = """
INSERT INTO received_files (id, inbound, conversation, state, reason)
SELECT %(id)s, %(inbound)s, %(conversation)s, CASE WHEN n < %(most)s THEN 'wanted' ELSE 'lost' END,
    CASE WHEN n < %(most)s THEN '' ELSE 'too_many' END
FROM (SELECT count(*) AS n FROM received_files WHERE conversation = %(conversation)s) AS so_far
WHERE EXISTS (SELECT FROM inbound i WHERE i.id = %(inbound)s AND i.conversation = %(conversation)s)
ON CONFLICT (inbound) DO NOTHING
"""
CLAIM = """
WITH due AS (
    SELECT id FROM received_files WHERE state = 'wanted' AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE received_files f SET tries = tries + 1, due_at = now() + %(pause)s * power(2, tries) * interval '1 second'
    FROM due WHERE f.id = due.id RETURNING f.id, f.conversation, f.inbound, f.tries
)
SELECT l.id, l.conversation, l.inbound, i.channel, i.payload, l.tries FROM leased l JOIN inbound i ON i.id = l.inbound
"""
KEEP = """
UPDATE received_files SET state = 'kept', kind = %(kind)s, size = %(size)s, content = %(content)s, preview = %(preview)s
WHERE id = %(id)s AND state = 'wanted'
"""
LOSE = "UPDATE received_files SET state = 'lost', reason = %(reason)s WHERE id = %(id)s AND state = 'wanted'"
FORGET = """
UPDATE received_files f SET state = 'erased', content = NULL, preview = NULL FROM inbound i
WHERE i.id = f.inbound AND i.channel = %(channel)s AND i.message_id = %(message_id)s AND f.state IN ('wanted', 'kept')
"""
COLUMNS = "id, conversation, inbound, state, reason, kind, size, preview IS NOT NULL"
OF_CONVERSATION = f"SELECT {COLUMNS} FROM received_files WHERE conversation = %(conversation)s"  # noqa: S608 - our own
BY_ID = f"SELECT {COLUMNS} FROM received_files WHERE id = %(id)s"  # noqa: S608 - as above
CONTENT = "SELECT content FROM received_files WHERE id = %(id)s AND state = 'kept'"
PREVIEW = "SELECT preview FROM received_files WHERE id = %(id)s AND state = 'kept'"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event of a conversation whose content staff should see."""

    inbound: UUID
    conversation: UUID


@dataclass(frozen=True, slots=True)
class Due:
    """One that was claimed; payload is the event, sealed, or None when it was taken back meanwhile."""

    id: UUID
    conversation: UUID
    inbound: UUID
    channel: str
    payload: bytes | None
    tries: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came; content and preview are sealed."""

    kind: str
    size: int
    content: bytes
    preview: bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    """A file as a page tells of it; size in bytes."""

    id: UUID
    conversation: UUID
    inbound: UUID
    state: str
    reason: str
    kind: str
    size: int
    has_preview: bool


def want(connection: Connection, wanted: Wanted) -> None:
    """Once for each event of that conversation, however often it is wanted."""
    values = {"id": uuid7(), "inbound": wanted.inbound, "conversation": wanted.conversation, "most": MOST_OF_ONE}
    connection.execute(WANT, values)


def claim(connection: Connection) -> Due | None:
    """The one that has waited longest; asked for again after a growing pause unless it is settled."""
    row = connection.execute(CLAIM, {"pause": FIRST_PAUSE_SECONDS}).fetchone()
    return Due(*row) if row else None


def keep(connection: Connection, file: UUID, fetched: Fetched) -> bool:
    """False when it was taken back meanwhile."""
    values = {name: getattr(fetched, name) for name in fetched.__slots__}
    return connection.execute(KEEP, {**values, "id": file}).rowcount == 1


def lose(connection: Connection, file: UUID, reason: str) -> None:
    """It cannot be had any more, for that reason."""
    connection.execute(LOSE, {"id": file, "reason": reason})


def forget(connection: Connection, channel: str, message_id: str) -> None:
    """Its sender took the message back."""
    connection.execute(FORGET, {"channel": channel, "message_id": message_id})


def of_conversation(pool: Pool, conversation: UUID) -> dict[UUID, Received]:
    """By the event that brought it."""
    with autocommit(pool) as connection:
        rows = connection.execute(OF_CONVERSATION, {"conversation": conversation}).fetchall()
    return {file.inbound: file for file in (Received(*row) for row in rows)}


def by_id(pool: Pool, file: UUID) -> Received | None:
    with autocommit(pool) as connection:
        row = connection.execute(BY_ID, {"id": file}).fetchone()
    return Received(*row) if row else None


def content(connection: Connection, file: UUID) -> bytes | None:
    """Sealed; None when it is not there."""
    return _bytes(connection, CONTENT, file)


def preview(connection: Connection, file: UUID) -> bytes | None:
    """Sealed; None when there is none."""
    return _bytes(connection, PREVIEW, file)


def _bytes(connection: Connection, query: str, file: UUID) -> bytes | None:
    row = connection.execute(query, {"id": file}).fetchone()
    return bytes(row[0]) if row and row[0] is not None else None
