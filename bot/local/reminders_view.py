"""What `bot reminders` prints, and what `bot check` says of reminders that should have gone out."""

from __future__ import annotations

from datetime import datetime, timedelta

from rich.table import Table

from bot.local.opened import opened
from bot.parts import Parts
from bot.reminders import OPENING
from bot.settings import Settings
from bot.store import reminders
from bot.store.reminders import Count
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import JST

PATIENCE = timedelta(hours=1)


def show_reminders(settings: Settings) -> None:
    """Print how many there are of each kind and state, and between which dates; raises psycopg.Error."""
    with opened(settings) as (parts, screen):
        found = reminders.counts(parts.db)
        if not found:
            screen.print("No reminder was ever planned.")
            return
        table = Table("Campaign", "Kind", "State", "How many", "For", box=None)
        for count in found:
            state = f"{count.state}: {count.reason}" if count.reason else count.state
            table.add_row(count.campaign, count.kind, state, str(count.number), _days(count))
        screen.print(table)
        for line in overdue(parts):
            screen.print(line)


def overdue(parts: Parts) -> list[str]:
    """One sentence for each kind of reminder that should have gone out an hour ago and more."""
    before = parts.clock.now() - PATIENCE
    late = [count for count in reminders.counts(parts.db, due_before=before) if count.state == "planned"]
    return [sentence for sentence in (_why(parts, count, before) for count in late) if sentence]


def _why(parts: Parts, count: Count, before: datetime) -> str:
    people = f"{count.number} {count.kind} of {count.campaign}, the first for {_day(count.first)}"
    campaign = parts.campaigns.get(count.campaign)
    if campaign is None:
        return f"{people}: that campaign is not served here; name it in CAMPAIGNS"
    if count.kind == OPENING and not campaign.site_is_open(parts.clock.now()):
        return f"{people}: they wait for the site; when it stands, set [site] open = true in the campaign and restart"
    if sending_time(campaign, before) != before:
        return ""
    return f"{people}: overdue; start a worker (python -m bot worker), or look for reminder.failed in its log"


def _days(count: Count) -> str:
    first, last = _day(count.first), _day(count.last)
    return first if first == last else f"{first} to {last}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M}"
