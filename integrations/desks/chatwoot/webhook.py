"""Chatwoot's webhooks: who may send one, and which conversation it is about. What was said is read from the API.

X-Chatwoot-Signature: sha256=<hex of HMAC-SHA256 over "timestamp.body">, X-Chatwoot-Timestamp: <seconds>; versions
before 4 sign nothing, and are known by a token in the path alone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from integrations.answers import Misshapen, read_model
from integrations.desks.chatwoot.document import KnockPart
from integrations.desks.desk import ForgedKnock

FRESH_SECONDS = 300
OF_MESSAGES = ("message_created", "message_updated")
OF_CONVERSATIONS = ("conversation_created", "conversation_updated", "conversation_status_changed")


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
    """Raises ForgedKnock for one that is not signed with our secret, or was signed long ago."""
    stamp = headers.get("x-chatwoot-timestamp", "")
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = headers.get("x-chatwoot-signature", "")
    if not hmac.compare_digest(f"sha256={digest}".encode(), given.encode()):
        raise ForgedKnock
    if not stamp.isascii() or not stamp.isdigit() or abs(now.timestamp() - int(stamp)) > FRESH_SECONDS:
        raise ForgedKnock


def check_token(expected: str, given: str) -> None:
    """Raises ForgedKnock; as hashes, so that neither time nor length tells how near somebody came."""
    ours, theirs = (hashlib.sha256(each.encode()).digest() for each in (expected, given))
    if not hmac.compare_digest(ours, theirs):
        raise ForgedKnock


def conversation_of(body: bytes, *, account: int) -> str:
    """The conversation that a webhook is about; "" for what tells of none of ours."""
    try:
        part = read_model(KnockPart, body)
    except Misshapen:
        return ""
    if part.account is not None and part.account.id != account:
        return ""
    if part.event in OF_MESSAGES and part.conversation:
        return str(part.conversation.id)
    return str(part.id) if part.event in OF_CONVERSATIONS and part.id else ""
