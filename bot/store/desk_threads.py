"""Talks at an outside desk: which conversation stands there under which id, and when it is looked at next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.moves import leading_to

MOVES: Mapping[str, Sequence[str]] = {"live": ("over",), "over": ()}
LOOK_EVERY = 30.0  # seconds; a webhook may be lost, and none is sent twice
BACK_OVER = 10  # messages that are read once more: two may be written at once and come to light in the other order

BEGIN = """
INSERT INTO desk_threads (id, desk, conversation) VALUES (%(id)s, %(desk)s, %(conversation)s)
ON CONFLICT (conversation) WHERE state = 'live' DO NOTHING
"""
END = """
UPDATE desk_threads SET state = 'over', over_at = now(), due_at = 'infinity'
WHERE conversation = %(conversation)s AND state = ANY(%(earlier)s)
"""
OPENED = "UPDATE desk_threads SET remote = %(remote)s, due_at = now() WHERE id = %(id)s"
KNOCKED = """
UPDATE desk_threads SET due_at = least(due_at, now()) WHERE id = (
    SELECT id FROM desk_threads WHERE desk = %(desk)s AND remote = %(remote)s ORDER BY began_at DESC, id DESC LIMIT 1)
"""
# What knocks meanwhile makes it due again, whatever comes of this look.
CLAIM = """
WITH due AS (
    SELECT id FROM desk_threads WHERE due_at <= now() AND lease_until < now() AND remote IS NOT NULL
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE desk_threads t SET lease_until = now() + %(lease)s * interval '1 second', tries = tries + 1,
    due_at = now() + %(lease)s * interval '1 second'
FROM due WHERE t.id = due.id
RETURNING t.id, t.desk, t.conversation, t.state, t.remote, t.tries
"""
LOOKED = """
UPDATE desk_threads SET lease_until = '-infinity', tries = 0, due_at = CASE WHEN due_at <= now() THEN due_at
    WHEN state = 'live' THEN now() + %(every)s * interval '1 second' ELSE 'infinity' END
WHERE id = %(id)s
"""
LATER = """
UPDATE desk_threads SET lease_until = '-infinity',
    due_at = CASE WHEN due_at <= now() THEN due_at ELSE now() + %(wait)s * interval '1 second' END
WHERE id = %(id)s
"""
IS_LIVE = "SELECT state = 'live' FROM desk_threads WHERE id = %(id)s"
AFTER = "SELECT remote FROM desk_messages WHERE thread = %(id)s ORDER BY remote DESC OFFSET %(back)s LIMIT 1"
HEARD = """
INSERT INTO desk_messages (desk, remote, thread) VALUES (%(desk)s, %(remote)s, %(thread)s)
ON CONFLICT (desk, remote) DO NOTHING
"""
SAID = "UPDATE desk_messages SET outgoing = %(outgoing)s WHERE desk = %(desk)s AND remote = %(remote)s"
# A provider may refuse what we had taken on, and only its receipt says so.
NOT_BROUGHT = """
UPDATE desk_messages m SET told = true FROM outgoing o
WHERE m.thread = %(thread)s AND NOT m.told AND o.id = m.outgoing
  AND o.state IN ('refused', 'undelivered', 'suppressed')
RETURNING o.state, o.body
"""


@dataclass(frozen=True, slots=True)
class Thread:
    """A claimed talk; remote is its id at the desk."""

    id: UUID
    desk: str
    conversation: UUID
    state: str
    remote: str
    tries: int


def begin(connection: Connection, thread: UUID, conversation: UUID, desk: str) -> None:
    """A new talk, unless one is under way."""
    connection.execute(BEGIN, {"id": thread, "conversation": conversation, "desk": desk})


def end(connection: Connection, conversation: UUID) -> None:
    connection.execute(END, {"conversation": conversation, "earlier": leading_to(MOVES, "over")})


def opened(pool: Pool, thread: UUID, remote: str) -> None:
    with autocommit(pool) as connection:
        connection.execute(OPENED, {"id": thread, "remote": remote})


def knocked(pool: Pool, desk: str, remote: str) -> None:
    """Something has happened there: look at once."""
    with autocommit(pool) as connection:
        connection.execute(KNOCKED, {"desk": desk, "remote": remote})


def claim(connection: Connection, *, most: int, lease: float) -> list[Thread]:
    rows = connection.execute(CLAIM, {"most": most, "lease": lease}).fetchall()
    return [Thread(*row) for row in rows]


def looked(pool: Pool, thread: UUID) -> None:
    """A talk that lives is looked at again in a while, one that is over when something knocks."""
    with autocommit(pool) as connection:
        connection.execute(LOOKED, {"id": thread, "every": LOOK_EVERY})


def later(pool: Pool, thread: UUID, *, wait: float) -> None:
    """It could not be looked at; seconds until the next try."""
    with autocommit(pool) as connection:
        connection.execute(LATER, {"id": thread, "wait": wait})


def is_live(connection: Connection, thread: UUID) -> bool:
    row = connection.execute(IS_LIVE, {"id": thread}).fetchone()
    return bool(row and row[0])


def after(pool: Pool, thread: UUID) -> int:
    """From which of their messages on they are read; 0: from the first."""
    with autocommit(pool) as connection:
        row = connection.execute(AFTER, {"id": thread, "back": BACK_OVER}).fetchone()
    return int(row[0]) if row else 0


def heard(connection: Connection, thread: Thread, remote: int) -> bool:
    """Whether a message of theirs is news."""
    values = {"desk": thread.desk, "remote": remote, "thread": thread.id}
    return connection.execute(HEARD, values).rowcount == 1


def said(connection: Connection, thread: Thread, remote: int, outgoing: UUID) -> None:
    """Their message goes to the person as that row."""
    connection.execute(SAID, {"desk": thread.desk, "remote": remote, "outgoing": outgoing})


def not_brought(connection: Connection, thread: UUID) -> list[tuple[str, bytes | None]]:
    """State and sealed body of what did not reach the person, each told once."""
    return [(str(state), body) for state, body in connection.execute(NOT_BROUGHT, {"thread": thread}).fetchall()]
