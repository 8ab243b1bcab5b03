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
# Of another person: who asks for two refunds of their own has them on one account.
SAME_ACCOUNT = """
SELECT r.receipt_no FROM refunds r JOIN submissions s ON s.id = r.submission
WHERE r.account = %(account)s AND r.state <> 'cancelled'
  AND s.person <> (SELECT person FROM submissions WHERE id = %(submission)s)
ORDER BY r.acted_at, r.id LIMIT %(most)s
"""
SHARED_IN = """
SELECT mine.receipt_no FROM refund_lines l JOIN refunds mine ON mine.id = l.refund
JOIN submissions m ON m.id = mine.submission
WHERE l.file = %(number)s AND l.live AND EXISTS (
    SELECT FROM refunds r JOIN submissions s ON s.id = r.submission
    WHERE r.account = mine.account AND r.state <> 'cancelled' AND s.person <> m.person)
ORDER BY l.line LIMIT %(most)s
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


def same_account(connection: Connection, account: bytes, submission: UUID, *, most: int) -> list[str]:
    """Receipt numbers of the refunds that other people than that application's ask for to the same account."""
    values = {"account": account, "submission": submission, "most": most}
    return [row[0] for row in connection.execute(SAME_ACCOUNT, values).fetchall()]


def shared_in(connection: Connection, number: int, *, most: int) -> list[str]:
    """Those in a file whose account somebody else asks for as well, in its own order."""
    return [row[0] for row in connection.execute(SHARED_IN, {"number": number, "most": most}).fetchall()]


def lines_of(connection: Connection, number: int, *, most: int) -> list[Line]:
    """What a file pays, in its own order."""
    return [Line(*row) for row in connection.execute(LINES, {"number": number, "most": most}).fetchall()]
