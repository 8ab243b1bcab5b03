"""What is to be said: a row before the wire is touched, its attempts, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.suppressions import HOLDS_BACK

INSERT = """
INSERT INTO outgoing (id, conversation, purpose, once_key, channel, person, address, body, not_before, reply_token,
    reply_until, said_by)
VALUES (%(id)s, %(conversation)s, %(purpose)s, %(once_key)s, %(channel)s, %(person)s, %(address)s, %(body)s,
        %(not_before)s, %(reply_token)s, %(reply_until)s, %(said_by)s)
ON CONFLICT (once_key) DO NOTHING
"""

# A row is due when its time has come on both clocks and nothing is on its way to the same person. A row that was left
# 'sending' by a process that died is claimed again: its outcome is unknown, and `was` says so.
_DUE = """
    SELECT o.id, o.state AS was FROM outgoing o
    WHERE o.state IN ('planned', 'sending', 'unknown') AND o.due_at <= now() AND o.lease_until < now()
      AND NOT EXISTS (
        SELECT 1 FROM outgoing e
        WHERE e.person = o.person AND e.id <> o.id
          AND (e.state = 'sending' AND e.lease_until > now()
            OR e.id < o.id AND e.state = 'planned' AND e.due_at <= now() AND e.not_before IS NULL))
"""

# What somebody waits for, a code above all, goes before what falls due for thousands on the same morning.
CLAIM = f"""
WITH at_once AS (
    {_DUE} AND o.not_before IS NULL
    ORDER BY o.due_at
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
), on_their_date AS (
    {_DUE} AND o.not_before <= %(dated_until)s
    ORDER BY o.not_before
    LIMIT %(most)s
    FOR UPDATE SKIP LOCKED
), due AS (
    SELECT id, was, 1 AS place FROM at_once UNION ALL SELECT id, was, 2 FROM on_their_date
    ORDER BY place
    LIMIT %(most)s
)
UPDATE outgoing o SET
    state = CASE WHEN due.was = 'planned' THEN 'sending' ELSE due.was END,
    attempts = o.attempts + CASE WHEN due.was = 'planned' THEN 1 ELSE 0 END,
    first_attempt_at = CASE WHEN due.was = 'planned' THEN now() ELSE o.first_attempt_at END,
    -- Once its token is dead a message goes by push, and a push may be repeated where a reply may not.
    reply_token = CASE WHEN due.was = 'planned' AND o.reply_until <= now() THEN NULL ELSE o.reply_token END,
    error = CASE WHEN due.was = 'planned' THEN NULL ELSE o.error END,
    lease_until = now() + %(lease)s * interval '1 second'
FROM due WHERE o.id = due.id
RETURNING o.id, o.channel, o.address, o.body, o.reply_token, o.reply_until > now(), o.attempts, o.first_attempt_at,
          due.was, o.purpose, due.was = 'planned' AND {HOLDS_BACK}
"""  # noqa: S608 - this module's own words

# Whoever had a message for longer than the lease may come with a word on an attempt that others have followed up since.
# That it was taken is true all the same; whatever else is said of it is out of date.
SETTLE = """
UPDATE outgoing o SET state = n.state, provider_id = coalesce(n.provider_id, o.provider_id), error = n.error,
    lease_until = '-infinity', due_at = now() + n.wait * interval '1 second',
    reply_token = CASE WHEN n.by_push THEN NULL ELSE o.reply_token END,
    settled_at = CASE WHEN n.state IN ('sent', 'refused', 'suppressed') THEN now() END
FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(states)s::text[], %(provider_ids)s::text[], %(errors)s::text[],
            %(waits)s::float[], %(by_push)s::bool[]) AS n (id, attempt, state, provider_id, error, wait, by_push)
WHERE o.id = n.id AND o.state IN ('sending', 'unknown', 'planned') AND (o.attempts = n.attempt OR n.state = 'sent')
  -- A receipt may come before our own record of the send: what it refused does not count as sent.
  AND NOT (n.state = 'sent' AND o.error IS NOT DISTINCT FROM '21610')
