"""Files of transfers for the bank, and which refund stands in which of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bot.store.db import Connection
from bot.store.disputes import STOPS_ITS_MONEY
from bot.store.moves import leading_to

# The whole machine: from each state to those that may follow.
MOVES: Mapping[str, Sequence[str]] = {
    "made": ("released", "dropped"),
    "released": ("paid",),
    "paid": (),
    "dropped": (),
}

# One file is made at a time, so that the next look sees what the last one took. Reading goes on meanwhile.
ONE_AT_A_TIME = "LOCK TABLE refund_files IN SHARE ROW EXCLUSIVE MODE"

_FREE = f"""
FROM refunds r
WHERE r.campaign = %(campaign)s AND r.state = 'checked' AND r.details IS NOT NULL
  AND NOT EXISTS (SELECT FROM refund_lines l WHERE l.refund = r.id AND l.live)
  AND EXISTS (SELECT FROM submissions s WHERE s.id = r.submission AND s.state = 'accepted' AND NOT {STOPS_ITS_MONEY})
"""  # noqa: S608 - this house's own words
READY = f"SELECT count(*), coalesce(sum(r.amount), 0)::bigint {_FREE}"
STOPPED = f"""
SELECT r.receipt_no FROM refunds r JOIN submissions s ON s.id = r.submission
WHERE r.campaign = %(campaign)s AND r.state = 'checked' AND {STOPS_ITS_MONEY}
  AND NOT EXISTS (SELECT FROM refund_lines l WHERE l.refund = r.id AND l.live)
ORDER BY r.acted_at, r.id LIMIT %(most)s
"""  # noqa: S608 - as above
STOPPED_IN = f"""
SELECT r.receipt_no FROM refund_lines l JOIN refunds r ON r.id = l.refund JOIN submissions s ON s.id = r.submission
WHERE l.file = %(number)s AND l.live AND {STOPS_ITS_MONEY} ORDER BY l.line LIMIT %(most)s
"""  # noqa: S608 - as above
WAITING = f"""
SELECT r.id, r.receipt_no, r.amount, r.details {_FREE} ORDER BY r.acted_at, r.id LIMIT %(most)s FOR UPDATE OF r
"""

MAKE = """
INSERT INTO refund_files (campaign, pay_on, lines, total, sha256, content, made_by, made_at)
VALUES (%(campaign)s, %(pay_on)s, %(lines)s, %(total)s, %(sha256)s, %(content)s, %(made_by)s, %(made_at)s)
RETURNING number
"""

LINES = """
INSERT INTO refund_lines (file, line, refund, amount)
SELECT %(file)s, line, refund, amount
FROM unnest(%(refunds)s::uuid[], %(amounts)s::bigint[]) WITH ORDINALITY AS l (refund, amount, line)
"""

COLUMNS = """
SELECT number, campaign, pay_on, state, lines, total, sha256, made_by, made_at, released_by, released_at, exported_at,
    paid_at
