"""Changes of where a URL goes: asked for by the person, decided by staff, one open at a time for an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.known_claims import MINE, Whose
from bot.store.moves import leading_to

# The whole machine: from each state to those that may follow.
MOVES: Mapping[str, Sequence[str]] = {
    "requested": ("approved", "refused", "withdrawn"),
    "approved": (),
    "refused": (),
    "withdrawn": (),
}
BY_PERSON = (("requested", "withdrawn"),)

# Whose state can still bring a URL; a refund brings none.
_LIVES = """
s.state IN ('filed', 'pending', 'held', 'accepted', 'disputed') AND s.claim IS NOT NULL
    AND NOT EXISTS (SELECT FROM refunds r WHERE r.submission = s.id AND r.state <> 'cancelled')
"""

MOVABLE = f"""
SELECT s.id, s.receipt_no, s.claim, EXISTS (
    SELECT FROM contact_changes c WHERE c.submission = s.id AND c.state = 'requested')
FROM submissions s WHERE {MINE} AND {_LIVES}
ORDER BY s.acted_at DESC LIMIT 5
"""  # noqa: S608 - this house's own words

ASK = """
INSERT INTO contact_changes (id, submission, receipt_no, conversation, target, requested_at, erase_at)
VALUES (%(id)s, %(submission)s, %(receipt_no)s, %(conversation)s, %(target)s, %(at)s, %(erase_at)s)
ON CONFLICT (submission) WHERE state = 'requested' DO NOTHING
"""

CALL_OFF = f"""
UPDATE contact_changes c SET state = 'withdrawn', decided_at = %(at)s FROM submissions s
WHERE c.receipt_no = %(receipt_no)s AND c.state = 'requested' AND s.id = c.submission AND {MINE}
"""  # noqa: S608 - as above

OPEN = """
SELECT c.id, c.submission, c.receipt_no, c.conversation, c.target, c.requested_at, s.claim, s.campaign,
    s.campaign_version, coalesce(v.language, 'ja')
FROM contact_changes c JOIN submissions s ON s.id = c.submission LEFT JOIN conversations v ON v.id = c.conversation
WHERE c.state = 'requested'
"""
LISTED = f"{OPEN} ORDER BY c.requested_at LIMIT %(most)s"
HELD = f"{OPEN} AND c.receipt_no = %(receipt_no)s FOR UPDATE OF c, s"

DECIDE = """
UPDATE contact_changes SET state = %(state)s, decided_at = %(at)s, decided_by = %(by)s, reason = %(reason)s
WHERE id = %(id)s AND state = ANY(%(earlier)s)
"""

_SEEN = """
SELECT c.id, c.receipt_no, c.state, c.requested_at, c.conversation, c.target, s.claim, c.decided_at, c.decided_by,
    c.reason
FROM contact_changes c JOIN submissions s ON s.id = c.submission
"""
SEEN = f"{_SEEN} WHERE c.receipt_no = %(receipt_no)s ORDER BY c.state = 'requested' DESC, c.requested_at DESC LIMIT 1"
IN_STATE = f"""
{_SEEN} WHERE c.state = %(state)s
ORDER BY CASE WHEN c.state = 'requested' THEN c.requested_at END, c.requested_at DESC LIMIT %(most)s
"""
COUNTS = "SELECT state, count(*) FROM contact_changes GROUP BY state"

# What is told of a decision is kept with the conversation's own words; the claim itself is the record.
MOVE = """
UPDATE submissions SET as_filed = coalesce(as_filed, claim), claim = %(claim)s, target = %(target)s,
    person = CASE WHEN person = %(old)s THEN %(target)s ELSE person END
