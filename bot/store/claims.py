"""Claims as the built-in backend keeps them: the claim, the coupons it carries, the disputes it is part of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from bot.store.db import Connection
from dialogs.rules.claim import ClaimState, CouponRef, Decision

LIVE = (ClaimState.PENDING, ClaimState.ACCEPTED, ClaimState.DISPUTED)

# One statement, so that a claim is never there without its coupons. `taken` waits for whoever is about to take the same
# coupon; refs come sorted, so two claims cannot wait for each other.
FILE = """
WITH filed AS (
    INSERT INTO claims (id, idempotency_key, request_digest, receipt_no, applicant, campaign, campaign_version,
                        body, state, amount, reason, acted_at, erase_at)
    VALUES (%(id)s, %(idempotency_key)s, %(request_digest)s, %(receipt_no)s, %(applicant)s, %(campaign)s,
            %(campaign_version)s, %(body)s, %(state)s, %(amount)s, %(reason)s, %(acted_at)s, %(erase_at)s)
    ON CONFLICT DO NOTHING
    RETURNING id
), taken AS (
    INSERT INTO claim_coupons (claim, prefecture, number, trip_date, live)
    SELECT filed.id, ref.prefecture, ref.number, ref.trip_date, true
    FROM filed, unnest(%(prefectures)s::text[], %(numbers)s::text[], %(trip_dates)s::date[])
                AS ref (prefecture, number, trip_date)
    ON CONFLICT (prefecture, number) WHERE live DO NOTHING
    RETURNING 1
)
SELECT EXISTS (SELECT FROM filed), (SELECT count(*) FROM taken)
"""

FILED_BEFORE = """
SELECT idempotency_key, request_digest, body, state, amount, reason, existing_receipt_no
FROM claims WHERE idempotency_key = %(key)s OR receipt_no = %(receipt_no)s
ORDER BY idempotency_key = %(key)s DESC LIMIT 1
"""

# Whoever has a coupon already: live, or, of the same applicant, waiting in a dispute.
HOLDERS = """
SELECT held.prefecture, held.number, holder.id, holder.receipt_no, holder.applicant = %(applicant)s, held.live
FROM unnest(%(prefectures)s::text[], %(numbers)s::text[]) AS ref (prefecture, number)
JOIN claim_coupons held USING (prefecture, number)
JOIN claims holder ON holder.id = held.claim
WHERE holder.id <> %(id)s AND NOT held.lost
  AND (held.live OR (holder.state = 'disputed' AND holder.applicant = %(applicant)s))
ORDER BY holder.created_at, holder.id
"""

DISPUTE = """
WITH listed AS (
    INSERT INTO claim_coupons (claim, prefecture, number, trip_date, live)
    VALUES (%(claim)s, %(prefecture)s, %(number)s, %(trip_date)s, false)
)
INSERT INTO disputes (id, claim, prefecture, number, held_by, opened_at)
VALUES (%(id)s, %(claim)s, %(prefecture)s, %(number)s, %(held_by)s, now())
"""

SETTLE = """
WITH settled AS (
    UPDATE claims
    SET state = %(state)s, amount = %(amount)s, reason = %(reason)s, existing_receipt_no = %(existing_receipt_no)s,
        body = coalesce(%(body)s, body), changed_at = now()
    WHERE id = %(id)s AND state = %(was)s
    RETURNING id
), freed AS (
    UPDATE claim_coupons SET live = false FROM settled WHERE claim = settled.id AND live AND NOT %(live)s
), closed AS (
    UPDATE disputes SET state = 'gone', closed_at = now(), changed_at = now() FROM settled
    WHERE claim = settled.id AND closed_at IS NULL AND %(state)s <> 'disputed'
)
SELECT EXISTS (SELECT FROM settled)
"""

# Not where our counter has paid on it: there the sum that came later is a matter for staff.
DECIDE_ANEW = """
UPDATE claims SET state = 'pending', amount = NULL, reason = 'given_back', accepted_before = true, changed_at = now()
FROM claim_coupons c
WHERE c.claim = claims.id AND c.live AND c.prefecture = %(prefecture)s AND c.number = %(number)s
  AND claims.state = 'accepted'
  AND NOT EXISTS (SELECT FROM submissions s WHERE s.receipt_no = claims.receipt_no AND s.state = 'accepted')
"""

STANDS = "SELECT receipt_no, state FROM claims WHERE id = %(id)s"

LOAD = """
SELECT claims.id, claims.state, amount, reason, existing_receipt_no,
       array_agg(prefecture), array_agg(number), array_agg(trip_date)
