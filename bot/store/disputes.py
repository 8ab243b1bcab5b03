"""Coupons that two claims are for, and which of them staff say it is.

Whoever changes a row here holds the coupons of both claims by bot.store.holds.lock().
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bot.store import by_key
from bot.store.db import Connection, Pool, autocommit, one_value
from bot.store.moves import leading_to
from dialogs.rules.disputes import NEXT, OVER, DisputeState

_COLUMNS = """
d.id, d.claim, d.prefecture, d.number, d.held_by, d.opened_at, d.state, d.answer, d.proposed_by, d.decided_by,
    d.changed_at, d.held_since
"""
ONE = f"SELECT {_COLUMNS} FROM disputes d WHERE d.id = %(id)s"  # noqa: S608 - this module's own names
HOLD = f"{ONE} FOR UPDATE"
# What is still to be decided comes first, the oldest of it before all.
_LINE = f"""
SELECT {_COLUMNS}, later.receipt_no, first.receipt_no, later.acted_at
FROM disputes d JOIN claims later ON later.id = d.claim JOIN claims first ON first.id = d.held_by
WHERE (%(state)s::text IS NULL OR d.state = %(state)s)
"""  # noqa: S608 - as above
LISTED = f"{_LINE} ORDER BY d.closed_at IS NOT NULL, d.opened_at, d.id LIMIT %(most)s"
PART = f"{_LINE} AND d.id < %(before)s ORDER BY d.id DESC LIMIT %(most)s"
COUNT = "SELECT count(*) FROM disputes WHERE %(state)s::text IS NULL OR state = %(state)s"
OF_CLAIM = f"""
SELECT {_COLUMNS} FROM disputes d JOIN claims c ON c.id = d.claim
WHERE c.receipt_no = %(receipt_no)s AND d.closed_at IS NULL ORDER BY d.opened_at, d.id
"""  # noqa: S608 - as above

# Whom staff have let go since both were to wait is not stopped by that any more (as disputed_applications.HOLDS_UP).
_STOPS = """
(d.state = 'proposed' OR d.state = 'waiting' AND (s.released_at IS NULL OR d.held_since > s.released_at))
"""
UNDECIDED = f"""
SELECT d.id, {_STOPS} AS stops
FROM disputes d JOIN claims c ON c.id IN (d.claim, d.held_by) JOIN submissions s ON s.receipt_no = c.receipt_no
WHERE c.receipt_no = %(receipt_no)s AND d.closed_at IS NULL ORDER BY stops DESC, d.opened_at, d.id
"""  # noqa: S608 - as above
# For other queries: that a dispute stops the money of the application `s`.
STOPS_ITS_MONEY = f"""
EXISTS (SELECT FROM disputes d JOIN claims c ON c.id IN (d.claim, d.held_by)
    WHERE c.receipt_no = s.receipt_no AND d.closed_at IS NULL AND {_STOPS})
"""

SIDES = """
SELECT c.id, c.receipt_no, c.state, c.amount, c.acted_at, c.body, k.trip_date,
    (SELECT count(*) FROM claim_coupons WHERE claim = c.id), s.id, s.state, s.channel,
    c.state = 'accepted' OR c.accepted_before
FROM claims c JOIN claim_coupons k ON k.claim = c.id AND k.prefecture = %(prefecture)s AND k.number = %(number)s
LEFT JOIN submissions s ON s.receipt_no = c.receipt_no
WHERE c.id IN (%(claim)s, %(held_by)s) ORDER BY c.id = %(claim)s
"""
COUPONS = "SELECT DISTINCT prefecture, number FROM claim_coupons WHERE claim = ANY(%(claims)s)"

MOVE = """
UPDATE disputes SET state = %(to)s, changed_at = %(at)s, answer = coalesce(%(answer)s, answer),
    proposed_by = coalesce(%(proposed_by)s, proposed_by), decided_by = %(decided_by)s,
    held_since = CASE WHEN %(to)s = 'waiting' AND %(decided_by)s::text IS NOT NULL THEN %(at)s ELSE held_since END,
    closed_at = CASE WHEN %(to)s = ANY(%(over)s) THEN %(at)s END
WHERE id = %(id)s AND state = ANY(%(was)s)
"""

LOSE = """
UPDATE claim_coupons SET live = false, lost = true
WHERE claim = %(claim)s AND prefecture = %(prefecture)s AND number = %(number)s
"""
WIN = """
UPDATE claim_coupons SET live = true
WHERE claim = %(claim)s AND prefecture = %(prefecture)s AND number = %(number)s
"""
REST = """
SELECT (SELECT count(*) FROM claim_coupons WHERE claim = %(claim)s AND NOT lost),
    (SELECT count(*) FROM disputes WHERE claim = %(claim)s AND closed_at IS NULL)
"""
HELD_NOW_BY = """
UPDATE disputes SET held_by = %(holder)s
WHERE prefecture = %(prefecture)s AND number = %(number)s AND closed_at IS NULL AND claim <> %(holder)s
"""

# The oldest of those who wait for a coupon that its holder has let go.
FREED = """
SELECT DISTINCT ON (d.prefecture, d.number) d.id, d.claim, d.prefecture, d.number FROM disputes d
WHERE d.held_by = %(claim)s AND d.closed_at IS NULL ORDER BY d.prefecture, d.number, d.opened_at, d.id
"""
GO = "UPDATE disputes SET state = 'gone', closed_at = now(), changed_at = now() WHERE id = %(id)s"

COUNT_OPEN = """
SELECT d.state, count(*), min(c.acted_at) FROM disputes d JOIN claims c ON c.id = d.claim
WHERE d.closed_at IS NULL GROUP BY d.state
"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A coupon that the claim held_by has and the claim came for later; answer and names as they were given last."""

    id: UUID
    claim: UUID
    prefecture: str
    number: str
    held_by: UUID
    opened_at: datetime
    state: str
    answer: str | None
    proposed_by: str | None
    decided_by: str | None
    changed_at: datetime
    held_since: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """A dispute in the list, with the receipt numbers of both claims, and when the later one was applied for."""

    dispute: Dispute
    later_no: str
    first_no: str
    applied: datetime


