"""Stops a mailing, or its mail to one carrier, by itself before it does harm; staff look, mend, and let it go on."""

from __future__ import annotations

import structlog

from bot.deliveries.outcomes import BLOCKED, FILTERED, UNKNOWN_USER
from bot.store import mail_groups, mailings
from bot.store.db import Pool, transaction
from bot.store.mail_groups import Troubled
from bot.store.mailings import Troubles

# (at least so many, and more than this share of what was begun). Carriers block whoever writes to many unknown users,
# and a text that is filtered makes the filter stricter with each try.
MOST_FILTERED = (5, 0.01)
MOST_UNKNOWN = (20, 0.10)
MOST_BLOCKED = (20, 0.10)

log = structlog.get_logger(__name__)


def guard(pool: Pool) -> None:
    """Pause what does harm: of mails those to one carrier, of texts the mailing. Raises psycopg.Error."""
    least = min(MOST_UNKNOWN[0], MOST_BLOCKED[0])
    for group in mail_groups.troubled(pool, unknown=UNKNOWN_USER, blocked=BLOCKED, least=least):
        if reason := reason_to_hold(group):
            with transaction(pool) as connection:
                mail_groups.hold(connection, group.mailing, group.mail_group, reason=reason)
            log.warning("mailing.holds", mailing=str(group.mailing), mail_group=group.mail_group, reason=reason)
    for found in mailings.troubles(pool, filtered=FILTERED, unknown=UNKNOWN_USER):
        if reason := reason_to_stop(found):
            with transaction(pool) as connection:
                mailings.move(connection, found.mailing, "paused", reason=reason)
            log.warning("mailing.stopped_itself", mailing=str(found.mailing), reason=reason)


def reason_to_stop(found: Troubles) -> str:
    """Why it has to stop; "" where all is well."""
    if _too_many(found.filtered, found.begun, MOST_FILTERED):
        return f"filtered: carriers dropped {found.filtered} of the last {found.begun} messages for what they say"
    if _too_many(found.unknown, found.begun, MOST_UNKNOWN):
        return f"unknown users: {found.unknown} of the last {found.begun} messages went to nobody"
    return ""


def reason_to_hold(group: Troubled) -> str:
    """Why a carrier's mail has to stop; "" where all is well."""
    if _too_many(group.blocked, group.begun, MOST_BLOCKED):
        return f"blocked: it refused {group.blocked} of the last {group.begun} mails for who sends them, or how many"
    if _too_many(group.unknown, group.begun, MOST_UNKNOWN):
        return f"unknown users: {group.unknown} of the last {group.begun} mails went to nobody"
    return ""


def _too_many(number: int, begun: int, limit: tuple[int, float]) -> bool:
    least, share = limit
    return number >= least and number > share * begun