FROM claims LEFT JOIN claim_coupons ON claim = claims.id AND NOT lost
WHERE receipt_no = %s GROUP BY claims.id
"""


@dataclass(frozen=True, slots=True)
class Filing:
    """A claim about to be filed: who and what in the forms that the table keeps (hashes, sealed bytes)."""

    id: UUID
    idempotency_key: str
    request_digest: bytes
    receipt_no: str
    applicant: bytes
    campaign: str
    campaign_version: int
    acted_at: datetime
    erase_at: datetime
    refs: tuple[CouponRef, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """A claim that was filed earlier under the same key or the same receipt number; body is None once erased."""

    idempotency_key: str
    request_digest: bytes
    body: bytes | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has one of the coupons already."""

    key: tuple[str, str]
    claim: UUID
    receipt_no: str
    same_applicant: bool
    live: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A claim as it stands."""

    id: UUID
    decision: Decision
    refs: tuple[CouponRef, ...]


def file(connection: Connection, filing: Filing, *, decision: Decision, body: bytes) -> int | None:
    """How many of its coupons the claim took; None if its key or its receipt number was there before (nothing done).

    Waits for other claims that are taking one of the coupons at this moment.
    """
    values = {
        **{name: getattr(filing, name) for name in Filing.__slots__ if name != "refs"},
        **_columns(sorted(filing.refs, key=lambda ref: ref.key)),
        **_verdict(decision),
        "body": body,
    }
    filed, taken = _one(connection, FILE, values)
    return taken if filed else None


def filed_before(connection: Connection, filing: Filing) -> Filed:
    """The claim that is in the way of this one; a claim under the same key comes before one with the same number."""
    keys = {"key": filing.idempotency_key, "receipt_no": filing.receipt_no}
    key, digest, body, *verdict = _one(connection, FILED_BEFORE, keys)
    return Filed(key, bytes(digest), None if body is None else bytes(body), _decision(*verdict))


def holders(connection: Connection, filing: Filing) -> list[Holder]:
    """Who else has coupons of this claim, the oldest claim first."""
    values = {**_columns(filing.refs), "id": filing.id, "applicant": filing.applicant}
    return [Holder((row[0], row[1]), *row[2:]) for row in connection.execute(HOLDERS, values)]


def dispute(connection: Connection, claim: UUID, held: Mapping[CouponRef, Holder]) -> None:
    """Put each coupon that another claim holds on the list of disputes."""
    for ref, holder in held.items():
        values = {"prefecture": ref.prefecture, "number": ref.number, "trip_date": ref.trip_date}
        connection.execute(DISPUTE, {**values, "id": uuid7(), "claim": claim, "held_by": holder.claim})


def settle(
    connection: Connection, claim: UUID, *, decision: Decision, was: ClaimState, body: bytes | None = None
) -> bool:
    """Give a claim another state, freeing its coupons if that is an end; False if it is not in the state `was`."""
    values = {**_verdict(decision), "id": claim, "was": was.value, "live": decision.state in LIVE, "body": body}
    settled: bool = _one(connection, SETTLE, values)[0]
    return settled


def decide_anew(connection: Connection, prefecture: str, number: str) -> bool:
    """The coupon is worth another sum by now: a claim with it that was accepted waits to be asked after once more."""
    return connection.execute(DECIDE_ANEW, {"prefecture": prefecture, "number": number}).rowcount > 0


def stands(connection: Connection, claim: UUID) -> tuple[str, ClaimState]:
    """The receipt number of a claim that is there, and its state."""
    receipt_no, state = _one(connection, STANDS, {"id": claim})
    return receipt_no, ClaimState(state)


def load(connection: Connection, receipt_no: str) -> Kept | None:
    """A claim and the coupons that it was filed with, but those that staff have said are another's."""
    row = connection.execute(LOAD, (receipt_no,)).fetchone()
    if row is None:
        return None
    refs = tuple(CouponRef(*columns) for columns in zip(*row[5:], strict=True) if None not in columns)
    return Kept(row[0], _decision(*row[1:5]), refs)


def _columns(refs: Sequence[CouponRef]) -> dict[str, object]:
    return {
        "prefectures": [ref.prefecture for ref in refs],
        "numbers": [ref.number for ref in refs],
        "trip_dates": [ref.trip_date for ref in refs],
    }


def _verdict(decision: Decision) -> dict[str, object]:
    return {
        "state": decision.state.value,
        "amount": decision.amount,
        "reason": decision.reason,
        "existing_receipt_no": decision.existing_receipt_no,
    }


def _decision(state: str, amount: int | None, reason: str, existing_receipt_no: str | None) -> Decision:
    return Decision(ClaimState(state), amount, reason, existing_receipt_no)


def _one(connection: Connection, query: LiteralString, values: Mapping[str, object]) -> TupleRow:
    row = connection.execute(query, values).fetchone()
    assert row  # noqa: S101 - each of these queries gives exactly one row
    return row
