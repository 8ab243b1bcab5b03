"""Whom no way of a mailing has reached, and as whom a right is written to. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from bot.store.db import Connection, Pool, autocommit

FOR_STAFF = """
SELECT m.name AS mailing, d.purpose, d.state, d.reason, d.contacts, e.state AS right_state, e.receipt_no,
    e.coupon_number
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
class Left:
    """A delivery that reached nobody; contacts are sealed."""

    mailing: str
    purpose: str
    state: str
    reason: str
    contacts: bytes | None
    right_state: str
    receipt_no: str | None
    coupon_number: str | None


def persons_of(connection: Connection, entitlement: UUID) -> list[tuple[bytes, str]]:
    """Whose right it is, by each channel on which they are written to."""
    return [(bytes(person), channel) for person, channel in connection.execute(PERSONS, {"entitlement": entitlement})]


def for_staff(pool: Pool, mailing: UUID, *, most: int) -> list[Left]:
    """Whom no way has reached, or who wants nothing by any."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Left)) as cursor:
        return cursor.execute(FOR_STAFF, {"mailing": mailing, "most": most}).fetchall()
