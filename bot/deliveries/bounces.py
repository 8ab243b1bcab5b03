"""Mail that came back: whose it is stands in the address that it came back to, what is wrong in its report (RFC 3464).

A complaint is a report too (RFC 5965, ARF): it comes from the receiver's provider, and names the address that our mail
would have come back to. Read from a pipe of the mail server's: `| python -m bot deliveries bounce`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from typing import Any
from uuid import UUID

import psycopg

from bot.deliveries.providers import signature
from bot.deliveries.receipts import attempt_of
from bot.parts import Parts
from bot.store import deliveries
from bot.store.deliveries import Word

# bounces+<delivery>.<attempt>.<signature>@…; some servers write addresses in small letters, so all of it is.
RETURNED_TO = re.compile(r"\+([0-9a-f]{32}\.\d{1,4})\.([a-z2-7]{8})@")
ADDRESSED = ("Delivered-To", "X-Original-To", "To")
NOT_TOLD = "5.0.0"
# Types of a feedback report that say: no more of this (RFC 5965 §7.3, RFC 6650). "not-spam" and others say nothing.
UNWANTED = ("abuse", "fraud", "opt-out")


class CannotTake(Exception):
    """A mail that cannot be read or kept, now or later; names the kind of error alone, for the mail is personal."""


def take_bounce(parts: Parts, raw: bytes) -> bool:
    """Keep what a returned mail or a complaint tells, and act by it; False when it is none of ours.

    What came back for good goes on to the next way. Who complains gets no mail any more. Raises CannotTake, and
    psycopg.Error while it cannot be kept.
    """
    try:
        return _take(parts, raw)
    except Exception as error:
        if isinstance(error, psycopg.Error) and not isinstance(error, psycopg.DataError):
            raise  # PostgreSQL is away or of another version: later it takes the same mail
        raise CannotTake(type(error).__name__) from None


def _take(parts: Parts, raw: bytes) -> bool:
    # Headers as they stand: some versions of Python fail at a broken address when they take it apart.
    mail = message_from_bytes(raw, policy=policy.compat32)
    feedback = _part(mail, "message/feedback-report")
    found = _attempt(parts, _told_of(mail) if feedback else _addresses(mail, ADDRESSED))
    if found is None:
        return False
    word = Word(*found, "bounce", provider="smtp", key=hashlib.sha256(raw).hexdigest())
    deliveries.hear(parts.db, [_complained(word, feedback) if feedback else _bounced(word, mail)], at=parts.clock.now())
    return True


def _complained(word: Word, feedback: Message) -> Word:
    kind = str(feedback["Feedback-Type"] or "").strip().lower()
    return replace(word, kind="complaint", code=kind, stops="complaint" if kind in UNWANTED else "")


def _bounced(word: Word, mail: Message) -> Word:
    action, status = _report(mail)
    if not action and str(mail["Auto-Submitted"] or "").lower().startswith("auto-replied"):
        return replace(word, kind="auto_reply")  # somebody's holidays
    gone = action == "failed" or (not action and status.startswith("5"))
    return replace(word, to="next" if gone else "", code=status)


def _attempt(parts: Parts, addresses: Iterable[str]) -> tuple[UUID, int] | None:
    for address in addresses:
        for reference, signed in RETURNED_TO.findall(address.lower()):
            if secrets.compare_digest(signed, signature(parts, reference)):
                return attempt_of(reference)
    return None


def _addresses(message: Message, names: Iterable[str]) -> list[str]:
    return [str(value) for name in names for value in message.get_all(name, ())]


def _told_of(mail: Message) -> list[str]:
    """Every address of ours that a feedback report may name, in its field, or in a header of the mail complained of.

    Amazon SES puts an address of its own there, and sends the report to ours.
    """
    told = _addresses(mail, ADDRESSED)
    for part in mail.walk():
        told += _addresses(part, ("Original-Mail-From", "Return-Path"))
        if part.get_content_type() == "text/rfc822-headers":
            told += _addresses(message_from_string(str(part.get_payload())), ("Return-Path",))
    return told


def _part(mail: Message, kind: str) -> Message | None:
    """The fields of a report of that kind, which stand where a message's headers do."""
    for part in mail.walk():
        if part.get_content_type() == kind and isinstance(fields := part.get_payload(), list):
            return fields[0] if fields and isinstance(fields[0], Message) else None
    return None


def _report(mail: Message) -> tuple[str, str]:
    """Action and status of the first recipient; a mail without a report came back for good."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            for block in blocks:
                if block["Action"] or block["Status"]:
                    return str(block["Action"] or "").strip().lower(), str(block["Status"] or NOT_TOLD).strip()
    return "", NOT_TOLD
