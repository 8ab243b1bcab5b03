"""What was sent to a person when and by which way, and what came back; and who is left to staff. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from bot.store.db import Connection, Pool, autocommit

OF_PERSON = """
SELECT d.id, m.name AS mailing, d.purpose, d.state, d.reason, d.ways, d.step, d.contacts, e.id AS entitlement, e.amount,
    e.state AS right_state, e.receipt_no, e.coupon_number
FROM entitled_persons p JOIN deliveries d ON d.entitlement = p.entitlement JOIN mailings m ON m.id = d.mailing
JOIN entitlements e ON e.id = d.entitlement
WHERE p.person = %(person)s ORDER BY m.created_at
"""
EVENTS = """
SELECT at, 'attempt ' || number AS what, way AS detail, provider, NULL::text AS code
FROM delivery_attempts WHERE delivery = %(id)s
UNION ALL
SELECT at, kind, '', provider, code FROM delivery_events WHERE delivery = %(id)s
ORDER BY at
"""
FOR_STAFF = """
SELECT d.id, m.name AS mailing, d.purpose, d.state, d.reason, d.ways, d.step, d.contacts, e.id AS entitlement, e.amount,
    e.state AS right_state, e.receipt_no, e.coupon_number
FROM deliveries d JOIN mailings m ON m.id = d.mailing JOIN entitlements e ON e.id = d.entitlement
WHERE d.mailing = %(mailing)s AND d.state IN ('undelivered', 'suppressed') AND e.brand IS NULL
LIMIT %(most)s
"""

# A fingerprint is of one channel alone, so the other one beside it finds nobody.
PERSONS = """
SELECT person, channel FROM entitled_persons, (VALUES ('sms'), ('mail')) AS c (channel)
WHERE entitlement = %(entitlement)s
"""


@dataclass(frozen=True, slots=True)
class Brought:
    """A delivery to a person; contacts are sealed."""

    id: UUID
    mailing: str
    purpose: str
    state: str
    reason: str
    ways: list[str]
    step: int
    contacts: bytes | None
    entitlement: UUID
    amount: int
    right_state: str
    receipt_no: str | None
    coupon_number: str | None


@dataclass(frozen=True, slots=True)
class Happened:
    """An attempt, or a word on one."""

    at: datetime
    what: str
    detail: str
    provider: str
    code: str | None


def persons_of(connection: Connection, entitlement: UUID) -> list[tuple[bytes, str]]:
    """Whose right it is, by each channel on which they are written to."""
    return [(bytes(person), channel) for person, channel in connection.execute(PERSONS, {"entitlement": entitlement})]


def of_person(pool: Pool, person: bytes) -> list[Brought]:
    """What goes to somebody (a fingerprint of number or address), the oldest mailing first."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Brought)) as cursor:
        return cursor.execute(OF_PERSON, {"person": person}).fetchall()


def events_of(pool: Pool, delivery: UUID) -> list[Happened]:
    """All that happened to a delivery, in its order."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Happened)) as cursor:
        return cursor.execute(EVENTS, {"id": delivery}).fetchall()


def for_staff(pool: Pool, mailing: UUID, *, most: int) -> list[Brought]:
    """Whom no way has reached, or who wants nothing by any."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Brought)) as cursor:
        return cursor.execute(FOR_STAFF, {"mailing": mailing, "most": most}).fetchall()
