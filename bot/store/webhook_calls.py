"""What an outside system is to be told: a row with what made it necessary, its tries, and what became of it.

due_at is also the lease: whoever claims a row moves it to when others may. One that a dead process left 'sending' is
sent once more, under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.moves import leading_to

MOVES: Mapping[str, Sequence[str]] = {
    "planned": ("sending",),
    "sending": ("sending", "delivered", "planned", "given_up"),
    "delivered": (),
    "given_up": ("delivered",),
}

INSERT = "INSERT INTO webhook_calls (id, kind, body) VALUES (%(id)s, %(kind)s, %(body)s)"
CLAIM = """
UPDATE webhook_calls SET state = 'sending', attempts = attempts + 1, due_at = now() + %(lease)s * interval '1 second'
WHERE id = (
    SELECT id FROM webhook_calls WHERE state IN ('planned', 'sending') AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, body, attempts
"""
# A word on an attempt that others have followed up since is out of date, unless it is that the receiver has it.
SETTLE = """
UPDATE webhook_calls SET state = %(state)s, error = %(error)s, due_at = now() + %(wait)s * interval '1 second',
    settled_at = CASE WHEN %(state)s IN ('delivered', 'given_up') THEN now() END
WHERE id = %(id)s AND state = ANY(%(earlier)s) AND (attempts = %(attempt)s OR %(state)s = 'delivered')
"""
LATE = """
SELECT count(*) FILTER (WHERE state IN ('planned', 'sending') AND attempts >= %(tries)s),
    count(*) FILTER (WHERE state = 'given_up' AND settled_at > now() - interval '7 days')
FROM webhook_calls
"""


@dataclass(frozen=True, slots=True)
class DueCall:
    """A claimed row: this is its attempt of that number."""

    id: UUID
    body: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an attempt; wait: seconds until the next one."""

    state: str
    error: str | None = None
    wait: float = 0


def insert(connection: Connection, call: UUID, kind: str, body: str) -> None:
    connection.execute(INSERT, {"id": call, "kind": kind, "body": body})


def claim(connection: Connection, *, lease: float) -> DueCall | None:
    """The one that has been due longest; its attempt is committed before the wire is touched."""
    row = connection.execute(CLAIM, {"lease": lease}).fetchone()
    return DueCall(*row) if row else None


def settle(pool: Pool, due: DueCall, tried: Tried) -> None:
    values = {"id": due.id, "attempt": due.attempt, "earlier": leading_to(MOVES, tried.state)}
    with autocommit(pool) as connection:
        connection.execute(SETTLE, {**values, "state": tried.state, "error": tried.error, "wait": tried.wait})


def late(pool: Pool, *, tries: int) -> tuple[int, int]:
    """How many have been tried so often and are not taken, and how many were given up within a week."""
    with autocommit(pool) as connection:
        row = connection.execute(LATE, {"tries": tries}).fetchone()
    return (row[0], row[1]) if row else (0, 0)
