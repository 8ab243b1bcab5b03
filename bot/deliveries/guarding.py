"""Stops a mailing by itself before it does harm; staff look, mend, and let it go on."""

from __future__ import annotations

import structlog

from bot.deliveries.outcomes import FILTERED, UNKNOWN_USER
from bot.store import mailings
from bot.store.db import Pool, transaction
from bot.store.mailings import Troubles

# (at least so many, and more than this share of what was begun). Carriers block whoever writes to many unknown users,
# and a text that is filtered makes the filter stricter with each try.
MOST_FILTERED = (5, 0.01)
MOST_UNKNOWN = (20, 0.10)

log = structlog.get_logger(__name__)


def guard(pool: Pool) -> None:
    """Pause each mailing at work of which too much was filtered, or went to nobody. Raises psycopg.Error."""
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
        where = f", most of them at {found.mail_group}" if found.mail_group else ""
        return f"unknown users: {found.unknown} of the last {found.begun} messages went to nobody{where}"
    return ""


def _too_many(number: int, begun: int, limit: tuple[int, float]) -> bool:
    least, share = limit
    return number >= least and number > share * begun