WHERE id = %(id)s
"""

# Where a mailing had gone on to is of no use beside what the person asks for now.
HERE_AGAIN = "UPDATE entitlements SET target = NULL WHERE submission = %(id)s"

# A telephone number that was given up becomes somebody else's: whoever has it next finds nothing by it.
FORGET = "DELETE FROM known_claims WHERE submission = %(id)s AND person = %(old)s"


@dataclass(frozen=True, slots=True)
class Movable:
    """An application whose URL may still be sent elsewhere; asked: a change waits for staff. claim is sealed."""

    id: UUID
    receipt_no: str
    claim: bytes
    asked: bool


@dataclass(frozen=True, slots=True)
class NewChange:
    """What somebody asks for; target is sealed ([kind, value])."""

    id: UUID
    submission: UUID
    receipt_no: str
    conversation: UUID | None
    target: bytes
    at: datetime
    erase_at: datetime

    @property
    def mark(self) -> str:
        return mark_of(self.id)


@dataclass(frozen=True, slots=True)
class ChangeCalledOff:
    """Somebody thinks better of the change that they had asked for."""

    receipt_no: str
    person: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A change that waits for staff; target and claim are sealed."""

    id: UUID
    submission: UUID
    receipt_no: str
    conversation: UUID | None
    target: bytes
    requested_at: datetime
    claim: bytes | None
    campaign: str
    campaign_version: int
    language: str

    @property
    def mark(self) -> str:
        return mark_of(self.id)


@dataclass(frozen=True, slots=True)
class Seen:
    """A change as staff look at it, waiting or decided; target and claim are sealed, None once erased."""

    id: UUID
    receipt_no: str
    state: str
    requested_at: datetime
    conversation: UUID | None
    target: bytes | None
    claim: bytes | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str

    @property
    def mark(self) -> str:
        return mark_of(self.id)


def mark_of(change: UUID) -> str:
    """What tells a change from another one of the same application; short enough to be typed."""
    return change.hex[-8:]


def movable(pool: Pool, whose: Whose) -> list[Movable]:
    """The person's applications whose URL may still be sent elsewhere, newest first."""
    with autocommit(pool) as connection:
        return [Movable(*row) for row in connection.execute(MOVABLE, whose.row).fetchall()]


def write(connection: Connection, wish: NewChange | ChangeCalledOff) -> bool:
    """Open a change, or end it on its person's word; False when it stands otherwise by now: commit nothing then."""
    row: dict[str, object] = {name: getattr(wish, name) for name in wish.__slots__}
    if isinstance(wish, NewChange):
        return connection.execute(ASK, row).rowcount == 1
    return connection.execute(CALL_OFF, {**row, **Whose(wish.person).row}).rowcount == 1


def waiting(connection: Connection, *, most: int) -> list[Change]:
    """The changes that wait for staff, the oldest first."""
    return [Change(*row) for row in connection.execute(LISTED, {"most": most}).fetchall()]


def hold(connection: Connection, receipt_no: str) -> Change | None:
    """The open change of an application, locked with it until the transaction ends."""
    row = connection.execute(HELD, {"receipt_no": receipt_no}).fetchone()
    return Change(*row) if row else None


def decide(connection: Connection, change: UUID, state: str, *, by: str, at: datetime, reason: str = "") -> None:
    """approved or refused, by a person of the staff; the change is held by then."""
    row = {"id": change, "state": state, "by": by, "at": at, "reason": reason, "earlier": leading_to(MOVES, state)}
    connection.execute(DECIDE, row)


def move(connection: Connection, submission: UUID, *, claim: bytes, target: bytes, old: bytes) -> None:
    """The application with its new target (sealed), and the hash that it is found by from there; by old no more."""
    row = {"id": submission, "claim": claim, "target": target, "old": old}
    connection.execute(MOVE, row)
    connection.execute(HERE_AGAIN, row)
    connection.execute(FORGET, row)


def seen(pool: Pool, receipt_no: str) -> Seen | None:
    """The change of an application that waits, else the one that was asked for last."""
    with autocommit(pool) as connection:
        row = connection.execute(SEEN, {"receipt_no": receipt_no}).fetchone()
    return Seen(*row) if row else None


def in_state(pool: Pool, state: str, *, most: int) -> list[Seen]:
    """Those that wait from the oldest on, others from the newest."""
    with autocommit(pool) as connection:
        return [Seen(*row) for row in connection.execute(IN_STATE, {"state": state, "most": most}).fetchall()]


def counts(pool: Pool) -> Mapping[str, int]:
    """How many are in each state."""
    with autocommit(pool) as connection:
        return dict(connection.execute(COUNTS).fetchall())
