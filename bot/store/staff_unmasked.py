"""What a session may see of personal data without a mask: one field of one subject, for some minutes."""

from __future__ import annotations

from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

MINUTES = 10

UNMASK = """
INSERT INTO staff_unmasked (session, subject, field) VALUES (%(session)s, %(subject)s, %(field)s)
ON CONFLICT (session, subject, field) DO UPDATE SET at = now()
"""
FIELDS = """
SELECT field FROM staff_unmasked
WHERE session = %(session)s AND subject = %(subject)s AND at > now() - %(minutes)s * interval '1 minute'
"""


def unmask(connection: Connection, session: UUID, subject: str, field: str) -> None:
    connection.execute(UNMASK, {"session": session, "subject": subject, "field": field})


def fields(pool: Pool, session: UUID, subject: str) -> frozenset[str]:
    """The fields of a subject that this session may see now."""
    with autocommit(pool) as connection:
        values = {"session": session, "subject": subject, "minutes": MINUTES}
        return frozenset(row[0] for row in connection.execute(FIELDS, values).fetchall())
