"""A mailing in figures, as its page shows them: by state, over time, and what providers said. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.store.db import Pool, autocommit, transaction

ALL_COUNTS = """
SELECT mailing, state, sum(n)::bigint FROM mailing_counts GROUP BY mailing, state HAVING sum(n) <> 0
"""
SPAN = "SELECT min(minute), max(minute) FROM mailing_minutes WHERE mailing = %(id)s"
OVER_TIME = """
SELECT date_bin(%(width)s * interval '1 second', minute + %(ahead)s, timestamptz '2000-01-01 00:00:00+09'), state,
    sum(n)::bigint
FROM mailing_minutes WHERE mailing = %(id)s GROUP BY 1, 2 ORDER BY 1, 2
"""
# By time, so that the codes of a mailing are found by the index of what failed since it was made.
CODES = """
SELECT v.kind, v.code, v.provider, count(*)
FROM delivery_events v JOIN deliveries d ON d.id = v.delivery
WHERE v.code IS NOT NULL AND v.at >= %(since)s AND d.mailing = %(id)s
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT %(most)s
"""
SAMPLE = """
SELECT d.contacts, e.receipt_no, e.coupon_number, e.amount
FROM deliveries d JOIN entitlements e ON e.id = d.entitlement
WHERE d.mailing = %(id)s AND d.state = 'planned' AND d.ways[d.step + 1] = %(way)s AND e.language = %(language)s
  AND (e.submission IS NOT NULL) = %(applied)s AND d.contacts IS NOT NULL
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Code:
    """What a provider said, and of how many attempts."""

    kind: str
    code: str
    provider: str
    number: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Who get the same words of a mailing."""

    way: str
    language: str
    applied: bool


@dataclass(frozen=True, slots=True)
class Real:
    """Somebody of a mailing; contacts are sealed, amount is in yen."""

    contacts: bytes
    receipt_no: str | None
    coupon_number: str | None
    amount: int


def all_counts(pool: Pool) -> Mapping[UUID, Mapping[str, int]]:
    """How many of each mailing's deliveries are in which state."""
    found: dict[UUID, dict[str, int]] = {}
    with autocommit(pool) as connection:
        for mailing, state, number in connection.execute(ALL_COUNTS):
            found.setdefault(mailing, {})[state] = number
    return found


def span(pool: Pool, mailing: UUID) -> tuple[datetime, datetime] | None:
    """The first and the last minute in which anything moved; None before that."""
    with autocommit(pool) as connection:
        row = connection.execute(SPAN, {"id": mailing}).fetchone()
    return (row[0], row[1]) if row and row[0] else None


def over_time(pool: Pool, mailing: UUID, *, width: int, ahead: timedelta) -> Mapping[datetime, Mapping[str, int]]:
    """How many came into which state, by the start of each stretch of `width` seconds; ahead: as in parts.ahead."""
    found: dict[datetime, dict[str, int]] = {}
    with autocommit(pool) as connection:
        for at, state, number in connection.execute(OVER_TIME, {"id": mailing, "width": width, "ahead": ahead}):
            found.setdefault(at, {})[state] = number
    return found


def codes(pool: Pool, mailing: UUID, *, since: datetime, most: int) -> list[Code]:
    """What went wrong by the providers' own codes, the most frequent first; since: when the mailing was made."""
    with transaction(pool) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        return [Code(*row) for row in connection.execute(CODES, {"id": mailing, "since": since, "most": most})]


def sample(pool: Pool, mailing: UUID, kind: Kind) -> Real | None:
    """One real person who is to get these words."""
    values = {"id": mailing, "way": kind.way, "language": kind.language, "applied": kind.applied}
    with transaction(pool) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        row = connection.execute(SAMPLE, values).fetchone()
    return Real(*row) if row else None
