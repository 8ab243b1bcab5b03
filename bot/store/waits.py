"""Handoffs that wait too long, each told once for each time that it waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection

AT_ONCE = 200
# A turn holds the conversation first and then this row; whoever looks holds the row alone, and waits for nobody.
LONG = """
UPDATE handoffs h SET told_at = now() FROM (
    SELECT id FROM handoffs
    WHERE state = 'waiting' AND queued_at <= now() - %(minutes)s * interval '1 minute'
      AND (told_at IS NULL OR told_at < queued_at)
    ORDER BY queued_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) late
WHERE h.id = late.id
RETURNING h.id, h.conversation, h.channel, h.prefecture, h.reason, h.queued_at
"""


@dataclass(frozen=True, slots=True)
class LongWait:
    """Somebody waits for staff, since when by PostgreSQL's clock; prefecture is "" where they have named none."""

    id: UUID
    conversation: UUID
    channel: str
    prefecture: str
    reason: str
    queued_at: datetime


def long_ones(connection: Connection, *, minutes: int) -> Sequence[LongWait]:
    """Those that nobody was told of yet, which this transaction tells; the longest first."""
    rows = connection.execute(LONG, {"minutes": minutes, "most": AT_ONCE}).fetchall()
    return sorted((LongWait(*row) for row in rows), key=lambda wait: wait.queued_at)
