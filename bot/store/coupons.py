"""The coupons that were imported: what the built-in claims backend knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.store.db import Connection
from dialogs.rules.claim import Account, CouponFact, CouponRef

Row = tuple[str, str, date, date, int | None, int | None, bool | None, str | None]

# A right that a mailing brings to an app user says more of a coupon than the list that it was imported from.
FIND = """
SELECT c.prefecture, c.number, c.expiry, c.balance_after_extension,
    c.balance_at_snapshot + c.restored,
    c.charged_to_app OR app.has_right, CASE WHEN app.has_right THEN 'active' ELSE c.account END, c.extended_to
FROM unnest(%s::text[], %s::text[], %s::date[]) AS asked (prefecture, number, trip_date)
JOIN coupons c USING (prefecture, number, trip_date),
LATERAL (SELECT EXISTS (SELECT FROM entitled_coupons p JOIN entitlements e ON e.id = p.entitlement
    WHERE p.prefecture = c.prefecture AND p.number = c.number AND e.voided_at IS NULL) AS has_right) AS app
"""

GIVE_BACK = """
UPDATE coupons SET restored = restored + %(amount)s WHERE prefecture = %(prefecture)s AND number = %(number)s
"""

PUT_BACK = """
UPDATE coupons SET balance_after_extension = coalesce(balance_after_extension, 0) + %(amount)s,
    extended_to = %(extended_to)s
WHERE prefecture = %(prefecture)s AND number = %(number)s
"""

EXTENDED_TO = "SELECT extended_to FROM coupons WHERE prefecture = %(prefecture)s AND number = %(number)s"

ON_A_LIST = """
SELECT FROM entitled_coupons p JOIN entitlements e ON e.id = p.entitlement
WHERE p.prefecture = %(prefecture)s AND p.number = %(number)s AND e.voided_at IS NULL
"""
RAISE_LISTED = """
WITH raised AS (
    UPDATE entitlements e SET amount = e.amount + %(amount)s
    FROM entitled_coupons p JOIN deliveries d ON d.entitlement = p.entitlement AND d.purpose = 'reward_url'
    WHERE p.prefecture = %(prefecture)s AND p.number = %(number)s AND e.id = p.entitlement
      AND e.voided_at IS NULL AND e.state = 'planned' AND d.state = 'planned' AND d.attempts = 0
    RETURNING e.id
)
UPDATE entitled_coupons p SET amount = p.amount + %(amount)s FROM raised
WHERE p.entitlement = raised.id AND p.prefecture = %(prefecture)s AND p.number = %(number)s
"""
GIVEN_BACK = "SELECT prefecture, number, restored FROM coupons WHERE restored > 0"

MAKE_INCOMING = """
CREATE TEMPORARY TABLE incoming (
    prefecture text, number text, trip_date date, expiry date,
    balance_after_extension integer, balance_at_snapshot integer, charged_to_app boolean, account text
) ON COMMIT DROP
"""

COPY_INCOMING = "COPY incoming FROM STDIN"

# An empty cell leaves what is known: a balance told once is not forgotten because a later list is silent about it.
MERGE = """
WITH merged AS (
    INSERT INTO coupons AS kept
    SELECT prefecture, number, trip_date, expiry, balance_after_extension, balance_at_snapshot,
           coalesce(charged_to_app, false), coalesce(account, 'none')
    FROM incoming
    ON CONFLICT (prefecture, number) DO NOTHING
    RETURNING 1
), mended AS (
    UPDATE coupons kept
    SET trip_date = i.trip_date, expiry = i.expiry,
        balance_after_extension = coalesce(i.balance_after_extension, kept.balance_after_extension),
        balance_at_snapshot = coalesce(i.balance_at_snapshot, kept.balance_at_snapshot),
        charged_to_app = coalesce(i.charged_to_app, kept.charged_to_app),
        account = coalesce(i.account, kept.account)
    FROM incoming i
    WHERE kept.prefecture = i.prefecture AND kept.number = i.number
      AND (kept.trip_date, kept.expiry, kept.balance_after_extension, kept.balance_at_snapshot,
           kept.charged_to_app, kept.account)
          IS DISTINCT FROM
          (i.trip_date, i.expiry, coalesce(i.balance_after_extension, kept.balance_after_extension),
           coalesce(i.balance_at_snapshot, kept.balance_at_snapshot),
           coalesce(i.charged_to_app, kept.charged_to_app), coalesce(i.account, kept.account))
    RETURNING 1
)
SELECT (SELECT count(*) FROM merged), (SELECT count(*) FROM mended)
"""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many coupons were new and how many changed; the others stood there already."""

    new: int
    changed: int


