"""Reminders of points that still wait: some days before the last day to choose, to those alone who have not chosen.

Each day of the campaign's `[reminders] receive_end_days` is a mailing of its own, which begins by itself. It goes by
the way on which the URL arrived, for applicants by the ways that their application names, whichever way the URL went.
Who has stopped reminders gets none.

A million people are planned some at a time, so that nobody's row is held for long. Until the last one is there the
mailing stays `planned`: who dies before leaves it so, and the next one to look plans what is missing. Nobody is planned
twice, for a right has one delivery of each purpose.
"""

from __future__ import annotations

import structlog
from uuid_utils.compat import uuid7

from bot.deliveries import applicants
from bot.parts import Parts
from bot.store import mailings
from bot.store.db import transaction
from bot.store.mailings import Mailing
from dialogs.rules.calendar import days_before
from dialogs.rules.campaign import Campaign

log = structlog.get_logger(__name__)


def remind(parts: Parts) -> int:
    """Plan and start the reminder whose day it is, once; gives how many people it is for. Raises psycopg.Error."""
    return sum(_remind(parts, campaign) for campaign in parts.campaigns.values())


def _remind(parts: Parts, campaign: Campaign) -> int:
    now, end = parts.clock.now(), campaign.dates.receive_end
    planned = {days: days_before(campaign, end, days) for days in campaign.reminders.receive_end_days}
    due = sorted(days for days, begins in planned.items() if begins <= now < end)
    # Of several whose day has passed, say after a long pause, the last one is enough.
    for missed in due[1:]:
        _drop_half_planned(parts, campaign, missed)
    return _remind_of(parts, campaign, due[0]) if due else 0


def _remind_of(parts: Parts, campaign: Campaign, days: int) -> int:
    purpose = f"reminder_{days}"
    with transaction(parts.db) as connection:
        version = (campaign.id, campaign.version)
        mailings.add(connection, uuid7(), _name(campaign, days), campaign=version, purpose=purpose)
    if not (mailing := _half_planned(parts, campaign, days)):
        return 0
    people = mailings.plan_reminder(parts.db, mailing.id, campaign.id, purpose)
    people += applicants.remind(parts, campaign.id, mailing.id, purpose)
    with transaction(parts.db) as connection:
        mailings.move(connection, mailing.id, "running")
    log.info("mailing.reminds", mailing=mailing.name, people=people)
    return people


def _drop_half_planned(parts: Parts, campaign: Campaign, days: int) -> None:
    if mailing := _half_planned(parts, campaign, days):
        with transaction(parts.db) as connection:
            mailings.move(connection, mailing.id, "cancelled", reason="a later reminder has taken its place")


def _half_planned(parts: Parts, campaign: Campaign, days: int) -> Mailing | None:
    mailing = mailings.by_name(parts.db, _name(campaign, days))
    ours = mailing and (mailing.state, mailing.purpose) == ("planned", f"reminder_{days}")
    return mailing if ours else None


def _name(campaign: Campaign, days: int) -> str:
    return f"{campaign.id}-reminder-{days}"
