"""One-time codes: sent to a target of somebody's own saying, where that may be, and checked without being kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from bot.asker import Asker, Found
from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import meter, suppressions
from bot.store.db import autocommit
from bot.store.outgoing import NewOutgoing
from dialogs.letters import one_time_code
from dialogs.rules.claim import DeliveryTarget

CODE_DIGITS = 6


def send_code(parts: Parts, args: Any, asker: Asker) -> Found:
    """A fresh code for a target. The code follows from the ticket and our key, so it is kept nowhere."""
    target, ticket = DeliveryTarget(args["kind"], args["value"]), new_ticket(asker)
    message = code_message(parts, target, ticket, asker)
    if isinstance(message, str):
        return Found({"sent": False, "why": message})
    return Found({"sent": True, "ticket": ticket}, (message,))


def new_ticket(asker: Asker) -> str:
    return f"{asker.at.isoformat()}~{secrets.token_urlsafe(12)}"


def code_message(parts: Parts, target: DeliveryTarget, ticket: str, asker: Asker) -> NewOutgoing | str:
    """The message with the code; why there is none, where there may be none."""
    kind, value = target.kind, target.value
    counted = parts.vault.fingerprint(kind, value)
    if kind not in parts.channels:
        return "no_channel"
    if is_stopped(parts, kind, counted):
        return "stopped"
    if not may_send(parts, counted, origin=asker.origin):
        return "too_many"
    letter = one_time_code(kind, code_for(parts, ticket, value), asker.campaign, asker.language)
    return message_to(parts.vault, kind, value, letter, purpose="code")


def is_stopped(parts: Parts, kind: str, target: bytes) -> bool:
    """Whether the owner of a target wants nothing sent to it."""
    with autocommit(parts.db) as connection:
        return suppressions.stands(connection, kind, target)


def may_send(parts: Parts, target: bytes, *, origin: str) -> bool:
    """Count a message that somebody has sent to a target of their own saying; whether it may still go out."""
    if origin and not meter.take(parts.redis, meter.SENDS_FROM, origin):
        return False
    return meter.take(parts.redis, meter.CODES, target.hex())


def check_code(parts: Parts, args: Any, asker: Asker) -> Found:
    sent_at = datetime.fromisoformat(args["ticket"].partition("~")[0])
    life = timedelta(minutes=asker.campaign.retention.otp_minutes)
    right = secrets.compare_digest(args["said"], code_for(parts, args["ticket"], args["value"]))
    return Found({"code": "wrong" if not right else "right" if asker.at < sent_at + life else "expired"})


def code_for(parts: Parts, ticket: str, value: str) -> str:
    """The six digits that belong to a ticket and a target."""
    number = int.from_bytes(parts.vault.fingerprint("one-time code", ticket, value)[:8])
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