def find(connection: Connection, refs: Sequence[CouponRef]) -> dict[tuple[str, str], CouponFact]:
    """The facts by coupon key, of those coupons alone whose prefecture, number and trip date all match."""
    columns = [ref.prefecture for ref in refs], [ref.number for ref in refs], [ref.trip_date for ref in refs]
    found = connection.execute(FIND, columns)
    return {
        (prefecture, number): CouponFact(
            expiry=expiry,
            balance_after_extension=extended,
            balance_at_snapshot=snapshot,
            charged_to_app=charged,
            account=Account(account),
            extended_to=extended_to,
        )
        for prefecture, number, expiry, extended, snapshot, charged, account, extended_to in found
    }


def give_back(connection: Connection, prefecture: str, number: str, *, amount: int) -> bool:
    """Add what was given back after the snapshot to what the coupon is worth, in yen; False for an unknown coupon."""
    values = {"prefecture": prefecture, "number": number, "amount": amount}
    return connection.execute(GIVE_BACK, values).rowcount == 1


def put_back(connection: Connection, prefecture: str, number: str, *, amount: int, extended_to: date) -> None:
    """What is on it again, and the last day on which it can be used; the list of the snapshot tells what of that is
    left. Its expiry stays that of the paper, by which (A) is decided."""
    values = {"prefecture": prefecture, "number": number, "amount": amount, "extended_to": extended_to}
    connection.execute(PUT_BACK, values)


def extended_to(connection: Connection, prefecture: str, number: str) -> date | None:
    """The last day on which it can be used since it was restored; None if it never was, or is unknown."""
    row = connection.execute(EXTENDED_TO, {"prefecture": prefecture, "number": number}).fetchone()
    return row[0] if row else None


def on_a_list(connection: Connection, prefecture: str, number: str) -> bool:
    """Whether an app user's right is for it."""
    return connection.execute(ON_A_LIST, {"prefecture": prefecture, "number": number}).rowcount > 0


def raise_listed(connection: Connection, prefecture: str, number: str, *, amount: int) -> bool:
    """Add what was given back to the app user's right for it; False where there is none, or its URL is out."""
    values = {"prefecture": prefecture, "number": number, "amount": amount}
    return connection.execute(RAISE_LISTED, values).rowcount == 1


def given_back(connection: Connection) -> dict[tuple[str, str], int]:
    """What was given back after the snapshot, in yen by coupon key: as many as cases were decided so, by hand."""
    return {(prefecture, number): yen for prefecture, number, yen in connection.execute(GIVEN_BACK)}


def stage(connection: Connection, rows: Iterable[Row]) -> None:
    """Stream rows, each coupon at most once, beside the coupons, for the rest of the caller's transaction."""
    connection.execute("SET LOCAL statement_timeout = 0")
    connection.execute(MAKE_INCOMING)
    with connection.cursor() as cursor, cursor.copy(COPY_INCOMING) as copy:
        for row in rows:
            copy.write_row(row)


def merge_staged(connection: Connection) -> Merged:
    """Bring in what was staged in this transaction."""
    connection.execute("ANALYZE incoming")
    counts = connection.execute(MERGE).fetchone()
    assert counts  # noqa: S101 - a SELECT of two sums has one row
    return Merged(*counts)
