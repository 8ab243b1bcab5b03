"""What `bot check` says of URLs that have not arrived when the last day comes near."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.local.rewards_check import Told
from bot.parts import Parts
from bot.store import overview

MOST_SHOWN = 10


def urls_found(parts: Parts) -> Iterator[Told]:
    """A line for each campaign that is in its last days. Raises psycopg.Error."""
    now = parts.clock.now()
    for campaign in parts.campaigns.values():
        until = campaign.dates.receive_end
        if not until - timedelta(days=campaign.reminders.undelivered_alarm_days) <= now < until:
            continue
        numbers, count = overview.not_arrived(parts.db, campaign.id, most=MOST_SHOWN)
        mend = "Call them, or move their contact: python -m bot claims show NUMBER\n" + "\n".join(numbers)
        found = f"{campaign.id}: {count} applicants have none that arrived, until {until:%Y-%m-%d %H:%M}"
        yield "URLs", found, mend if count else ""
