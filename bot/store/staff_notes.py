"""What staff write down about a conversation for one another; its person never sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

INSERT = """
INSERT INTO staff_notes (id, conversation, at, by_name, body)
VALUES (%(id)s, %(conversation)s, %(at)s, %(by_name)s, %(body)s)
"""
OF = """
SELECT id, conversation, at, by_name, body FROM staff_notes
WHERE conversation = %(conversation)s AND body IS NOT NULL ORDER BY at, id
"""


@dataclass(frozen=True, slots=True)
class Note:
    """A note by the name that stands in its member's account; body is sealed."""

    id: UUID
    conversation: UUID
    at: datetime
    by_name: str
    body: bytes


def insert(connection: Connection, note: Note) -> None:
    connection.execute(INSERT, {name: getattr(note, name) for name in note.__slots__})


def of(pool: Pool, conversation: UUID) -> list[Note]:
    """Those of a conversation that are not erased, oldest first."""
    with autocommit(pool) as connection:
        return [Note(*row) for row in connection.execute(OF, {"conversation": conversation}).fetchall()]
