"""What `bot check` says of an outside desk: whether it takes us, and what it was not told."""

from __future__ import annotations

from bot.local.rewards_check import Told
from bot.parts import Parts
from bot.store import desk_outbox
from integrations.desks.desk import DeskError

NAME = "Outside desk"


def desk_found(parts: Parts) -> Told:
    """Raises psycopg.Error."""
    if parts.desk is None:
        return NAME, "is not set: staff answer at /console", ""
    late, refused = desk_outbox.untold(parts.db)
    try:
        parts.desk.check()
    except DeskError as error:
        mend = "Start it, or correct CHATWOOT_URL, CHATWOOT_API_TOKEN, CHATWOOT_ACCOUNT and CHATWOOT_INBOX."
        return (
            NAME,
            f"{parts.desk.title} does not take us ({error.reason}); {late} things are still to be told there",
            mend,
        )
    if refused:
        mend = "Its error stands in desk_outbox. The conversations themselves are at /console/queue."
        return NAME, f"{parts.desk.title} has refused {refused} of what it was told within a day", mend
    return NAME, f"{parts.desk.title} takes us; {late} things are still to be told there", ""
