"""Calls that a member of staff fills the form in for; each is a conversation of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.conversations import COLUMNS, Conversation
from bot.store.db import Connection, Pool, autocommit

MOST_LISTED = 100

BEGIN = """
INSERT INTO calls (conversation, staff, begun_at) VALUES (%(conversation)s, %(staff)s, %(at)s) ON CONFLICT DO NOTHING
"""
OF = f"""
SELECT c.begun_at, s.receipt_no, {", ".join(f"v.{name}" for name in COLUMNS)}
FROM calls c JOIN conversations v ON v.id = c.conversation
LEFT JOIN LATERAL (
    SELECT receipt_no FROM submissions WHERE conversation = v.id ORDER BY acted_at DESC LIMIT 1
) s ON true
WHERE c.staff = %(staff)s AND v.answers IS NOT NULL
ORDER BY c.begun_at DESC LIMIT {MOST_LISTED}
"""  # noqa: S608 - this module's own words
GIVE = """
UPDATE calls c SET staff = %(to)s FROM conversations v
WHERE v.id = c.conversation AND c.conversation = %(conversation)s AND c.staff = %(had)s AND v.answers IS NOT NULL
"""
ONE = f"""
SELECT {", ".join(f"v.{name}" for name in COLUMNS)} FROM calls c JOIN conversations v ON v.id = c.conversation
WHERE c.staff = %(staff)s AND c.conversation = %(conversation)s AND v.answers IS NOT NULL
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Call:
    """A call as its member sees it; receipt_no is that of its newest application."""

    begun_at: datetime
    receipt_no: str | None
    conversation: Conversation


def begin(connection: Connection, conversation: UUID, staff: UUID, *, at: datetime) -> bool:
    """Whose call it is until they give it on; False when that is known already."""
    values = {"conversation": conversation, "staff": staff, "at": at}
    return connection.execute(BEGIN, values).rowcount == 1


def give(connection: Connection, conversation: UUID, *, had: UUID, to: UUID) -> bool:
    """To a colleague; False when it is not theirs (any more), or its answers are gone."""
    return connection.execute(GIVE, {"conversation": conversation, "had": had, "to": to}).rowcount == 1


def of(pool: Pool, staff: UUID) -> list[Call]:
    """A member's calls whose answers are still there, newest first."""
    with autocommit(pool) as connection:
        rows = connection.execute(OF, {"staff": staff}).fetchall()
    return [Call(row[0], row[1], Conversation(*row[2:])) for row in rows]


def one_of(pool: Pool, staff: UUID, conversation: UUID) -> Conversation | None:
    """The conversation of a call, if it is this member's and its answers are still there."""
    with autocommit(pool) as connection:
        row = connection.execute(ONE, {"staff": staff, "conversation": conversation}).fetchone()
    return Conversation(*row) if row else None
