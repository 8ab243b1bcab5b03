"""Handoffs that wait too long, each told once for each time that it waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection

AT_ONCE = 200
# Whoever has a talk at an outside desk and lets its person wait is rung by nobody but us.
WAITS = "(state = 'waiting' OR state = 'taken' AND desk <> '')"
SINCE = "CASE WHEN state = 'waiting' OR answered_at IS NULL THEN queued_at ELSE spoken_at END"  # NULL: they do not wait
# A turn holds the conversation first and then this row; whoever looks holds the row alone, and waits for nobody.
LONG = f"""
UPDATE handoffs h SET told_at = now() FROM (
    SELECT id, {SINCE} AS since FROM handoffs
    WHERE {WAITS} AND {SINCE} <= now() - %(minutes)s * interval '1 minute'
      AND (told_at IS NULL OR told_at < {SINCE})
    ORDER BY since LIMIT %(most)s FOR UPDATE SKIP LOCKED) late
WHERE h.id = late.id
RETURNING h.id, h.conversation, h.channel, h.prefecture, h.reason, late.since
"""  # noqa: S608 - the names are this module's own


@dataclass(frozen=True, slots=True)
class LongWait:
    """Somebody waits for staff, here or at a desk, since when by PostgreSQL's clock; prefecture "" is none yet."""

    id: UUID
    conversation: UUID
    channel: str
    prefecture: str
    reason: str
    since: datetime


def long_ones(connection: Connection, *, minutes: float) -> Sequence[LongWait]:
    """Those that nobody was told of yet, which this transaction tells; the longest first."""
    rows = connection.execute(LONG, {"minutes": minutes, "most": AT_ONCE}).fetchall()
    return sorted((LongWait(*row) for row in rows), key=lambda wait: wait.since)
