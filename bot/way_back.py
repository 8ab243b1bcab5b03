"""The way back to a half-filled application of the web form: a one-time link to a number or address of one's own."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from bot.letterbox import message_to, token_hash
from bot.lookups import is_stopped, may_send
from bot.parts import Parts
from bot.recalling import campaign_of
from bot.store import conversations, links, outgoing
from bot.store.conversations import Conversation
from bot.store.db import transaction
from dialogs.letters import way_back
from dialogs.rules.claim import DeliveryTarget

TOKEN_BYTES = 18  # short enough that the message stays within two parts


def send_way_back(parts: Parts, conversation: Conversation, target: DeliveryTarget, *, once: str, origin: str) -> str:
    """Send the link, which works as long as a draft is kept (7 days); gives "", or why not (a key of code_refused).

    Links of before work no more: one that went to a mistyped number leads nowhere after the next. The same `once`
    sends nothing twice; origin is the address that it is asked from. Raises psycopg.Error.
    """
    if target.kind not in parts.channels:
        return "no_channel"
    person = parts.vault.fingerprint(target.kind, target.value)
    if is_stopped(parts, target.kind, person):
        return "stopped"
    # Counted together with codes: a number that does not want us gets no more of this than of those.
    if not may_send(parts, person, origin=origin):
        return "too_many"
    campaign, now = campaign_of(parts, conversation), parts.clock.now()
    until = now + timedelta(days=campaign.retention.drafts_days)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    letter = way_back(target.kind, parts.public_url(f"/continue/{token}"), until, campaign, conversation.language)
    message = message_to(parts.vault, target.kind, target.value, letter, purpose="resume")
    with transaction(parts.db) as connection:
        if outgoing.insert(connection, replace(message, once_key=f"resume:{once}")):
            links.call_in(connection, conversation.id)
            links.insert(connection, token_hash(token), conversation.id, at=now, until=until)
            conversations.keep_until(connection, conversation.id, until)
    parts.bell.ring("outgoing")
    return ""
