"""How long people wait for staff, as `bot check` tells it."""

from __future__ import annotations

from uuid import UUID

from bot.local.rewards_check import Told
from bot.parts import Parts
from bot.store import handoff_queue

NOBODY = UUID(int=0)
TOO_LONG = 3600  # seconds; by then somebody has given up
MINUTE = 60


def queue_found(parts: Parts) -> Told:
    """Raises psycopg.Error."""
    counts = handoff_queue.counts(parts.db, NOBODY, ())
    if counts.longest is None:
        return "Queue of staff", "nobody waits for a person", ""
    found = f"{counts.waiting} wait for a person, the longest for {int(counts.longest // MINUTE)} minutes"
    mend = "Let somebody take them at /console/queue." if counts.longest > TOO_LONG else ""
    return "Queue of staff", found, mend
