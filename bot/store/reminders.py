"""What somebody is to be told on a later day: planned with a turn, and settled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.known_claims import MINE, Whose

# Asked for again it is planned again, unless it has been sent already.
PLAN = """
INSERT INTO reminders AS r (id, conversation, person, campaign, campaign_version, kind, days, due_at, planned_at,
    address)
VALUES (%(id)s, %(conversation)s, %(person)s, %(campaign)s, %(campaign_version)s, %(kind)s, %(days)s, %(due_at)s,
    %(planned_at)s, %(address)s)
ON CONFLICT (conversation, kind, days) DO UPDATE SET state = 'planned', reason = '', settled_at = NULL,
    campaign = excluded.campaign, campaign_version = excluded.campaign_version, due_at = excluded.due_at,
    planned_at = excluded.planned_at, address = excluded.address
WHERE r.state <> 'sent'
"""

# What waits for the site to open is due when it is open, whatever day was planned for it.
NEXT = """
SELECT id, conversation, person, campaign, campaign_version, kind, days, planned_at, address,
    EXISTS (SELECT FROM reminders n WHERE n.conversation = r.conversation AND n.kind = r.kind AND n.state = 'planned'
        AND n.due_at > r.due_at AND n.due_at <= %(now)s) AS overtaken
FROM reminders r
WHERE state = 'planned' AND look_at <= now() AND campaign = ANY(%(campaigns)s)
  AND (due_at <= %(now)s OR kind = %(opening)s)
  AND (kind <> %(opening)s OR campaign = ANY(%(open)s))
ORDER BY due_at
LIMIT 1
FOR UPDATE SKIP LOCKED
"""

# The person as they stand now; never while a turn of theirs is being written, so that nobody is spoken over. To wait
# for it would be to wait for each other: a turn holds its conversation first, and then the reminders that it calls off.
STANDS = f"""
SELECT channel, address, language, owner, blocked, pending ->> 'key', answers IS NULL,
    EXISTS (SELECT FROM submissions s WHERE {MINE} AND s.acted_at >= %(since)s
        AND s.state NOT IN ('rejected', 'cancelled'))
FROM conversations c WHERE person = %(person)s
ORDER BY ended_at DESC NULLS FIRST
LIMIT 1
FOR SHARE NOWAIT
"""  # noqa: S608 - this house's own words

SETTLE = "UPDATE reminders SET state = %(state)s, reason = %(reason)s, settled_at = %(at)s WHERE id = %(id)s"
PUT_OFF = "UPDATE reminders SET look_at = now() + %(pause)s WHERE id = %(id)s AND state = 'planned'"

# One that has just been sent is called back as long as it is not on the wire.
CALL_OFF = """
WITH gone AS (
    UPDATE reminders SET state = 'dropped', reason = %(reason)s, settled_at = %(at)s
    WHERE conversation = %(conversation)s AND state = 'planned'
), late AS (
    SELECT 'reminder:' || id AS once_key FROM reminders WHERE conversation = %(conversation)s AND state = 'sent'
)
UPDATE outgoing o SET state = 'cancelled', error = %(reason)s, settled_at = now()
FROM late WHERE o.once_key = late.once_key AND o.state = 'planned'
"""

COUNTS = """
SELECT campaign, kind, state, reason, count(*), min(due_at), max(due_at) FROM reminders
WHERE state <> 'planned' OR due_at <= %(before)s
GROUP BY campaign, kind, state, reason ORDER BY campaign, kind, state, reason
"""


@dataclass(frozen=True, slots=True)
class NewReminder:
    """A reminder to be planned; days before the date that it speaks of. due_at and planned_at: the campaign's clock.

    address is sealed: where it goes if not into the chat.
    """

    id: UUID
    conversation: UUID
    person: bytes
    campaign: str
    campaign_version: int
    kind: str
    days: int
    due_at: datetime
    planned_at: datetime
    address: bytes | None = None


@dataclass(frozen=True, slots=True)
class CallOff:
    """All reminders of a conversation are of no use any more."""

    conversation: UUID
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that is due, held by this transaction. overtaken: a later one of its kind is due as well."""

    id: UUID
    conversation: UUID
    person: bytes
    campaign: str
    campaign_version: int
    kind: str
    days: int
    planned_at: datetime
    address: bytes | None
    overtaken: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """How the person whom it is for stands now; address is sealed, asked the key of the question that waits."""

    channel: str
    address: bytes
    language: str
    owner: str
    blocked: bool
    asked: str | None
    erased: bool
    applied: bool


@dataclass(frozen=True, slots=True)
class Count:
    """So many reminders of a campaign are of that kind and state; first and last: between which dates."""

    campaign: str
    kind: str
    state: str
    reason: str
    number: int
    first: datetime
    last: datetime


def write(connection: Connection, reminder: NewReminder | CallOff) -> None:
    """Plan one, or call all of a conversation off."""
    sql = PLAN if isinstance(reminder, NewReminder) else CALL_OFF
    connection.execute(sql, {name: getattr(reminder, name) for name in reminder.__slots__})


def next_due(
    connection: Connection, *, now: datetime, campaigns: Sequence[str], open_sites: Sequence[str], opening: str
) -> Reminder | None:
    """Hold the next one of these campaigns that is due; of the kind `opening` only where the site is open."""
    values: Mapping[str, object] = {
        "now": now,
        "campaigns": list(campaigns),
        "open": list(open_sites),
        "opening": opening,
    }
    row = connection.execute(NEXT, values).fetchone()
    return Reminder(*row) if row else None


def stands(connection: Connection, reminder: Reminder) -> Stands | None:
    """How its person stands, held until the transaction ends. Raises LockNotAvailable while they are talking."""
    row = connection.execute(STANDS, {**Whose(reminder.person).row, "since": reminder.planned_at}).fetchone()
    return Stands(*row) if row else None


def settle(connection: Connection, reminder: UUID, *, state: str, reason: str, at: datetime) -> None:
    """sent, or dropped with the reason."""
    connection.execute(SETTLE, {"id": reminder, "state": state, "reason": reason, "at": at})


def put_off(pool: Pool, reminder: UUID, pause: timedelta) -> None:
    """Look at it again after that time."""
    with autocommit(pool) as connection:
        connection.execute(PUT_OFF, {"id": reminder, "pause": pause})


def counts(pool: Pool, *, due_before: datetime | None = None) -> list[Count]:
    """How many there are of each campaign, kind, state and reason; of the planned ones only those due until then."""
    with autocommit(pool) as connection:
        rows = connection.execute(COUNTS, {"before": due_before or "infinity"})
        return [Count(*row) for row in rows]
