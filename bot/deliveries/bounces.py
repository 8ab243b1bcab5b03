"""Mail that came back: whose it is stands in the address that it came back to, what is wrong in its report (RFC 3464).

Read from a pipe of the mail server's: `| python -m bot deliveries bounce`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from bot.deliveries.providers import signature
from bot.deliveries.receipts import attempt_of
from bot.parts import Parts
from bot.store import deliveries
from bot.store.deliveries import Word

# bounces+<delivery>.<attempt>.<signature>@…; some servers write addresses in small letters, so all of it is.
RETURNED_TO = re.compile(r"\+([0-9a-f]{32}\.\d{1,4})\.([a-z2-7]{8})@")
ADDRESSED = ("Delivered-To", "X-Original-To", "To")
NOT_TOLD = "5.0.0"


def take_bounce(parts: Parts, raw: bytes) -> bool:
    """Keep what a returned mail tells, and go on to the next way if it is for good; False when it is none of ours."""
    mail = message_from_bytes(raw, policy=policy.default)
    found = _attempt(parts, mail)
    if found is None:
        return False
    delivery, number = found
    action, status = _report(mail)
    gone = action == "failed" or (not action and status.startswith("5"))
    key = hashlib.sha256(raw).hexdigest()
    word = Word(delivery, number, "bounce", "next" if gone else "", code=status, provider="smtp", key=key)
    deliveries.hear(parts.db, [word], at=parts.clock.now())
    return True


def _attempt(parts: Parts, mail: EmailMessage) -> tuple[UUID, int] | None:
    for name in ADDRESSED:
        for value in mail.get_all(name, ()):
            for reference, signed in RETURNED_TO.findall(str(value).lower()):
                if secrets.compare_digest(signed, signature(parts, reference)):
                    return attempt_of(reference)
    return None


def _report(mail: EmailMessage) -> tuple[str, str]:
    """Action and status of the first recipient; a mail without a report came back for good."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            for block in blocks:
                if block["Action"] or block["Status"]:
                    return str(block["Action"] or "").strip().lower(), str(block["Status"] or NOT_TOLD).strip()
    return "", NOT_TOLD
