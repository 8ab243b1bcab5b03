"""The URL of an app user, who has applied for nothing: by a coupon that it is for, and how often it went out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from psycopg.rows import class_row

from bot.store.db import Connection, Pool, autocommit

# What was cancelled was never sent, and whose contacts are erased is reached by nothing: both are as if unknown.
OF_COUPON = """
SELECT DISTINCT e.id, e.token, e.coupon_number, e.brand IS NOT NULL AS chosen, d.state, d.attempts, d.ways, d.step,
    d.contacts, coalesce(again.states, '{}') AS again_states, coalesce(again.persons, '{}') AS again_persons
FROM entitled_coupons c
JOIN entitlements e ON e.id = c.entitlement AND e.voided_at IS NULL
JOIN deliveries d ON d.entitlement = e.id AND d.purpose = 'reward_url'
LEFT JOIN LATERAL (
    SELECT array_agg(n.state ORDER BY n.id) AS states, array_agg(n.person ORDER BY n.id) AS persons FROM outgoing n
    WHERE n.once_key IN ('reward_url_again:' || e.id || ':1', 'reward_url_again:' || e.id || ':2',
        'reward_url_again:' || e.id || ':3')) again ON true
WHERE c.prefecture = ANY(%(prefectures)s) AND c.number = %(number)s AND c.trip_date = %(trip_date)s
  AND e.campaign = %(campaign)s AND d.contacts IS NOT NULL AND d.state <> 'cancelled'
"""
RETARGET = "UPDATE entitlements SET target = %(target)s WHERE id = %(entitlement)s AND submission IS NULL"


@dataclass(frozen=True, slots=True)
class CouponOf:
    """A coupon as its holder names it, in the prefectures of a campaign."""

    campaign: str
    prefectures: Sequence[str]
    number: str
    trip_date: date


@dataclass(frozen=True, slots=True)
class AppUrl:
    """A right with its delivery as that stands; token and contacts are sealed.

    again_states, again_persons: of each message that brought the URL once more, the oldest first, and to whom it went.
    """

    id: UUID
    token: bytes
    coupon_number: str
    chosen: bool
    state: str
    attempts: int
    ways: list[str]
    step: int
    contacts: bytes
    again_states: list[str]
    again_persons: list[bytes]


@dataclass(frozen=True, slots=True)
class Retargeted:
    """From now on one-time codes go to this sealed address, because the URL does."""

    entitlement: UUID
    target: bytes


def of_coupon(pool: Pool, coupon: CouponOf) -> AppUrl | None:
    """The URL for who knows a coupon's inquiry number and day; None for any other, and where two could be meant."""
    values = {name: getattr(coupon, name) for name in coupon.__slots__}
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(AppUrl)) as cursor:
        found = cursor.execute(OF_COUPON, {**values, "prefectures": list(coupon.prefectures)}).fetchall()
    return found[0] if len(found) == 1 else None


def retarget(connection: Connection, row: Retargeted) -> None:
    """Send the codes of a right to where its URL goes now."""
    connection.execute(RETARGET, {"entitlement": row.entitlement, "target": row.target})
