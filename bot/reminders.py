"""What somebody is to be told on a later day: planned with a turn, looked at when its day has come, sent or dropped.

planned ──> sent       its message was written, in the same transaction
   │  └───> dropped    it is of no use any more: WHY_NOT, or the person sent off, stopped, declined (call_off)
   └─ waits: the site is not open, the hours of [sending] are over
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import structlog
from uuid_utils.compat import uuid7

from bot.letterbox import seal_body, token_hash, way_to_a_page
from bot.parts import Parts
from bot.store import conversations, links, outgoing, reminders, suppressions
from bot.store.db import Connection, transaction
from bot.store.outgoing import NewOutgoing
from bot.store.reminders import NewReminder, Reminder, Stands
from dialogs.letters import reminder as letter
from dialogs.reaction import BOT, CLOSED
from dialogs.rules.calendar import deadline_reminders, sending_time
from dialogs.rules.campaign import Campaign

OPENING, DEADLINE, NUMBER = "opening", "apply_end", "number"
PAUSE = timedelta(minutes=5)  # after one that could not be looked at
MOMENT = timedelta(seconds=1)  # while its person is talking with us

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Whom:
    """Who is to be reminded, in which conversation; address (sealed): where to, if not into its chat."""

    person: bytes
    conversation: UUID
    address: bytes | None = None


def planned(whom: Whom, campaign: Campaign, kind: str, *, at: datetime) -> list[NewReminder]:
    """The reminders of a kind whose days are still ahead; an opening is waited for also when its day has passed."""
    ahead = {days: due for days, due in _times(campaign, kind).items() if due > at or kind == OPENING}
    return [
        NewReminder(
            id=uuid7(),
            conversation=whom.conversation,
            person=whom.person,
            address=whom.address,
            campaign=campaign.id,
            campaign_version=campaign.version,
            kind=kind,
            days=days,
            due_at=due,
            planned_at=at,
        )
        for days, due in ahead.items()
    ]


def _times(campaign: Campaign, kind: str) -> dict[int, datetime]:
    """When, by the number of days before the date that is spoken of."""
    if kind == OPENING:
        return {0: sending_time(campaign, campaign.dates.site_opens)}
    return deadline_reminders(campaign)


def remind(parts: Parts) -> bool:
    """Look at one reminder that is due, and settle it; False when none is. Raises psycopg.Error."""
    held: Reminder | None = None
    try:
        with transaction(parts.db) as connection:
            held = _next_due(parts, connection)
            if held:
                _settle(parts, connection, held)
    except psycopg.errors.LockNotAvailable:
        pause = MOMENT
    except Exception as error:
        if held is None or isinstance(error, psycopg.OperationalError):
            raise
        log.exception("reminder.failed", reminder=str(held.id), error=type(error).__name__)
        pause = PAUSE
    else:
        parts.bell.ring("outgoing")
        return held is not None
    assert held  # noqa: S101 - whatever is waited for was held before
    reminders.put_off(parts.db, held.id, pause)
    return True


def _next_due(parts: Parts, connection: Connection) -> Reminder | None:
    """By day alone, and what speaks of the opening only where the newest notice has opened the site."""
    now = parts.clock.now()
    awake = [campaign for campaign in parts.campaigns.values() if sending_time(campaign, now) == now]
    return reminders.next_due(
        connection,
        now=now,
        campaigns=[campaign.id for campaign in awake],
        open_sites=[campaign.id for campaign in awake if campaign.site_is_open(now)],
        opening=OPENING,
    )


def _settle(parts: Parts, connection: Connection, held: Reminder) -> None:
    stands, now = reminders.stands(connection, held), parts.clock.now()
    why_not = "nobody"
    if stands:
        why_not = next((reason for reason, holds in WHY_NOT.items() if holds(held, stands)), "")
        why_not = why_not or _send(parts, connection, held, stands)
    state = "dropped" if why_not else "sent"
    reminders.settle(connection, held.id, state=state, reason=why_not, at=now)
    log.info("reminder.settled", reminder=str(held.id), kind=held.kind, state=state, reason=why_not)


# Why one that is due is dropped, the first that holds; beside it: nobody, opted_out, over.
WHY_NOT: dict[str, Callable[[Reminder, Stands], bool]] = {
    "applied": lambda _, stands: stands.applied,
    "blocked": lambda _, stands: stands.blocked,
    "closed": lambda _, stands: stands.owner == CLOSED,
    "with_staff": lambda _, stands: stands.owner != BOT,
    "overtaken": lambda held, _: held.overtaken,
    "erased": lambda held, stands: held.address is not None and stands.erased,  # its link would lead nowhere
}


def _send(parts: Parts, connection: Connection, held: Reminder, stands: Stands) -> str:
    """Write its message; or why not."""
    now = parts.clock.now()
    campaign = parts.campaigns[held.campaign] if held.kind == OPENING else parts.campaigns.seen_by(held)
    if campaign.apply_is_over(now):
        return "over"
    channel, person = stands.channel, held.person
    if held.address:
        channel, user = parts.vault.open_json(held.address, "address")
        person = parts.vault.fingerprint(channel, user)
    if suppressions.standing(connection, channel, [person], reminders=True):
        return "opted_out"
    about = NUMBER if held.kind == DEADLINE and (stands.asked or "").endswith(".number") else held.kind
    url = parts.public_url("/")
    if held.address:
        about, url = "link", _link(parts, connection, held, channel=channel, until=campaign.dates.apply_end)
    message = NewOutgoing(
        id=uuid7(),
        purpose="reminder",
        channel=channel,
        person=person,
        address=held.address or stands.address,
        body=seal_body(parts.vault, [letter(about, channel, campaign, stands.language, url=url)]),
        conversation=held.conversation,
        once_key=f"reminder:{held.id}",
        not_before=now,  # dated: who waits for an answer goes before, and nobody is woken
    )
    outgoing.insert(connection, message)
    return ""


def _link(parts: Parts, connection: Connection, held: Reminder, *, channel: str, until: datetime) -> str:
    """A one-time way back to the draft, which is kept as long as it works."""
    token, path = way_to_a_page(channel)
    links.insert(connection, token_hash(token), held.conversation, at=parts.clock.now(), until=until)
    conversations.keep_until(connection, held.conversation, until)
    return parts.public_url(path)
