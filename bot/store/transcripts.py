"""A conversation as it went: what came in, what was said, what was done with it. Nothing here changes a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.store.db import Pool, autocommit

MOST = 400  # of each kind, the newest; a conversation with a counter has some dozens

# What has come and was not taken yet belongs to it too: its agent should not answer past it. So does what was only
# heard, while another system had the chat. A state to each arm: each has an index of its own, by its state alone.
HEARD = """
SELECT i.id, i.channel, i.occurred_at, i.payload, i.state, t.manner, t.answered
FROM inbound i LEFT JOIN turns t ON t.conversation = i.conversation AND t.inbound = i.id
WHERE i.conversation = %(conversation)s
    OR (i.state = 'new' AND i.person = %(person)s) OR (i.state = 'kept' AND i.person = %(person)s)
ORDER BY i.occurred_at DESC, i.id DESC LIMIT %(most)s
"""
# A code, or a URL of the reward site, is said to a target and not in a conversation.
SAID = """
SELECT id, created_at, body, purpose, said_by, state, error FROM outgoing
WHERE conversation = %(conversation)s AND purpose IN ('turn', 'staff') ORDER BY created_at DESC, id DESC LIMIT %(most)s
"""
DONE = """
SELECT id, actor, action, details FROM audit
WHERE subject = %(subject)s AND action LIKE 'handoff.%%' ORDER BY at DESC, id DESC LIMIT %(most)s
"""
FILED = """
SELECT receipt_no, state FROM submissions WHERE conversation = %(conversation)s ORDER BY acted_at DESC, id DESC LIMIT 10
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the person, or staff, did; payload is sealed, None when it was taken back or erased."""

    id: UUID
    channel: str
    at: datetime
    payload: bytes | None
    state: str
    manner: str | None
    answered: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message to them; body is sealed, None once erased. at is PostgreSQL's clock."""

    id: UUID
    at: datetime
    body: bytes | None
    purpose: str
    said_by: str | None
    state: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """What staff did with it, as the audit has it."""

    id: UUID
    actor: str
    action: str
    details: dict[str, Any]


def heard(pool: Pool, conversation: UUID, person: bytes) -> list[Heard]:
    """Oldest first."""
    values = {"conversation": conversation, "person": person, "most": MOST}
    with autocommit(pool) as connection:
        return [Heard(*row) for row in connection.execute(HEARD, values).fetchall()][::-1]


def said(pool: Pool, conversation: UUID) -> list[Said]:
    """Oldest first."""
    with autocommit(pool) as connection:
        rows = connection.execute(SAID, {"conversation": conversation, "most": MOST}).fetchall()
    return [Said(*row) for row in rows][::-1]


def done(pool: Pool, conversation: UUID) -> list[Done]:
    """Oldest first."""
    with autocommit(pool) as connection:
        rows = connection.execute(DONE, {"subject": f"conversation:{conversation}", "most": MOST}).fetchall()
    return [Done(*row) for row in rows][::-1]


def filed(pool: Pool, conversation: UUID) -> list[tuple[str, str]]:
    """Receipt number and state of the applications that were made in it, newest first."""
    with autocommit(pool) as connection:
        return connection.execute(FILED, {"conversation": conversation}).fetchall()
