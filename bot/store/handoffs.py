"""Handoffs: one row for each time that a conversation is with staff. Its owner stands in the conversation itself.

Whoever changes both holds the conversation's row first; a turn does so too, so neither waits for the other for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.desk_outbox import ForDesk
from bot.store.moves import leading_to
from bot.store.staff_sessions import IDLE_MINUTES, LONGEST_HOURS

MOVES: Mapping[str, Sequence[str]] = {
    "waiting": ("taken", "back"),
    "taken": ("taken", "waiting", "returning", "back"),
    "returning": ("back", "closed", "waiting"),
    "back": (),
    "closed": (),
}
LEASE_MINUTES = 10
LAPSED_AT_ONCE = 100
LONGEST_SITTING: Mapping[str, int] = {"idle": IDLE_MINUTES, "longest": LONGEST_HOURS}

BEGIN = """
INSERT INTO handoffs (id, conversation, campaign, channel, prefecture, reason, detail, began_at)
VALUES (%(id)s, %(conversation)s, %(campaign)s, %(channel)s, %(prefecture)s, %(reason)s, %(detail)s, %(began_at)s)
ON CONFLICT (conversation) WHERE state IN ('waiting', 'taken', 'returning') DO NOTHING
"""
# Who has heard nothing since they wrote waits; whose words they are answered by has so long for it.
SPOKE = """
UPDATE handoffs SET spoken_at = coalesce(spoken_at, now()),
    lease_until = CASE WHEN state = 'taken' THEN least(lease_until, now() + %(lease)s * interval '1 minute')
        ELSE lease_until END
WHERE conversation = %(conversation)s AND state IN ('waiting', 'taken')
"""
# What was handed back could not go on: it waits anew, and why is what staff should know of it first.
REQUEUE = """
UPDATE handoffs SET state = 'waiting', agent = NULL, desk = '', version = version + 1, reason = 'quarantined',
    detail = %(detail)s, queued_at = now(), lease_until = 'infinity'
WHERE conversation = %(conversation)s AND state = ANY(%(earlier)s) AND state = 'returning'
"""
END = """
UPDATE handoffs SET state = %(state)s, ended_at = now(), ended_by = %(by)s, lease_until = 'infinity'
WHERE conversation = %(conversation)s AND state = ANY(%(earlier)s)
"""
MOVE = """
UPDATE handoffs SET state = %(state)s, agent = %(agent)s, desk = %(desk)s, version = version + 1, why = %(why)s,
    queued_at = CASE WHEN %(state)s = 'waiting' THEN now() ELSE queued_at END,
    lease_until = CASE WHEN %(state)s = 'taken' THEN now() + %(lease)s * interval '1 minute' ELSE 'infinity' END
WHERE conversation = %(conversation)s AND version = %(version)s AND state = %(was)s AND state = ANY(%(earlier)s)
  AND agent IS NOT DISTINCT FROM %(had)s AND desk = %(had_desk)s
"""
SEEN = """
UPDATE handoffs SET lease_until = now() + %(lease)s * interval '1 minute'
WHERE conversation = %(conversation)s AND agent = %(agent)s AND state = 'taken' AND lease_until < 'infinity'
"""
ANSWERED = """
UPDATE handoffs SET lease_until = 'infinity', spoken_at = NULL, answered_at = coalesce(answered_at, now())
WHERE conversation = %(conversation)s AND agent IS NOT DISTINCT FROM %(agent)s AND version = %(version)s
  AND state = 'taken'
"""
AT_WORK: LiteralString = """
EXISTS (SELECT FROM staff_sessions s WHERE s.staff = m.id AND m.active AND s.state = 'open'
    AND s.created_at > now() - %(longest)s * interval '1 hour'
    AND s.last_seen_at > now() - %(idle)s * interval '1 minute')
"""
# The agent is silent while somebody waits, or is not at work any more. An outside desk looks after its own.
LAPSED = f"""
SELECT h.conversation, h.agent, h.version, h.lease_until < now() FROM handoffs h JOIN staff m ON m.id = h.agent
WHERE h.state = 'taken' AND (h.lease_until < now() OR NOT {AT_WORK})
ORDER BY h.lease_until LIMIT %(most)s
"""  # noqa: S608 - this module's own words
COLLEAGUES = f"""
SELECT m.id, m.login, m.name, m.role, m.prefectures, m.capacity,
    (SELECT count(*) FROM handoffs h WHERE h.agent = m.id AND h.state = 'taken')
FROM staff m WHERE {AT_WORK} ORDER BY m.name
"""  # noqa: S608 - as above
HELD = "SELECT count(*) FROM handoffs WHERE agent = %(agent)s AND state = 'taken'"
LOCK_AGENT = "SELECT capacity FROM staff WHERE id = %(agent)s AND active FOR UPDATE"
# Its turn is counted on, so that a turn which is being played just now comes to nothing, and is played anew.
OWN = """
UPDATE conversations SET owner = %(owner)s, turn = turn + 1
WHERE id = %(conversation)s AND owner = %(was)s AND ended_at IS NULL RETURNING turn
"""
TURN = """
INSERT INTO turns (conversation, turn, at, manner, outcome)
VALUES (%(conversation)s, %(turn)s, %(at)s, %(manner)s, %(owner)s)
"""
NOW = """
SELECT h.id, h.conversation, h.version, h.state, h.agent, h.desk, coalesce(m.name, '')
FROM handoffs h LEFT JOIN staff m ON m.id = h.agent
WHERE h.conversation = %(conversation)s AND h.state IN ('waiting', 'taken', 'returning')
"""
HOLD = "SELECT owner FROM conversations WHERE id = %(conversation)s AND ended_at IS NULL FOR UPDATE"


@dataclass(frozen=True, slots=True)
class NewHandoff:
    """A conversation goes to the queue; detail is a word for staff: a script's reason, the key that broke."""

    id: UUID
    conversation: UUID
    campaign: str
    channel: str
    prefecture: str
    reason: str
    detail: str
    began_at: datetime
    news: ForDesk | None = None


