"""What somebody who wants no SMS would have got by SMS: by mail, if their application names an address; else staff."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.filing import open_claim
from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import outgoing, suppressions
from bot.store.db import Connection, autocommit
from bot.store.outgoing import Due, NewOutgoing, Settled
from bot.store.suppressions import About
from dialogs.letters import by_mail_instead, reward_url
from dialogs.message import Outbound
from dialogs.rules.claim import Claim, DeliveryTarget

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stopped:
    """A target that is not to be written to; instead is the other way to its person, if there is one."""

    instead: DeliveryTarget | None


def stopped(parts: Parts, claim: Claim) -> Stopped | None:
    """Whether nothing may be sent to where an application's URL goes, and what is left then."""
    target = claim.target
    with autocommit(parts.db) as connection:
        person = parts.vault.fingerprint(target.kind, target.value)
        if not suppressions.stands(connection, target.kind, person):
            return None
        return Stopped(_mail_of(parts, connection, claim) if target.kind == "sms" else None)


def held_back(parts: Parts, due: Due) -> Settled:
    """A claimed message to somebody who wants none by that way: it goes another one, or is left to staff."""
    with autocommit(parts.db) as connection:
        message = _by_mail(parts, connection, due) if due.channel == "sms" else None
        if message:
            outgoing.redirect(connection, due.id, message)
    log.info("delivery.held_back", outgoing=str(due.id), channel=due.channel, instead="mail" if message else "staff")
    return Settled(due.id, due.attempts, "planned" if message else "suppressed", error="stopped")


def _by_mail(parts: Parts, connection: Connection, due: Due) -> NewOutgoing | None:
    about = suppressions.about(connection, due.id)
    claim = open_claim(parts, about.claim) if about else None
    target = _mail_of(parts, connection, claim) if claim else None
    if about is None or claim is None or target is None:
        return None
    letter = _letter(parts, due, about, claim)
    return message_to(parts.vault, target.kind, target.value, letter, purpose=due.purpose)


def _mail_of(parts: Parts, connection: Connection, claim: Claim) -> DeliveryTarget | None:
    """The mail address of an application, be it only the contact; not one that wants nothing either."""
    address = claim.target.value if claim.target.kind == "mail" else claim.contact
    if "@" not in address or "mail" not in parts.channels:
        return None
    if suppressions.stands(connection, "mail", parts.vault.fingerprint("mail", address)):
        return None
    return DeliveryTarget("mail", address)


def _letter(parts: Parts, due: Due, about: About, claim: Claim) -> Outbound:
    campaign = parts.campaigns.seen_by(about)
    if due.purpose.startswith("reward_url") and about.token:
        url = parts.public_url(f"/r/{parts.vault.open(about.token, 'entitlements.token').decode()}")
        return reward_url("mail", url, claim.receipt_no, campaign, language=about.language)
    said = [Outbound.from_json(plain) for plain in parts.vault.open_json(due.body, "body")]
    return by_mail_instead(said, claim.receipt_no, campaign, about.language)
