"""Applications, cases and conversations found by what somebody tells on the telephone. Nothing here changes a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from bot.store.db import Pool, autocommit

MOST = 50

_LINE: LiteralString = """
SELECT s.receipt_no, s.state, s.channel, s.acted_at, s.claim,
    (SELECT h.conversation FROM handoffs h WHERE h.conversation = s.conversation LIMIT 1)
FROM submissions s
"""
BY_RECEIPT_NO = f"{_LINE} WHERE s.receipt_no = %(receipt_no)s"
BY_TARGET = f"{_LINE} WHERE s.target = ANY(%(targets)s) ORDER BY s.acted_at DESC LIMIT %(most)s"
BY_COUPON = f"{_LINE} WHERE s.subjects && %(subjects)s::bytea[] ORDER BY s.acted_at DESC LIMIT %(most)s"
NEWEST = """
SELECT s.receipt_no, s.state, s.channel, s.acted_at, s.claim,
    (SELECT h.conversation FROM handoffs h WHERE h.conversation = s.conversation LIMIT 1),
    (SELECT r.details FROM refunds r WHERE r.submission = s.id AND r.state <> 'cancelled')
FROM submissions s WHERE s.claim IS NOT NULL ORDER BY s.acted_at DESC LIMIT %(most)s
"""
_CASE: LiteralString = "SELECT case_no, kind, state, channel, acted_at FROM cases"
CASE_BY_NO = f"{_CASE} WHERE case_no = %(case_no)s"
CASES_ABOUT = f"{_CASE} WHERE subject = ANY(%(subjects)s) ORDER BY acted_at DESC LIMIT %(most)s"
CASES_TOLD_BY = f"""
{_CASE} WHERE person = ANY(%(hashes)s) OR conversation IN (
    SELECT conversation FROM submissions WHERE target = ANY(%(hashes)s))
ORDER BY acted_at DESC LIMIT %(most)s
"""  # noqa: S608 - this module's own words
HANDED_OVER = """
SELECT DISTINCT ON (h.conversation) h.conversation, h.channel, h.state, h.began_at FROM handoffs h
JOIN conversations c ON c.id = h.conversation
WHERE c.person = ANY(%(persons)s) ORDER BY h.conversation, h.began_at DESC LIMIT %(most)s
"""
OF_CASE = """
SELECT h.conversation, h.channel, h.state, h.began_at FROM cases k JOIN conversations c ON c.person = k.person
JOIN handoffs h ON h.conversation = c.id WHERE k.case_no = %(case_no)s ORDER BY h.began_at DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Line:
    """An application; claim is sealed. conversation: the one it was made in, if staff ever had that."""

    receipt_no: str
    state: str
    channel: str
    acted_at: datetime
    claim: bytes | None
    conversation: UUID | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case, without what was told."""

    case_no: str
    kind: str
    state: str
    channel: str
    acted_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """An application whose name is to be opened; details, sealed, are those of its refund, if it asks for one."""

    line: Line
    details: bytes | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that staff have or had."""

    conversation: UUID
    channel: str
    state: str
    began_at: datetime


def by_receipt_no(pool: Pool, receipt_no: str) -> list[Line]:
    return _lines(pool, BY_RECEIPT_NO, receipt_no=receipt_no)


def by_target(pool: Pool, targets: Sequence[bytes]) -> list[Line]:
    """By keyed hashes of where the URL goes, newest first."""
    return _lines(pool, BY_TARGET, targets=list(targets))


def by_coupon(pool: Pool, subjects: Sequence[bytes]) -> list[Line]:
    """By keyed hashes of a coupon, newest first."""
    return _lines(pool, BY_COUPON, subjects=list(subjects))


def case_by_no(pool: Pool, case_no: str) -> list[CaseLine]:
    return _cases(pool, CASE_BY_NO, case_no=case_no)


def cases_about(pool: Pool, subjects: Sequence[bytes]) -> list[CaseLine]:
    """By keyed hashes of the coupon that they are about, newest first."""
    return _cases(pool, CASES_ABOUT, subjects=list(subjects))


def cases_told_by(pool: Pool, hashes: Sequence[bytes]) -> list[CaseLine]:
    """By keyed hashes of who told them, or of where the URL goes of what was applied for in the same conversation."""
    return _cases(pool, CASES_TOLD_BY, hashes=list(hashes))


def newest(pool: Pool, *, most: int) -> Iterator[Named]:
    """To be opened one by one: names are sealed, so no index can find them."""
    with autocommit(pool) as connection, connection.cursor() as cursor:
        for row in cursor.execute(NEWEST, {"most": most}):
            yield Named(Line(*row[:-1]), row[-1])


def handed_over(pool: Pool, persons: Sequence[bytes]) -> list[Talk]:
    """By keyed hashes of channel and user."""
    return _talks(pool, HANDED_OVER, persons=list(persons))


def of_case(pool: Pool, case_no: str) -> list[Talk]:
    """The conversations of whoever has told of that case."""
    return _talks(pool, OF_CASE, case_no=case_no)


def _lines(pool: Pool, query: LiteralString, **values: object) -> list[Line]:
    with autocommit(pool) as connection:
        return [Line(*row) for row in connection.execute(query, {**values, "most": MOST}).fetchall()]


def _cases(pool: Pool, query: LiteralString, **values: object) -> list[CaseLine]:
    with autocommit(pool) as connection:
        return [CaseLine(*row) for row in connection.execute(query, {**values, "most": MOST}).fetchall()]


def _talks(pool: Pool, query: LiteralString, **values: object) -> list[Talk]:
    with autocommit(pool) as connection:
        return [Talk(*row) for row in connection.execute(query, {**values, "most": MOST}).fetchall()]
