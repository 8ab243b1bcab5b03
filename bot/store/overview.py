"""What staff look at: applications with all that belongs to them. Nothing here changes a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from bot.store import by_key
from bot.store.db import Pool, autocommit, one_value

LIST = """
SELECT receipt_no, state, amount, acted_at, channel, claim FROM submissions
WHERE %(state)s::text IS NULL OR state = %(state)s
ORDER BY acted_at DESC, id DESC
LIMIT %(most)s
"""
# By the key, which is made in the order of their coming: each part is a step along the index.
PART = """
SELECT id, receipt_no, state, amount, acted_at, channel, claim FROM submissions
WHERE id < %(before)s AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY id DESC LIMIT %(most)s
"""
COUNT = "SELECT count(*) FROM submissions WHERE %(state)s::text IS NULL OR state = %(state)s"

ONE = """
SELECT id, receipt_no, conversation, channel, campaign, campaign_version, acted_at, claim, state, amount, reason,
       existing_receipt_no, settled_at, tries, filed_by
FROM submissions WHERE receipt_no = %(receipt_no)s
"""

RIGHT = """
SELECT e.created_at, e.state AS standing, e.brand, e.opened_at, o.id AS message, o.channel, o.state, o.not_before,
       o.attempts, o.error, o.settled_at, CASE WHEN o.error = 'by_mailing' THEN (
           SELECT m.name || ', ' || d.state FROM deliveries d JOIN mailings m ON m.id = d.mailing
           WHERE d.entitlement = e.id AND d.purpose = 'reward_url') END AS mailing
FROM entitlements e LEFT JOIN outgoing o ON o.once_key = 'reward_url:' || e.id
WHERE e.submission = %(submission)s
"""

RECEIPTS = """
SELECT provider, status, code, received_at AS at FROM receipts WHERE outgoing = %(message)s ORDER BY received_at, id
"""

TURNS = """
SELECT turn, at, manner, coalesce(answered, '') AS answered, coalesce(asked, '') AS asked,
       coalesce(outcome, '') AS outcome
FROM turns WHERE conversation = %(conversation)s ORDER BY turn
"""

# Neither has the URL been out, be it that a cancelled mailing had it, nor has anybody who got it opened it.
NOT_ARRIVED = """
SELECT s.receipt_no, count(*) OVER () FROM entitlements e JOIN submissions s ON s.id = e.submission
LEFT JOIN outgoing o ON o.once_key = 'reward_url:' || e.id
LEFT JOIN deliveries d ON d.entitlement = e.id AND d.purpose = 'reward_url'
WHERE e.campaign = %(campaign)s AND e.voided_at IS NULL AND (e.state = 'planned' OR e.state = 'notified' AND (
    o.state IN ('undelivered', 'refused', 'suppressed') OR d.state IN ('undelivered', 'suppressed')))
ORDER BY s.acted_at, s.id LIMIT %(most)s
"""

NEXT_PLANNED = "SELECT min(not_before) FROM outgoing WHERE state = 'planned' AND not_before > %(now)s"
UNDECIDED = "SELECT count(*) FROM submissions WHERE state IN ('filed', 'pending', 'withdrawing')"
HAS_COUPONS = "SELECT EXISTS (SELECT FROM coupons)"


@dataclass(frozen=True, slots=True)
class Line:
    """An application in the list; claim is sealed, None once erased."""

    receipt_no: str
    state: str
    amount: int | None
    acted_at: datetime
    channel: str
    claim: bytes | None


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it was taken and decided; claim is sealed, None once erased."""

    id: UUID
    receipt_no: str
    conversation: UUID | None
    channel: str
    campaign: str
    campaign_version: int
    acted_at: datetime
    claim: bytes | None
    state: str
    amount: int | None
    reason: str
    existing_receipt_no: str | None
    settled_at: datetime | None
    tries: int
    filed_by: str | None


@dataclass(frozen=True, slots=True)
class Right:
    """The right to points and the message with its URL; settled_at by PostgreSQL's clock, the others by the campaign's.

    standing is the state of the right, state that of the message. The fields from message on are None if the message
    was never planned. mailing is the name of the one that brings it instead, and how its delivery stands.
    """

    created_at: datetime
    standing: str
    brand: str | None
    opened_at: datetime | None
    message: UUID | None
    channel: str | None
    state: str | None
    not_before: datetime | None
    attempts: int | None
    error: str | None
    settled_at: datetime | None
    mailing: str | None


@dataclass(frozen=True, slots=True)
class ReceiptOf:
    """A provider's word on a message; at is by PostgreSQL's clock."""

    provider: str
    status: str
    code: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """One turn of the conversation, without what was said in it."""

    turn: int
    at: datetime
    manner: str
    answered: str
    asked: str
    outcome: str


def applications(pool: Pool, *, state: str | None, most: int) -> list[Line]:
    """The newest applications, newest first, of one state or of all."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Line)) as cursor:
        return cursor.execute(LIST, {"state": state, "most": most}).fetchall()


def every_application(pool: Pool, *, state: str | None) -> Iterator[Line]:
    """All applications of one state or of all, the newest first."""
    for _, *line in by_key.newest_first(pool, PART, {"state": state}):
        yield Line(*line)  # type: ignore[arg-type]  # as the columns are


def how_many(pool: Pool, *, state: str | None) -> int:
    return int(one_value(pool, COUNT, {"state": state}))


def application(pool: Pool, receipt_no: str) -> Application | None:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Application)) as cursor:
        return cursor.execute(ONE, {"receipt_no": receipt_no}).fetchone()


def not_arrived(pool: Pool, campaign: str, *, most: int) -> tuple[list[str], int]:
    """Receipt numbers of applicants whose URL has not arrived, the longest waiting first, and how many there are."""
    with autocommit(pool) as connection:
        found = connection.execute(NOT_ARRIVED, {"campaign": campaign, "most": most}).fetchall()
    return [number for number, _ in found], found[0][1] if found else 0


def right_of(pool: Pool, submission: UUID) -> Right | None:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Right)) as cursor:
        return cursor.execute(RIGHT, {"submission": submission}).fetchone()


def receipts_of(pool: Pool, message: UUID) -> list[ReceiptOf]:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(ReceiptOf)) as cursor:
        return cursor.execute(RECEIPTS, {"message": message}).fetchall()


def turns_of(pool: Pool, conversation: UUID) -> list[TurnTaken]:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(TurnTaken)) as cursor:
        return cursor.execute(TURNS, {"conversation": conversation}).fetchall()


def next_planned(pool: Pool, now: datetime) -> datetime | None:
    """When, by the campaign's clock, the next message falls due that has to wait for its date; None if none waits."""
    found: datetime | None = one_value(pool, NEXT_PLANNED, {"now": now})
    return found


def undecided(pool: Pool) -> int:
    """How many applications the claims backend has not decided yet."""
    return int(one_value(pool, UNDECIDED, {}))


def has_coupons(pool: Pool) -> bool:
    """Whether any list of coupons was ever brought in."""
    return bool(one_value(pool, HAS_COUPONS, {}))
