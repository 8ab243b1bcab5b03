"""Who did what, for good: rows are only ever added (the table itself refuses anything else)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from bot.store import by_key
from bot.store.db import Connection, Pool, autocommit, one_value

ADD = """
INSERT INTO audit (id, at, actor, action, subject, details)
VALUES (%(id)s, %(at)s, %(actor)s, %(action)s, %(subject)s, %(details)s)
"""

ACTS = """
SELECT at, actor, action, subject, details FROM audit
WHERE at >= %(since)s AND at < %(until)s AND (%(actor)s::text IS NULL OR actor = %(actor)s)
ORDER BY at DESC, id DESC LIMIT %(most)s
"""

PART = """
SELECT id, at, actor, action, subject, details FROM audit
WHERE id < %(before)s AND at >= %(since)s AND at < %(until)s AND (%(actor)s::text IS NULL OR actor = %(actor)s)
ORDER BY id DESC LIMIT %(most)s
"""
COUNT = """
SELECT count(*) FROM audit
WHERE at >= %(since)s AND at < %(until)s AND (%(actor)s::text IS NULL OR actor = %(actor)s)
"""

HAS = "SELECT FROM audit WHERE at = %(at)s AND subject = %(subject)s AND action = %(action)s"

OF_SUBJECTS = """
SELECT at, actor, action, subject, details FROM audit WHERE subject = ANY(%(subjects)s) ORDER BY at, id LIMIT %(most)s
"""
MOST_OF_SUBJECTS = 1000

COUNT_REFUSED = """
SELECT count(*) FILTER (WHERE subject = %(subject)s), count(*) FILTER (WHERE details ->> 'origin' = %(origin)s)
FROM audit WHERE action = 'staff.refused' AND at > %(since)s
"""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did; actor is a member's name, or what acted by itself."""

    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


def add(
    connection: Connection,
    *,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    details: Mapping[str, str | int] | None = None,
) -> None:
    """Note an act in the transaction that does it; `subject` and `details` are never personal."""
    values = {"actor": actor, "action": action, "subject": subject, "at": at, "details": Jsonb(dict(details or {}))}
    connection.execute(ADD, {"id": uuid7(), **values})


def has(connection: Connection, action: str, subject: str, *, at: datetime) -> bool:
    """Whether that act was noted of it at that instant."""
    return connection.execute(HAS, {"action": action, "subject": subject, "at": at}).rowcount > 0


def acts(pool: Pool, since: datetime, until: datetime, *, actor: str | None, most: int) -> list[Act]:
    """Of that time, by one name or by all, newest first."""
    values = {"since": since, "until": until, "actor": actor, "most": most}
    with autocommit(pool) as connection:
        return [Act(*row) for row in connection.execute(ACTS, values).fetchall()]


def every(pool: Pool, since: datetime, until: datetime, *, actor: str | None) -> Iterator[Act]:
    """All of that time, by one name or by all, the last written first."""
    for _, *row in by_key.newest_first(pool, PART, {"since": since, "until": until, "actor": actor}):
        yield Act(*row)  # type: ignore[arg-type]  # as the columns are


def how_many(pool: Pool, since: datetime, until: datetime, *, actor: str | None) -> int:
    return int(one_value(pool, COUNT, {"since": since, "until": until, "actor": actor}))


def of_subjects(pool: Pool, subjects: Sequence[str]) -> list[Act]:
    """What was done with these, oldest first."""
    values = {"subjects": list(subjects), "most": MOST_OF_SUBJECTS}
    with autocommit(pool) as connection:
        return [Act(*row) for row in connection.execute(OF_SUBJECTS, values).fetchall()]


def count_refused(pool: Pool, subject: str, *, origin: str, since: datetime) -> tuple[int, int]:
    """How many tries to sign in were refused since then: of that subject, and from that address."""
    with autocommit(pool) as connection:
        row = connection.execute(COUNT_REFUSED, {"subject": subject, "origin": origin, "since": since}).fetchone()
    return (row[0], row[1]) if row else (0, 0)
