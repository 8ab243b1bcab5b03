"""Applications and conversations found by what somebody tells on the telephone. Nothing here changes a row."""

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
BY_COUPON = f"""
{_LINE} WHERE s.receipt_no IN (
    SELECT c.receipt_no FROM claim_coupons l JOIN claims c ON c.id = l.claim WHERE l.number = ANY(%(numbers)s))
ORDER BY s.acted_at DESC LIMIT %(most)s
"""  # noqa: S608 - this module's own words
NEWEST = f"{_LINE} WHERE s.claim IS NOT NULL ORDER BY s.acted_at DESC LIMIT %(most)s"
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


def by_coupon(pool: Pool, numbers: Sequence[str]) -> list[Line]:
    """By a coupon that the built-in backend knows them to carry, newest first."""
    return _lines(pool, BY_COUPON, numbers=list(numbers))


def newest(pool: Pool, *, most: int) -> Iterator[Line]:
    """To be opened one by one: names are sealed, so no index can find them."""
    with autocommit(pool) as connection, connection.cursor() as cursor:
        for row in cursor.execute(NEWEST, {"most": most}):
            yield Line(*row)


def handed_over(pool: Pool, persons: Sequence[bytes]) -> list[Talk]:
    """By keyed hashes of channel and user."""
    return _talks(pool, HANDED_OVER, persons=list(persons))


def of_case(pool: Pool, case_no: str) -> list[Talk]:
    """The conversations of whoever has told of that case."""
    return _talks(pool, OF_CASE, case_no=case_no)


def _lines(pool: Pool, query: LiteralString, **values: object) -> list[Line]:
    with autocommit(pool) as connection:
        return [Line(*row) for row in connection.execute(query, {**values, "most": MOST}).fetchall()]


def _talks(pool: Pool, query: LiteralString, **values: object) -> list[Talk]:
    with autocommit(pool) as connection:
        return [Talk(*row) for row in connection.execute(query, {**values, "most": MOST}).fetchall()]
