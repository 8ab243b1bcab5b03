"""Where a URL goes, changed: asked for by the person in a conversation, done only by a person of the staff.

requested ──> approved: the application's target is another, its URL goes there, both are told
    │────────> refused:  nothing changes, the person is told
    └────────> withdrawn: on the person's own word

A URL that is out already dies with the change and another one takes its place, on the same right: whoever holds the
old telephone today must not get in, and there is never more than one (rules.md §1.4(7), §6).

ContactError
├── NoSuchChange      no change waits under that receipt number
├── Replaced          another one waits there than the one that was looked at
└── Erased            its application is erased
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from uuid_utils.compat import uuid7

from bot import rewards
from bot.filing import open_claim, seal_claim
from bot.letterbox import message_to, short_token, to_chat, token_hash
from bot.parts import Parts
from bot.staff_names import staff_name
from bot.store import audit, contact_changes, conversations, moved_urls, outgoing
from bot.store.contact_changes import Change, Movable, NewChange
from bot.store.db import Connection, autocommit, transaction
from bot.store.outgoing import NewOutgoing
from dialogs.letters import contact_news, masked_target
from dialogs.reaction import PRIVATE_DOORS
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import Claim, DeliveryTarget, show_receipt_no

SEALED = "contact_changes.target"
MOST_LISTED = 200
KEPT = timedelta(days=90)

log = structlog.get_logger(__name__)


class ContactError(Exception):
    """A change of contact cannot be done; says why in a sentence, without personal data."""


class NoSuchChange(ContactError):
    """Nothing waits under that receipt number."""


class Replaced(ContactError):
    """It was called off, and another contact was asked for."""


class Erased(ContactError):
    """The application's personal data are erased, so nothing of it can change."""


@dataclass(frozen=True)
class Waiting:
    """A change as staff see it; from and to are masked, mark tells it from the next one of its application."""

    mark: str
    receipt_no: str
    requested_at: datetime
    old: str
    new: str


def asked_for(
    parts: Parts, mine: Movable, target: DeliveryTarget, campaign: Campaign, *, at: datetime, language: str
) -> tuple[NewChange, NewOutgoing | None]:
    """The row of a change and the word to the old target, which protects who did not ask for it; no word when both are
    the same, and then there is nothing to change."""
    old = open_claim(parts, mine.claim).target
    change = NewChange(
        id=uuid7(),
        submission=mine.id,
        receipt_no=mine.receipt_no,
        conversation=None,
        target=parts.vault.seal_json([target.kind, target.value], SEALED),
        at=at,
        erase_at=campaign.dates.receive_end + KEPT,
    )
    if target == old:
        return change, None
    letter = contact_news("asked", old.kind, mine.receipt_no, campaign, language)
    message = message_to(parts.vault, old.kind, old.value, letter, purpose="contact_change")
    return change, replace(message, once_key=f"contact_change:{change.id}:asked", not_before=sending_time(campaign, at))


def waiting(parts: Parts) -> Sequence[Waiting]:
    """What staff have to decide, the oldest first."""
    with autocommit(parts.db) as connection:
        changes = contact_changes.waiting(connection, most=MOST_LISTED)
    return [
        Waiting(
            change.mark,
            change.receipt_no,
            change.requested_at,
            masked_target(open_claim(parts, change.claim).target) if change.claim else "",
            masked_target(open_target(parts, change.target)),
        )
        for change in changes
    ]


def approve(parts: Parts, receipt_no: str, *, seen: str, by: str) -> None:
    """Staff have made sure who asks: the URL goes to the new target now. `seen` is the mark of what they looked at.

    Raises NoSuchChange, Replaced, Erased, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        change = _held(connection, receipt_no, seen)
        if change.claim is None:
            raise Erased(f"The application {show_receipt_no(receipt_no)} is erased.")
        before, target = open_claim(parts, change.claim), open_target(parts, change.target)
        after = replace(before, target=target)
        contact_changes.move(
            connection,
            change.submission,
            claim=seal_claim(parts, after),
            target=parts.vault.fingerprint(target.kind, target.value),
            old=parts.vault.fingerprint(before.target.kind, before.target.value),
        )
        _send_url(parts, connection, change, after)
        contact_changes.decide(connection, change.id, "approved", by=name, at=now)
        audit.add(connection, actor=name, action="contact_change.approved", subject=receipt_no, at=now)
        _tell(parts, connection, change, "changed", targets=(before.target, target))
    parts.bell.ring("outgoing")
    log.info("contact_change.approved", change=str(change.id))


def refuse(parts: Parts, receipt_no: str, *, seen: str, reason: str, by: str) -> None:
    """Staff could not make sure of it: nothing changes. `reason` is for staff, names no person and is told to none.

    Raises NoSuchChange, Replaced, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        change = _held(connection, receipt_no, seen)
        contact_changes.decide(connection, change.id, "refused", by=name, at=now, reason=reason)
        details = {"reason": reason}
        audit.add(connection, actor=name, action="contact_change.refused", subject=receipt_no, at=now, details=details)
        _tell(parts, connection, change, "refused", targets=(open_target(parts, change.target),))
    parts.bell.ring("outgoing")
    log.info("contact_change.refused", change=str(change.id))


def _held(connection: Connection, receipt_no: str, seen: str) -> Change:
    change = contact_changes.hold(connection, receipt_no)
    if change is None:
        raise NoSuchChange(f"No change of contact waits under {show_receipt_no(receipt_no)}.")
    if change.mark != seen:
        raise Replaced(f"Another change of contact waits under {show_receipt_no(receipt_no)} by now: look at it first.")
    return change


def open_target(parts: Parts, sealed: bytes) -> DeliveryTarget:
    """Where the URL is to go; raises Unopenable."""
    kind, value = parts.vault.open_json(sealed, SEALED)
    return DeliveryTarget(kind, value)


def _send_url(parts: Parts, connection: Connection, change: Change, claim: Claim) -> None:
    """A URL that waits goes to the new target as it is; one that is out dies, and a new one goes."""
    right = moved_urls.hold(connection, change.submission)
    if right is None:
        return
    token = parts.vault.open(right.token, rewards.TOKEN).decode()
    if not moved_urls.call_back(connection, right.id, change=change.id):
        token = short_token()
        sealed = parts.vault.seal(token.encode(), rewards.TOKEN)
        moved_urls.renew(connection, right.id, token_hash=token_hash(token), token=sealed)
    rewards.plan_url(parts, connection, right.id, token, claim=claim, language=change.language)


def _tell(
    parts: Parts, connection: Connection, change: Change, news: str, *, targets: Sequence[DeliveryTarget]
) -> None:
    """Every target that it is about, and the chat in which it was asked for."""
    campaign = parts.campaigns.seen_by(change)
    due = sending_time(campaign, parts.clock.now())
    for target in targets:
        letter = contact_news(news, target.kind, change.receipt_no, campaign, change.language)
        message = message_to(parts.vault, target.kind, target.value, letter, purpose="contact_change")
        key = f"contact_change:{change.id}:{news}:{message.person.hex()}"
        outgoing.insert(connection, replace(message, once_key=key, not_before=due))
    chat = conversations.by_id(parts.db, change.conversation) if change.conversation else None
    if chat is None or chat.channel in PRIVATE_DOORS:
        return
    letter = contact_news(news, "push", change.receipt_no, campaign, chat.language)
    message = to_chat(parts.vault, chat, [letter], purpose="contact_change")
    outgoing.insert(connection, replace(message, once_key=f"contact_change:{change.id}:{news}:chat", not_before=due))
