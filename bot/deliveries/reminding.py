"""Reminders of points that still wait: some days before the last day to choose, to those alone who have not chosen.

Each day of the campaign's `[reminders] receive_end_days` is a mailing of its own, which begins by itself. It goes by
the way on which the URL arrived, for applicants by the ways that their application names, whichever way the URL went.
Who has stopped reminders gets none.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from uuid_utils.compat import uuid7

from bot.deliveries import applicants
from bot.parts import Parts
from bot.store import mailings
from bot.store.db import transaction
from dialogs.rules.campaign import Campaign

log = structlog.get_logger(__name__)


def remind(parts: Parts) -> int:
    """Plan and start the reminder whose day it is, once; gives how many people it is for. Raises psycopg.Error."""
    return sum(_remind(parts, campaign) for campaign in parts.campaigns.values())


def _remind(parts: Parts, campaign: Campaign) -> int:
    now, end = parts.clock.now(), campaign.dates.receive_end
    due = [days for days in campaign.reminders.receive_end_days if end - timedelta(days=days) <= now < end]
    if not due:
        return 0
    days = min(due)  # of several whose day has passed, say after a long pause, the last one is enough
    name, purpose = f"{campaign.id}-reminder-{days}", f"reminder_{days}"
    mailing = uuid7()
    with transaction(parts.db) as connection:
        if not mailings.add(connection, mailing, name, campaign=(campaign.id, campaign.version), purpose=purpose):
            return 0
        connection.execute("SET LOCAL statement_timeout = 0")
        people = mailings.plan_reminder(connection, mailing, campaign.id, purpose)
        people += applicants.remind(parts, connection, campaign.id, mailing, purpose)
        mailings.move(connection, mailing, "running")
    log.info("mailing.reminds", mailing=name, people=people)
    return people