RETURNING EXISTS (SELECT FROM inbound i WHERE i.person = o.person AND i.state = 'new')
"""

# On a page of ours nothing goes over a wire: what stands there is sent, and delivered once somebody has looked.
SHOWN = """
UPDATE outgoing SET state = %(state)s, settled_at = now() WHERE id = ANY(%(ids)s) AND state IN ('planned', 'sent')
"""
IS_USED = "SELECT EXISTS (SELECT FROM outgoing WHERE conversation = %(conversation)s AND reply_token = %(token)s)"

REPLIED_IN = """
SELECT DISTINCT conversation FROM outgoing
WHERE id = ANY(%(ids)s) AND purpose = 'staff' AND conversation IS NOT NULL
"""
STATE_OF = "SELECT state FROM outgoing WHERE id = %(id)s"

# A receipt only ever moves a message up: a late «sent» after «delivered» changes nothing. It may be of an earlier
# attempt, whose answer was lost, than the one that the provider refused.
RECEIPT = """
INSERT INTO receipts (id, provider, event_key, outgoing, attempt, provider_id, status, code, received_at)
VALUES (%(id)s, %(provider)s, %(event_key)s, %(outgoing)s, %(attempt)s, %(provider_id)s, %(status)s, %(code)s, now())
ON CONFLICT (provider, event_key) DO NOTHING
"""
RAISE = """
UPDATE outgoing SET state = %(state)s, provider_id = coalesce(provider_id, %(provider_id)s),
    error = coalesce(%(code)s, error), settled_at = now()
WHERE id = %(outgoing)s AND array_position(%(ranks)s::text[], state) < array_position(%(ranks)s::text[], %(state)s)
"""
RANKS = ["planned", "sending", "unknown", "refused", "sent", "undelivered", "delivered"]

# What the provider had taken and then did not bring, because the person wants none, is to be claimed once more: only
# after the lease, within which its sender may still record that it was sent.
HOLD = """
UPDATE outgoing SET state = 'planned', error = '21610', due_at = now(), settled_at = NULL, reply_token = NULL
WHERE id = %(id)s AND state IN ('sending', 'unknown', 'sent', 'undelivered')
RETURNING channel, person
"""
REDIRECT = """
UPDATE outgoing SET channel = %(channel)s, person = %(person)s, address = %(address)s, body = %(body)s,
    reply_token = NULL
WHERE id = %(id)s AND state = 'sending'
"""
# What does not age: a code or a question of then is of no use to who comes back.
RELEASE = """
UPDATE outgoing SET state = 'planned', due_at = now(), settled_at = NULL
WHERE person = %(person)s AND channel = %(channel)s AND state = 'suppressed'
  AND (starts_with(purpose, 'reward_url') OR purpose = 'decided')
"""


@dataclass(frozen=True, slots=True)
class NewOutgoing:
    """A message to be sent when its time has come; address and body are sealed.

    said_by: the name of the member of staff whose words they are. A reply token spares a push while it lives.
    """

    id: UUID
    purpose: str
    channel: str
    person: bytes
    address: bytes
    body: bytes
    conversation: UUID | None = None
    once_key: str | None = None
    not_before: datetime | None = None
    reply_token: str | None = None
    reply_until: datetime | None = None
    said_by: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed message. was: planned (never tried), sending (its process died) or unknown (to be looked up).

    held: its person wants nothing by that channel.
    """

    id: UUID
    channel: str
    address: bytes
    body: bytes
    reply_token: str | None
    token_lives: bool | None
    attempts: int
    first_attempt_at: datetime
    was: str
    purpose: str
    held: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attempt, counted from 1.

    wait: the pause in seconds before a planned or unknown one falls due again; by_push: the reply token is of no use.
    """

    id: UUID
    attempt: int
    state: str
    provider_id: str | None = None
    error: str | None = None
    wait: float = 0
    by_push: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A provider's word on a message; event_key is unique per event at that provider. at is by the campaign's clock;
    the row has PostgreSQL's own, as the attempts that it stands among."""

    id: UUID
    provider: str
    event_key: str
    outgoing: UUID
    attempt: int
    provider_id: str
    status: str
    code: str | None
    at: datetime


