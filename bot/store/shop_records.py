"""What a shop's records show about a case: typed in by staff, or a file that they attached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

ADD = """
INSERT INTO shop_records (id, case_id, details, content, kind, size, added_by, added_at, erase_at)
SELECT %(id)s, c.id, %(details)s, %(content)s, %(kind)s, %(size)s, %(by)s, %(at)s, c.erase_at
FROM cases c WHERE c.case_no = %(case_no)s
"""
COUNT = """
SELECT count(*) FROM shop_records r JOIN cases c ON c.id = r.case_id
WHERE c.case_no = %(case_no)s AND r.removed_at IS NULL
"""
LISTED = """
SELECT r.id, r.details, r.kind, r.size, r.added_by, r.added_at, r.removed_by, r.removed_at
FROM shop_records r JOIN cases c ON c.id = r.case_id WHERE c.case_no = %(case_no)s ORDER BY r.added_at, r.id
"""
CONTENT = """
SELECT r.content, r.kind FROM shop_records r JOIN cases c ON c.id = r.case_id
WHERE c.case_no = %(case_no)s AND r.id = %(id)s AND r.content IS NOT NULL
"""
REMOVE = """
UPDATE shop_records r SET details = NULL, content = NULL, removed_by = %(by)s, removed_at = %(at)s
FROM cases c WHERE c.id = r.case_id AND c.case_no = %(case_no)s AND r.id = %(id)s AND r.removed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record as it is written; details and content are sealed, size is that of the file before, in bytes."""

    id: UUID
    case_no: str
    details: bytes
    content: bytes | None
    kind: str | None
    size: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record as it is listed, without its file; details are sealed, None once erased or taken away."""

    id: UUID
    details: bytes | None
    kind: str | None
    size: int
    added_by: str
    added_at: datetime
    removed_by: str | None
    removed_at: datetime | None


def add(connection: Connection, record: NewRecord) -> None:
    """It is erased with its case."""
    connection.execute(ADD, {name: getattr(record, name) for name in record.__slots__})


def count(connection: Connection, case_no: str) -> int:
    """How many records a case has that nobody took away."""
    row = connection.execute(COUNT, {"case_no": case_no}).fetchone()
    return int(row[0]) if row else 0


def listed(pool: Pool, case_no: str) -> Sequence[KeptRecord]:
    """The records of a case, the oldest first."""
    with autocommit(pool) as connection:
        return [KeptRecord(*row) for row in connection.execute(LISTED, {"case_no": case_no})]


def content(connection: Connection, case_no: str, record: UUID) -> tuple[bytes, str] | None:
    """The sealed file of a record and its media type; None where there is none, or not any more."""
    row = connection.execute(CONTENT, {"case_no": case_no, "id": record}).fetchone()
    return (row[0], row[1]) if row else None


def remove(connection: Connection, case_no: str, record: UUID, *, by: str, at: datetime) -> bool:
    """Erase what a record holds; that it was there stays. False if it was gone before."""
    values = {"case_no": case_no, "id": record, "by": by, "at": at}
    return connection.execute(REMOVE, values).rowcount == 1
