"""A one-time code as the proof that somebody reads a delivery target: the same on every page that asks for one.

The code is kept nowhere: it follows from a ticket in the browser's signed cookie, and from our key.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import redis
from flask import request, session

from bot.asker import Asker
from bot.letterbox import message_to, token_hash
from bot.lookups import look_up
from bot.one_time_codes import code_for, may_send
from bot.other_way import stopped
from bot.parts import Parts
from bot.store import meter, outgoing, suppressions
from bot.store.db import autocommit, transaction
from bot.web.drawing import language
from bot.web.guard import address_key
from dialogs.letters import one_time_code
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import Claim, DeliveryTarget
from dialogs.steps import Lookup

SECOND_TAP_SECONDS = 120


@dataclass(frozen=True)
class Sent:
    """The message with the code; or why there is none: "no_way" leads to its person, "too_many" were sent."""

    message: str = ""
    why_not: str = ""


def fresh_ticket(parts: Parts, page: str, subject: str) -> tuple[str, bool]:
    """What a code follows from, and whether the button was tapped just before: then it is that tap's ticket."""
    fresh = f"{parts.clock.now().isoformat()}~{secrets.token_urlsafe(12)}"
    tap = parts.vault.fingerprint(page, session["csrf"], request.form.get("page", ""), subject).hex()
    with suppress(redis.RedisError):
        if not parts.redis.set(f"{page}:{tap}", fresh, nx=True, ex=SECOND_TAP_SECONDS):
            return str(parts.redis.get(f"{page}:{tap}") or fresh), True
    return fresh, False


def way_to(parts: Parts, target: DeliveryTarget, claim: Claim | None) -> DeliveryTarget | None:
    """Where the codes for a target go: there, or to an applicant's mail who wants no more SMS; None for nowhere."""
    if claim and target == claim.target:
        stop = stopped(parts, claim)
        return stop.instead if stop else target
    with autocommit(parts.db) as connection:
        stands = suppressions.stands(connection, target.kind, parts.vault.fingerprint(target.kind, target.value))
    return None if stands else target


def send_code(
    parts: Parts, target: DeliveryTarget, ticket: str, campaign: Campaign, *, to: DeliveryTarget | None
) -> Sent:
    """Send the code of a ticket and a target to where way_to() says, if the meters allow. Raises psycopg.Error."""
    if to is None or to.kind not in parts.channels:
        return Sent(why_not="no_way")
    if not may_send(parts, parts.vault.fingerprint(target.kind, target.value), origin=address_key(parts)):
        return Sent(why_not="too_many")
    letter = one_time_code(to.kind, code_for(parts, ticket, target.value), campaign, language())
    message = message_to(parts.vault, to.kind, to.value, letter, purpose="code")
    with transaction(parts.db) as connection:
        outgoing.insert(connection, message)
    parts.bell.ring("outgoing")
    return Sent(str(message.id))


def may_try(parts: Parts, ticket: str) -> bool:
    """Count a code that was typed; five for each that was sent."""
    return meter.take(parts.redis, meter.CODE_CHECKS, token_hash(ticket).hex())


def judge(
    parts: Parts, ticket: str, said: str, *, target: DeliveryTarget, campaign: Campaign, at: datetime | None = None
) -> str:
    """right, wrong or expired, as of when the person acted."""
    asker = Asker(b"", campaign, language(), at or parts.clock.now())
    given = {"ticket": ticket, "said": said, "value": target.value}
    return str(look_up(parts, Lookup("page", "check_code", given), asker).result["code"])
