"""What `bot check` says of alarms that last, and of an outside system that takes no webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from bot.alarms import sentence
from bot.local.rewards_check import Told
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import alarms, webhook_calls

OFTEN = 5  # tries, some two and a half minutes


def alarms_found(parts: Parts) -> Iterator[Told]:
    """Raises psycopg.Error."""
    spoken, live = staff_words("en"), alarms.live(parts.db)
    for alarm in live:
        said = sentence(spoken, alarm)
        mend = "" if alarm.seen_by else "Somebody should take care of it: /console/alarms."
        yield "Alarms", f"{said} {f'{alarm.seen_by} takes care of it.' if alarm.seen_by else ''}".strip(), mend
    if not live:
        yield "Alarms", "none is raised", ""
    if parts.webhook is None:
        return
    late, given_up = webhook_calls.late(parts.db, tries=OFTEN)
    mend = "Look at the receiver at WEBHOOK_URL, and whether it knows WEBHOOK_SECRETS." if late or given_up else ""
    yield "Webhook", f"{late} are not taken yet, {given_up} were given up within a week", mend