@dataclass(frozen=True, slots=True)
class Undecided:
    """A dispute that an application is one side of; stops: its money waits until staff have decided."""

    id: UUID
    stops: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two claims; body is sealed (None once erased), submission its application here, if it came by us.

    was_accepted: now, or before money came back to one of its coupons.
    """

    claim: UUID
    receipt_no: str
    state: str
    amount: int | None
    acted_at: datetime
    body: bytes | None
    trip_date: date
    coupons: int
    submission: UUID | None
    submission_state: str | None
    channel: str | None
    was_accepted: bool


def by_id(pool: Pool, dispute: UUID) -> Dispute | None:
    with autocommit(pool) as connection:
        return _one(connection.execute(ONE, {"id": dispute}).fetchone())


def of_claim(pool: Pool, receipt_no: str) -> Sequence[Dispute]:
    """Those that a claim came for later and that are not decided, the oldest first."""
    with autocommit(pool) as connection:
        return [Dispute(*row) for row in connection.execute(OF_CLAIM, {"receipt_no": receipt_no})]


def undecided(connection: Connection, receipt_no: str) -> Sequence[Undecided]:
    """Those that an application is either side of, what stops its money first."""
    return [Undecided(*row) for row in connection.execute(UNDECIDED, {"receipt_no": receipt_no})]


def listed(pool: Pool, *, state: str | None, most: int) -> Sequence[Line]:
    with autocommit(pool) as connection:
        found = connection.execute(LISTED, {"state": state, "most": most}).fetchall()
    return [_line(row) for row in found]


def every(pool: Pool, *, state: str | None) -> Iterator[Line]:
    """All disputes in one state or in any, the newest first."""
    return (_line(row) for row in by_key.newest_first(pool, PART, {"state": state}))


def how_many(pool: Pool, *, state: str | None) -> int:
    return int(one_value(pool, COUNT, {"state": state}))


def sides(connection: Connection, dispute: Dispute) -> list[Side]:
    """The claim that holds the coupon, then the one that came later."""
    row = {"claim": dispute.claim, "held_by": dispute.held_by, "prefecture": dispute.prefecture}
    return [Side(*each) for each in connection.execute(SIDES, {**row, "number": dispute.number})]


def coupons_of(connection: Connection, claims: Sequence[UUID]) -> list[tuple[str, str]]:
    """Prefecture and number of all that these claims carry or have lost: what has to be locked."""
    return connection.execute(COUPONS, {"claims": list(claims)}).fetchall()


def read(connection: Connection, dispute: UUID) -> Dispute | None:
    return _one(connection.execute(ONE, {"id": dispute}).fetchone())


def hold(connection: Connection, dispute: UUID) -> Dispute | None:
    """Held until the transaction ends."""
    return _one(connection.execute(HOLD, {"id": dispute}).fetchone())


def move(connection: Connection, dispute: Dispute, to: DisputeState, *, at: datetime, **said: str | None) -> bool:
    """On to the next state, if that may follow the one it is in; False changes nothing.

    said: answer, proposed_by, decided_by. Raises CheckViolation (dispute_four_eyes) when one name proposes and decides.
    """
    row = {"id": dispute.id, "to": f"{to}", "was": leading_to(NEXT, to), "over": [f"{state}" for state in OVER]}
    unsaid = {"answer": None, "proposed_by": None, "decided_by": None}
    return connection.execute(MOVE, {**row, **unsaid, **said, "at": at}).rowcount == 1


def lose(connection: Connection, claim: UUID, dispute: Dispute) -> None:
    """The claim goes on without that coupon."""
    connection.execute(LOSE, _coupon(claim, dispute.prefecture, dispute.number))


def win(connection: Connection, claim: UUID, prefecture: str, number: str) -> None:
    """The claim has that coupon, which nobody else may hold now; whoever else wants it disputes it with this one."""
    connection.execute(WIN, _coupon(claim, prefecture, number))
    connection.execute(HELD_NOW_BY, {"holder": claim, "prefecture": prefecture, "number": number})


def rest(connection: Connection, claim: UUID) -> tuple[int, int]:
    """How many coupons a claim still has or wants, and how many of them are disputed."""
    row = connection.execute(REST, {"claim": claim}).fetchone()
    assert row  # noqa: S101 - a query without FROM gives one row
    return row[0], row[1]


def freed(connection: Connection, claim: UUID) -> list[tuple[UUID, UUID, str, str]]:
    """What a claim that has ended lets go to whom: the dispute, the claim that came for it first, and the coupon."""
    return connection.execute(FREED, {"claim": claim}).fetchall()


def go(connection: Connection, dispute: UUID) -> None:
    """There is nobody left to decide against."""
    connection.execute(GO, {"id": dispute})


def waiting(pool: Pool) -> dict[str, tuple[int, datetime]]:
    """How many are in each state that waits for staff, and since when the oldest."""
    with autocommit(pool) as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(COUNT_OPEN)}


def _coupon(claim: UUID, prefecture: str, number: str) -> dict[str, object]:
    return {"claim": claim, "prefecture": prefecture, "number": number}


def _line(row: Sequence[Any]) -> Line:
    return Line(Dispute(*row[:-3]), *row[-3:])


def _one(row: tuple[object, ...] | None) -> Dispute | None:
    return Dispute(*row) if row else None  # type: ignore[arg-type]  # as the columns are
