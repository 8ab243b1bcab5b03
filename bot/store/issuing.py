"""Rights whose code a vendor is asked for: leased, each attempt counted before the wire, and settled by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

# One that is still 'issuing' when its lease is over was left by a process that died, or by an answer that never came.
CLAIM = """
WITH due AS (
    SELECT id FROM entitlements
    WHERE state IN ('chosen', 'issuing') AND due_at <= now() AND lease_until < now()
    ORDER BY due_at LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
)
UPDATE entitlements e SET state = 'issuing', attempts = e.attempts + 1,
    lease_until = now() + %(lease)s * interval '1 second'
FROM due WHERE e.id = due.id
RETURNING e.id, e.receipt_no, e.coupon_number, e.campaign, e.campaign_version, e.language, e.amount, e.brand,
    e.chosen_at, e.request, e.attempts, e.target, (SELECT claim FROM submissions s WHERE s.id = e.submission)
"""

# Whatever comes back late finds that another attempt has begun, and changes nothing.
_OF_THIS_ATTEMPT = "WHERE id = %(id)s AND state = 'issuing' AND attempts = %(attempts)s"

ISSUED = f"""
UPDATE entitlements SET state = 'issued', code = %(code)s, issued_at = %(at)s, vendor_ref = %(vendor_ref)s,
    reason = '', lease_until = '-infinity'
{_OF_THIS_ATTEMPT}
"""  # noqa: S608 - this module's own words
FAILED = f"""
UPDATE entitlements SET state = 'failed', reason = %(reason)s, lease_until = '-infinity' {_OF_THIS_ATTEMPT}
"""  # noqa: S608 - as above
LATER = f"""
UPDATE entitlements SET state = %(state)s, reason = %(reason)s, lease_until = '-infinity',
    due_at = now() + %(seconds)s * interval '1 second'
{_OF_THIS_ATTEMPT}
"""  # noqa: S608 - as above

# What the vendor refused for good is moved by staff alone. The request counts on, for the id before it is burnt.
FAILED_ONES = """
SELECT id, receipt_no, coupon_number, campaign, campaign_version, brand, amount, reason, request, chosen_at
FROM entitlements WHERE state = 'failed' AND (%(number)s::text IS NULL OR %(number)s IN (receipt_no, coupon_number))
ORDER BY chosen_at, id LIMIT %(most)s
"""
_OF_THIS_REQUEST = "WHERE id = %(id)s AND state = 'failed' AND request = %(request)s"
AGAIN = f"""
UPDATE entitlements SET state = 'chosen', request = request + 1, attempts = 0, reason = '', due_at = now()
{_OF_THIS_REQUEST}
"""  # noqa: S608 - as above
UNDO = f"""
UPDATE entitlements SET state = 'opened', request = request + 1, attempts = 0, reason = '', brand = NULL,
    chosen_at = NULL
{_OF_THIS_REQUEST}
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class DueRight:
    """A right to be issued, leased for its attempt (counted from 1); target and the application's claim are sealed."""

    id: UUID
    receipt_no: str | None
    coupon_number: str | None
    campaign: str
    campaign_version: int
    language: str
    amount: int
    brand: str
    chosen_at: datetime
    request: int
    attempts: int
    target: bytes | None
    claim: bytes | None


@dataclass(frozen=True, slots=True)
class FailedRight:
    """A right whose code the vendor will never issue under this request, and why."""

    id: UUID
    receipt_no: str | None
    coupon_number: str | None
    campaign: str
    campaign_version: int
    brand: str
    amount: int
    reason: str
    request: int
    chosen_at: datetime


def claim(connection: Connection, *, most: int, lease: float) -> list[DueRight]:
    """Lease rights whose code has to be asked for, or asked after; lease is in seconds."""
    rows = connection.execute(CLAIM, {"most": most, "lease": lease}).fetchall()
    return [DueRight(*row) for row in rows]


def issued(connection: Connection, due: DueRight, *, code: bytes, vendor_ref: str, at: datetime) -> bool:
    """The code is here (sealed); False when another attempt has begun meanwhile."""
    values = {"id": due.id, "attempts": due.attempts, "code": code, "vendor_ref": vendor_ref, "at": at}
    return connection.execute(ISSUED, values).rowcount == 1


def failed(connection: Connection, due: DueRight, *, reason: str) -> None:
    """It will never be issued under this request: for staff."""
    connection.execute(FAILED, {"id": due.id, "attempts": due.attempts, "reason": reason})


def later(connection: Connection, due: DueRight, *, seconds: float, reason: str, surely_not_done: bool) -> None:
    """Try it again after that time; as long as it may have been done after all it stays 'issuing'."""
    state = "chosen" if surely_not_done else "issuing"
    values = {"id": due.id, "attempts": due.attempts, "seconds": seconds, "reason": reason, "state": state}
    connection.execute(LATER, values)


def failed_ones(pool: Pool, number: str | None = None, *, most: int) -> list[FailedRight]:
    """Those that wait for staff, the longest first; number: of that receipt, or coupon, alone."""
    with autocommit(pool) as connection:
        return [FailedRight(*row) for row in connection.execute(FAILED_ONES, {"number": number, "most": most})]


def ask_again(connection: Connection, right: FailedRight) -> bool:
    """Ask for the chosen reward once more, under another request; False when it has moved meanwhile."""
    return connection.execute(AGAIN, {"id": right.id, "request": right.request}).rowcount == 1


def undo_choice(connection: Connection, right: FailedRight) -> bool:
    """Let its person choose another reward; False when it has moved meanwhile."""
    return connection.execute(UNDO, {"id": right.id, "request": right.request}).rowcount == 1