def insert(connection: Connection, message: NewOutgoing) -> bool:
    """Plan a message; False when one with the same once_key was planned before."""
    row = {name: getattr(message, name) for name in message.__slots__}
    return connection.execute(INSERT, row).rowcount == 1


def state_of(pool: Pool, message: str) -> str:
    """The state of one message; "" when there is none of that id."""
    with autocommit(pool) as connection:
        row = connection.execute(STATE_OF, {"id": message}).fetchone()
    return str(row[0]) if row else ""


def replied_in(pool: Pool, messages: Sequence[UUID]) -> list[UUID]:
    """The conversations in which staff said any of these."""
    with autocommit(pool) as connection:
        return [row[0] for row in connection.execute(REPLIED_IN, {"ids": list(messages)}).fetchall()]


def claim(connection: Connection, *, dated_until: datetime | None, most: int, lease: float) -> list[Due]:
    """Lease up to `most` due messages, each of another person.

    dated_until: those with a date are due up to then, by the campaign's clock; None: none of them just now.
    """
    rows = connection.execute(CLAIM, {"dated_until": dated_until, "most": most, "lease": lease}).fetchall()
    return [Due(*row) for row in rows]


def settle(pool: Pool, outcomes: Sequence[Settled]) -> bool:
    """Record what became of attempts, all in one statement; whether one of these people has said something more."""
    columns = {
        "ids": [outcome.id for outcome in outcomes],
        "attempts": [outcome.attempt for outcome in outcomes],
        "states": [outcome.state for outcome in outcomes],
        "provider_ids": [outcome.provider_id for outcome in outcomes],
        "errors": [outcome.error for outcome in outcomes],
        # Whole and broken numbers in one list are refused by psycopg, and then nothing of the batch is settled.
        "waits": [float(outcome.wait) for outcome in outcomes],
        "by_push": [outcome.by_push for outcome in outcomes],
    }
    with autocommit(pool) as connection:
        return any(waits for (waits,) in connection.execute(SETTLE, columns))


def receive(connection: Connection, receipt: ReceiptRow, *, state: str | None) -> bool:
    """Keep a receipt and raise the message to `state` (None: the status moves nothing); False for a duplicate."""
    row = {name: getattr(receipt, name) for name in receipt.__slots__}
    if connection.execute(RECEIPT, row).rowcount == 0:
        return False
    if state:
        connection.execute(RAISE, {**row, "state": state, "ranks": RANKS})
    return True


def hold(connection: Connection, message: UUID) -> tuple[str, bytes] | None:
    """A receipt said that its person wants none: to be sent another way; channel and person, unless it was settled."""
    row = connection.execute(HOLD, {"id": message}).fetchone()
    return (row[0], bytes(row[1])) if row else None


def redirect(connection: Connection, message: UUID, instead: NewOutgoing) -> None:
    """A leased message goes to another address, by another channel, in other words."""
    connection.execute(REDIRECT, {**{name: getattr(instead, name) for name in instead.__slots__}, "id": message})


def show(connection: Connection, messages: Sequence[UUID], *, state: str) -> None:
    """What is said on a page of ours: sent as it stands there, delivered as it is looked at."""
    connection.execute(SHOWN, {"ids": list(messages), "state": state})


def is_used(connection: Connection, conversation: UUID, token: str) -> bool:
    """Whether something was said in a conversation by that reply token, or is to be."""
    row = connection.execute(IS_USED, {"conversation": conversation, "token": token}).fetchone()
    return bool(row and row[0])


def release(connection: Connection, channel: str, person: bytes) -> None:
    """Who had said stop and came back gets what was held back meanwhile and is still of use."""
    connection.execute(RELEASE, {"channel": channel, "person": person})
