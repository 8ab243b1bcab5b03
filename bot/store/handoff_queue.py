"""Handoffs as staff see them: who waits, since when and why, who has whom. Nothing here changes a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from bot.store.conversations import mark_of
from bot.store.db import Pool, autocommit, one_value

# Whoever was left lying by an agent, or put back unanswered, waits on from where they were.
WAITS_SINCE: LiteralString = "least(h.queued_at, h.spoken_at)"
# Who has named no prefecture yet waits with every team, and so before whoever came later in any of them.
AHEAD = f"""
SELECT count(*) FROM handoffs h
WHERE h.state = 'waiting' AND (h.prefecture = %(prefecture)s OR '' IN (h.prefecture, %(prefecture)s))
  AND h.conversation <> %(conversation)s
  AND {WAITS_SINCE} < coalesce((
      SELECT {WAITS_SINCE} FROM handoffs h WHERE h.conversation = %(conversation)s AND h.state = 'waiting'), 'infinity')
"""  # noqa: S608 - this module's own words
_COLUMNS: LiteralString = """
h.id, h.conversation, h.channel, h.prefecture, h.reason, h.detail, h.state, h.agent, h.desk,
coalesce(m.name, initcap(nullif(h.desk, ''))), h.version, h.began_at, h.queued_at,
h.spoken_at, h.answered_at,
CASE WHEN h.lease_until < 'infinity' THEN extract(epoch FROM h.lease_until - now())::float END,
h.ended_at, h.ended_by, h.why, now()
"""
LIVE = f"""
SELECT {_COLUMNS} FROM handoffs h LEFT JOIN staff m ON m.id = h.agent
WHERE h.conversation = %(conversation)s ORDER BY h.ended_at IS NOT NULL, h.began_at DESC, h.id DESC LIMIT 20
"""  # noqa: S608 - this module's own words
OF_TEAM: LiteralString = """
(h.prefecture = '' OR cardinality(%(prefectures)s::text[]) = 0 OR h.prefecture = ANY(%(prefectures)s)
 OR h.agent = %(agent)s)
"""
# One's own first, however long the queue; then whoever has waited longest, then what is somebody's already.
QUEUE = f"""
SELECT {_COLUMNS}, c.language FROM handoffs h JOIN conversations c ON c.id = h.conversation
LEFT JOIN staff m ON m.id = h.agent
WHERE h.state IN ('waiting', 'taken', 'returning') AND {OF_TEAM}
ORDER BY h.agent IS NOT DISTINCT FROM %(agent)s DESC, h.state <> 'waiting', {WAITS_SINCE}, h.id LIMIT %(most)s
"""  # noqa: S608 - as above
HELD = f"""
SELECT {_COLUMNS} FROM handoffs h JOIN staff m ON m.id = h.agent
WHERE h.agent = %(agent)s AND h.state = 'taken' AND h.conversation <> %(but)s ORDER BY h.spoken_at NULLS LAST, h.id
"""  # noqa: S608 - as above
COUNTS = f"""
SELECT count(*) FILTER (WHERE h.state = 'waiting'), count(*) FILTER (WHERE h.agent = %(agent)s AND h.state = 'taken'),
    extract(epoch FROM now() - min({WAITS_SINCE}) FILTER (WHERE h.state = 'waiting'))::float
FROM handoffs h WHERE h.state IN ('waiting', 'taken') AND {OF_TEAM}
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Handoff:
    """A row with its agent's name, or the outside desk that has it.

    left: seconds until it goes back to the queue if its agent stays silent, None while nobody waits for them.
    now: by PostgreSQL's clock.
    """

    id: UUID
    conversation: UUID
    channel: str
    prefecture: str
    reason: str
    detail: str
    state: str
    agent: UUID | None
    desk: str
    agent_name: str | None
    version: int
    began_at: datetime
    queued_at: datetime
    spoken_at: datetime | None
    answered_at: datetime | None
    left: float | None
    ended_at: datetime | None
    ended_by: str | None
    why: str
    now: datetime

    @property
    def mark(self) -> str:
        return mark_of(self.conversation)

    @property
    def waits_since(self) -> datetime:
        """In the queue, as it is ordered."""
        return min(self.queued_at, self.spoken_at or self.queued_at)


@dataclass(frozen=True, slots=True)
class Line:
    """A handoff in the queue, with its person's language."""

    handoff: Handoff
    language: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait, how many are mine, and for how many seconds the first one has waited (None: nobody does)."""

    waiting: int
    mine: int
    longest: float | None


def ahead(pool: Pool, conversation: UUID, prefecture: str) -> int:
    """How many wait before it that its team takes from; all of those, before it waits itself."""
    return int(one_value(pool, AHEAD, {"conversation": conversation, "prefecture": prefecture}))


def of_conversation(pool: Pool, conversation: UUID) -> list[Handoff]:
    """The one that is under way first, then those of before, newest first."""
    with autocommit(pool) as connection:
        return [Handoff(*row) for row in connection.execute(LIVE, {"conversation": conversation}).fetchall()]


def queue(pool: Pool, agent: UUID, prefectures: Sequence[str], *, most: int) -> list[Line]:
    """What an agent of these prefectures (none: of all) may take, or has."""
    values = {"agent": agent, "prefectures": list(prefectures), "most": most}
    with autocommit(pool) as connection:
        rows = connection.execute(QUEUE, values).fetchall()
    return [Line(Handoff(*row[:-1]), row[-1]) for row in rows]


def counts(pool: Pool, agent: UUID, prefectures: Sequence[str]) -> Counts:
    with autocommit(pool) as connection:
        row: Any = connection.execute(COUNTS, {"agent": agent, "prefectures": list(prefectures)}).fetchone()
    return Counts(*row)


def held(pool: Pool, agent: UUID, *, but: UUID) -> list[Handoff]:
    """What an agent has besides that conversation; whoever has waited longest for their answer first."""
    with autocommit(pool) as connection:
        return [Handoff(*row) for row in connection.execute(HELD, {"agent": agent, "but": but}).fetchall()]
