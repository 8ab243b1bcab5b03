"""From something to say to a sealed row, and the tokens whose hash is all that is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from uuid_utils.compat import uuid7

from bot.store.conversations import Conversation
from bot.store.outgoing import NewOutgoing
from bot.store.vault import Vault
from dialogs.message import Outbound

TOKEN_BYTES = 18  # of a link in a chat or a mail
# Crockford's digits: none that is read as another. Twelve of them are 60 bits, kept as a hash and limited by address.
SHORT_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT_LENGTH = 12
MISREAD = str.maketrans("OIL", "011")


def message_to(vault: Vault, channel: str, user: str, letter: Outbound, *, purpose: str) -> NewOutgoing:
    """A message to a number or mail address, ready to be planned."""
    return NewOutgoing(
        id=uuid7(),
        purpose=purpose,
        channel=channel,
        person=vault.fingerprint(channel, user),
        address=vault.seal_json([channel, user], "address"),
        body=seal_body(vault, [letter]),
    )


def to_chat(vault: Vault, chat: Conversation, said: Sequence[Outbound], *, purpose: str) -> NewOutgoing:
    """A message to where somebody talks with us, ready to be planned."""
    return NewOutgoing(
        id=uuid7(),
        purpose=purpose,
        channel=chat.channel,
        person=chat.person,
        address=chat.address,
        body=seal_body(vault, said),
        conversation=chat.id,
    )


def seal_body(vault: Vault, said: Sequence[Outbound]) -> bytes:
    return vault.seal_json([outbound.to_json() for outbound in said], "body")


def token_hash(token: str) -> bytes:
    """What is kept of a token: it is random and long enough that a plain hash gives nothing away."""
    return hashlib.sha256(token.encode()).digest()


def short_token() -> str:
    """A token for an address that is sent by SMS, or typed from paper."""
    return "".join(secrets.choice(SHORT_DIGITS) for _ in range(SHORT_LENGTH))


def way_to_a_page(channel: str) -> tuple[str, str]:
    """A token, and the path of our page that it opens: the short one by SMS, where each character costs."""
    if channel == "sms":
        token = short_token()
        return token, f"/c/{token}"
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, f"/continue/{token}"


def as_short_token(typed: str) -> str:
    """A short token, however its letters were typed."""
    return typed.upper().translate(MISREAD)