FROM refund_files
"""
ONE = COLUMNS + "WHERE number = %(number)s FOR UPDATE"
NEWEST = COLUMNS + "WHERE campaign = %(campaign)s ORDER BY number DESC LIMIT %(most)s"

RELEASE = """
UPDATE refund_files SET state = 'released', released_by = %(by)s, released_at = %(at)s
WHERE number = %(number)s AND state = ANY(%(earlier)s)
"""
RELEASED = """
UPDATE refunds r SET state = 'released' FROM refund_lines l
WHERE l.file = %(number)s AND l.live AND l.refund = r.id AND r.state = 'checked'
"""

DROP = "UPDATE refund_files SET state = 'dropped' WHERE number = %(number)s AND state = ANY(%(earlier)s)"
FREE = "UPDATE refund_lines SET live = false WHERE file = %(number)s AND live"

EXPORT = """
UPDATE refund_files SET exported_at = coalesce(exported_at, %(at)s)
WHERE number = %(number)s AND state IN ('released', 'paid') RETURNING content
"""

PAID = """
UPDATE refund_files SET state = 'paid', paid_at = %(at)s WHERE number = %(number)s AND state = ANY(%(earlier)s)
"""
PAY = """
UPDATE refunds r SET state = 'paid', settled_at = %(at)s, erase_at = %(erase_at)s FROM refund_lines l
WHERE l.file = %(number)s AND l.live AND l.refund = r.id AND r.state = 'released'
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A checked refund that stands in no file; amount in yen, details sealed."""

    id: UUID
    receipt_no: str
    amount: int
    details: bytes


@dataclass(frozen=True, slots=True)
class NewRefundFile:
    """A file as it was made; content sealed, sha256 in hex of what it will be exported as."""

    campaign: str
    pay_on: date
    lines: int
    total: int
    sha256: str
    content: bytes
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RefundFile:
    """A file and its totals, which are compared before it goes to the bank: lines, yen, SHA-256 in hex."""

    number: int
    campaign: str
    pay_on: date
    state: str
    lines: int
    total: int
    sha256: str
    made_by: str
    made_at: datetime
    released_by: str | None
    released_at: datetime | None
    exported_at: datetime | None
    paid_at: datetime | None


def ready(connection: Connection, campaign: str) -> tuple[int, int]:
    """How many checked refunds a file made now would take, were there room for all, and their sum in yen."""
    row = connection.execute(READY, {"campaign": campaign}).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def stopped(connection: Connection, campaign: str, *, most: int) -> list[str]:
    """Receipt numbers of checked refunds that go into no file while whose their coupon is, is being decided."""
    return [row[0] for row in connection.execute(STOPPED, {"campaign": campaign, "most": most})]


def stopped_in(connection: Connection, number: int, *, most: int = 1) -> list[str]:
    """Those in a file of which that is being decided by now."""
    return [row[0] for row in connection.execute(STOPPED_IN, {"number": number, "most": most})]


def waiting(connection: Connection, campaign: str, *, most: int) -> list[Waiting]:
    """Checked refunds in no file, the oldest first, held until the transaction ends."""
    connection.execute(ONE_AT_A_TIME)
    return [Waiting(*row) for row in connection.execute(WAITING, {"campaign": campaign, "most": most})]


def make(connection: Connection, file: NewRefundFile, taken: Sequence[Waiting]) -> int:
    """Keep a file with its lines, and give its number; raises UniqueViolation for a refund in another live file."""
    row = connection.execute(MAKE, {name: getattr(file, name) for name in file.__slots__}).fetchone()
    assert row  # noqa: S101 - INSERT gives the row that it made
    values = {"file": row[0], "refunds": [one.id for one in taken], "amounts": [one.amount for one in taken]}
    connection.execute(LINES, values)
    return int(row[0])


def load(connection: Connection, number: int) -> RefundFile | None:
    """A file, held until the transaction ends."""
    row = connection.execute(ONE, {"number": number}).fetchone()
    return RefundFile(*row) if row else None


def newest(connection: Connection, campaign: str, *, most: int) -> list[RefundFile]:
    """The files of a campaign, newest first."""
    values = {"campaign": campaign, "most": most}
    return [RefundFile(*row) for row in connection.execute(NEWEST, values)]


def release(connection: Connection, number: int, *, by: str, at: datetime) -> int | None:
    """Let the file go; gives how many refunds went with it, None unless it was only made.

    Raises CheckViolation (four_eyes) for the name that made it.
    """
    values = {"number": number, "by": by, "at": at, "earlier": leading_to(MOVES, "released")}
    if not connection.execute(RELEASE, values).rowcount:
        return None
    return connection.execute(RELEASED, {"number": number}).rowcount


def drop(connection: Connection, number: int) -> bool:
    """Give up a file that was not released; its refunds are free for another one."""
    if not connection.execute(DROP, {"number": number, "earlier": leading_to(MOVES, "dropped")}).rowcount:
        return False
    connection.execute(FREE, {"number": number})
    return True


def export(connection: Connection, number: int, *, at: datetime) -> bytes | None:
    """The sealed content of a released or paid file (None once erased, or not released), its first export noted."""
    row = connection.execute(EXPORT, {"number": number, "at": at}).fetchone()
    return row[0] if row else None


def pay(connection: Connection, number: int, *, at: datetime, erase_at: datetime) -> int:
    """The file, and all of it that did not come back, is paid; gives how many refunds that are, 0 the second time."""
    connection.execute(PAID, {"number": number, "at": at, "earlier": leading_to(MOVES, "paid")})
    return connection.execute(PAY, {"number": number, "at": at, "erase_at": erase_at}).rowcount
