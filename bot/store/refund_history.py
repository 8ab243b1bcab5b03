"""Which files a refund stood in, and what stands in a file. Nothing here changes a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bot.store.db import Connection

FILES = """
SELECT f.number, f.state, f.pay_on, f.exported_at, l.line, l.amount, l.live
FROM refund_lines l JOIN refund_files f ON f.number = l.file WHERE l.refund = %(refund)s ORDER BY f.number DESC
"""

LINES = """
SELECT l.line, r.receipt_no, r.state, r.details, l.amount, l.live FROM refund_lines l JOIN refunds r ON r.id = l.refund
WHERE l.file = %(number)s ORDER BY l.line LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line in a file that a refund stood in; live: it stands there still. amount in yen."""

    number: int
    state: str
    pay_on: date
    exported_at: datetime | None
    line: int
    amount: int
    live: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file and the refund's own state by now; details are sealed, None once erased."""

    line: int
    receipt_no: str
    state: str
    details: bytes | None
    amount: int
    live: bool


def files_of(connection: Connection, refund: UUID) -> list[Standing]:
    """The files that a refund was put into, newest first."""
    return [Standing(*row) for row in connection.execute(FILES, {"refund": refund}).fetchall()]


def lines_of(connection: Connection, number: int, *, most: int) -> list[Line]:
    """What a file pays, in its own order."""
    return [Line(*row) for row in connection.execute(LINES, {"number": number, "most": most}).fetchall()]
