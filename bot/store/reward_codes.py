"""Codes of rewards in stock: each is given to one right at most, and moves there when it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bot.store import entitlements
from bot.store.db import Connection, Pool, autocommit

PLACE = "reward code"  # the same in the stock and at the right, so that sealed bytes can be moved by one statement

# The first to expire goes first. Whoever takes one at this moment is not waited for: there is another one.
GIVE = """
WITH taken AS (
    SELECT id, code FROM reward_codes
    WHERE campaign = %(campaign)s AND brand = %(brand)s AND amount = %(amount)s AND given_to IS NULL
      AND (expires_on IS NULL OR expires_on > %(today)s)
    ORDER BY expires_on, id LIMIT 1
    FOR UPDATE SKIP LOCKED
), given AS (
    UPDATE reward_codes c SET given_to = %(right)s, given_at = %(at)s, code = NULL FROM taken WHERE c.id = taken.id
)
UPDATE entitlements e SET state = 'issued', issued_at = %(at)s, code = taken.code
FROM taken WHERE e.id = %(right)s AND e.state = ANY(%(was)s)
"""

FREE = """
SELECT DISTINCT brand FROM reward_codes
WHERE campaign = %(campaign)s AND amount = %(amount)s AND given_to IS NULL
  AND (expires_on IS NULL OR expires_on > %(today)s)
"""

# Counted no further than the alarm asks for: a stock may be of a million.
LEFT = """
SELECT count(*) FROM (
    SELECT FROM reward_codes
    WHERE campaign = %(campaign)s AND brand = %(brand)s AND amount = %(amount)s AND given_to IS NULL
      AND (expires_on IS NULL OR expires_on > %(today)s)
    LIMIT %(most)s) AS free
"""


STAGE = """
CREATE TEMPORARY TABLE incoming_codes (
    id uuid, campaign text, brand text, amount integer, code bytea, fingerprint bytea, expires_on date) ON COMMIT DROP
"""
COPY = "COPY incoming_codes FROM STDIN (FORMAT BINARY)"
KNOWN = "SELECT i.fingerprint FROM incoming_codes i JOIN reward_codes c USING (fingerprint) LIMIT 1000"
BRING = """
INSERT INTO reward_codes (id, campaign, brand, amount, code, fingerprint, expires_on, imported_at)
SELECT id, campaign, brand, amount, code, fingerprint, expires_on, now() FROM incoming_codes
ON CONFLICT (fingerprint) DO NOTHING
"""
STOCK = """
SELECT brand, amount, count(*) FILTER (WHERE given_to IS NULL), count(given_to),
    min(expires_on) FILTER (WHERE given_to IS NULL)
FROM reward_codes WHERE campaign = %(campaign)s GROUP BY brand, amount ORDER BY brand, amount
"""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be put on stock; code is sealed, fingerprint the keyed hash that it is known by for ever."""

    id: UUID
    campaign: str
    brand: str
    amount: int
    code: bytes
    fingerprint: bytes
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Pile:
    """Codes of a brand and sum: how many are free and given out, and the first day on which a free one ends."""

    brand: str
    amount: int
    free: int
    given: int
    first_end: date | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Codes that are alike: of a campaign's brand, of a sum in yen, and good after that day."""

    campaign: str
    brand: str
    amount: int
    today: date


def bring_in(connection: Connection, codes: Iterable[NewCode]) -> tuple[int, list[bytes]]:
    """Stream codes onto the stock; gives how many came, and the fingerprints of those that were known before."""
    connection.execute("SET LOCAL statement_timeout = 0")
    connection.execute(STAGE)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(["uuid", "text", "text", "int4", "bytea", "bytea", "date"])
        for code in codes:
            copy.write_row([getattr(code, name) for name in code.__slots__])
    known = [bytes(row[0]) for row in connection.execute(KNOWN)]
    return connection.execute(BRING).rowcount, known


def piles(pool: Pool, campaign: str) -> list[Pile]:
    """What is and was on stock for a campaign."""
    with autocommit(pool) as connection:
        return [Pile(*row) for row in connection.execute(STOCK, {"campaign": campaign})]


def give(connection: Connection, right: UUID, shelf: Shelf, *, at: datetime) -> bool:
    """Give a free code of that shelf to a right that has chosen; False, and nothing done, when there is none."""
    row = {name: getattr(shelf, name) for name in shelf.__slots__}
    given = connection.execute(GIVE, {**row, "right": right, "at": at, "was": entitlements.before("issued")})
    return given.rowcount == 1


def brands_with(pool: Pool, campaign: str, *, amount: int, today: date) -> set[str]:
    """The brands of which a code of that sum is free."""
    with autocommit(pool) as connection:
        rows = connection.execute(FREE, {"campaign": campaign, "amount": amount, "today": today}).fetchall()
    return {brand for (brand,) in rows}


def left(pool: Pool, shelf: Shelf, *, most: int) -> int:
    """How many codes of that shelf are free, counted up to `most`."""
    row = {name: getattr(shelf, name) for name in shelf.__slots__}
    with autocommit(pool) as connection:
        found = connection.execute(LEFT, {**row, "most": most}).fetchone()
    return int(found[0]) if found else 0
