"""What happened to a refund, and what stands in a file of them. Nothing here changes a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.store.audit import Act
from bot.store.db import Connection

FILES = """
SELECT f.number, f.state, f.pay_on, l.line, l.amount, l.live
FROM refund_lines l JOIN refund_files f ON f.number = l.file WHERE l.refund = %(refund)s ORDER BY f.number DESC
"""

LINES = """
SELECT l.line, r.receipt_no, r.state, r.details, l.amount, l.live FROM refund_lines l JOIN refunds r ON r.id = l.refund
WHERE l.file = %(number)s ORDER BY l.line LIMIT %(most)s
"""

# The first condition is the index's.
ACTS = """
SELECT at, actor, action, subject, details FROM audit
WHERE action LIKE 'refund%%' AND subject = %(subject)s AND starts_with(action, %(kind)s) ORDER BY at DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line in a file that a refund stood in; live: it stands there still. amount in yen."""

    number: int
    state: str
    pay_on: date
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


def acts_on_refund(connection: Connection, receipt_no: str) -> list[Act]:
    """What staff did to the refunds of an application, newest first."""
    return _acts(connection, receipt_no, "refund.")


def acts_on_file(connection: Connection, number: int) -> list[Act]:
    """What staff did with a file, newest first."""
    return _acts(connection, str(number), "refund_file.")


def _acts(connection: Connection, subject: str, kind: str) -> list[Act]:
    return [Act(*row) for row in connection.execute(ACTS, {"subject": subject, "kind": kind}).fetchall()]