@dataclass(frozen=True, slots=True)
class Spoke:
    """Its person has said something to whoever has it."""

    conversation: UUID
    news: ForDesk | None = None


@dataclass(frozen=True, slots=True)
class Requeued:
    """What staff handed back is for staff again."""

    conversation: UUID
    detail: str
    news: ForDesk | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """It is with the bot again, or closed; by is a member's name, or "person"."""

    conversation: UUID
    state: str
    by: str
    news: ForDesk | None = None


Followed = NewHandoff | Spoke | Requeued | Ended


@dataclass(frozen=True, slots=True)
class Move:
    """From a state that was seen (by version and who had it) to another one; an agent has it, or an outside desk."""

    conversation: UUID
    version: int
    was: str
    state: str
    had: UUID | None = None
    agent: UUID | None = None
    had_desk: str = ""
    desk: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A handoff under way, as its transaction sees it."""

    id: UUID
    conversation: UUID
    version: int
    state: str
    agent: UUID | None
    desk: str
    agent_name: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An agent who let somebody wait (silent), or has left."""

    conversation: UUID
    agent: UUID
    version: int
    silent: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member who is at work, with how many conversations they have of how many they may have."""

    id: UUID
    login: str
    name: str
    role: str
    prefectures: list[str]
    capacity: int
    held: int


def follow(connection: Connection, followed: Followed) -> None:
    """What a turn makes of its handoff, in its own transaction."""
    values = {name: getattr(followed, name) for name in followed.__slots__}
    match followed:
        case NewHandoff():
            connection.execute(BEGIN, values)
        case Spoke():
            connection.execute(SPOKE, {**values, "lease": LEASE_MINUTES})
        case Requeued():
            connection.execute(REQUEUE, {**values, "earlier": leading_to(MOVES, "waiting")})
        case Ended():
            connection.execute(END, {**values, "earlier": leading_to(MOVES, followed.state)})


def hold(connection: Connection, conversation: UUID) -> str:
    """Hold the conversation's row for the rest of the transaction; gives its owner, "" when it is here no more."""
    row = connection.execute(HOLD, {"conversation": conversation}).fetchone()
    return str(row[0]) if row else ""


def move(connection: Connection, to: Move) -> bool:
    """False when it does not stand any more where it was seen."""
    values = {name: getattr(to, name) for name in to.__slots__}
    return (
        connection.execute(MOVE, {**values, "earlier": leading_to(MOVES, to.state), "lease": LEASE_MINUTES}).rowcount
        == 1
    )


def own(connection: Connection, conversation: UUID, owner: str, *, was: str, at: datetime, manner: str) -> bool:
    """Give the conversation to another owner, as a turn of its own; False when it is not `was` who has it."""
    values = {"conversation": conversation, "owner": owner, "was": was, "at": at, "manner": manner}
    row = connection.execute(OWN, values).fetchone()
    if row:
        connection.execute(TURN, {**values, "turn": row[0]})
    return row is not None


def room(connection: Connection, agent: UUID) -> int | None:
    """How many more an agent may take; their row is held, so that two at once do not both fit. None: not at work."""
    row = connection.execute(LOCK_AGENT, {"agent": agent}).fetchone()
    held = connection.execute(HELD, {"agent": agent}).fetchone()
    return int(row[0]) - int(held[0]) if row and held else None


def now(connection: Connection, conversation: UUID) -> Held | None:
    """The one under way; hold() comes first."""
    row = connection.execute(NOW, {"conversation": conversation}).fetchone()
    return Held(*row) if row else None


def answered(connection: Connection, conversation: UUID, agent: UUID | None, version: int) -> bool:
    """The agent, or the desk (None), has answered: nobody waits for them now. False when it is not theirs."""
    values = {"conversation": conversation, "agent": agent, "version": version}
    return connection.execute(ANSWERED, values).rowcount == 1


def seen(pool: Pool, conversation: UUID, agent: UUID) -> None:
    """Its agent is at it: their time begins anew. Nothing where it is not theirs."""
    with autocommit(pool) as connection:
        connection.execute(SEEN, {"conversation": conversation, "agent": agent, "lease": LEASE_MINUTES})


def lapsed(pool: Pool) -> list[Lapsed]:
    with autocommit(pool) as connection:
        values = {**LONGEST_SITTING, "most": LAPSED_AT_ONCE}
        return [Lapsed(*row) for row in connection.execute(LAPSED, values).fetchall()]


def colleagues(pool: Pool) -> list[Colleague]:
    """Whoever is at work, of any role: what an absent member is given goes back to the queue at once."""
    with autocommit(pool) as connection:
        return [Colleague(*row) for row in connection.execute(COLLEAGUES, LONGEST_SITTING).fetchall()]
