"""The way back to a half-filled application of the web form: a one-time link to a number or address of one's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.letterbox import message_to, token_hash, way_to_a_page
from bot.one_time_codes import is_stopped, may_send
from bot.parts import Parts
from bot.recalling import campaign_of, state_of
from bot.reminders import DEADLINE, Whom, planned
from bot.store import conversations, links, outgoing, reminders
from bot.store.conversations import Conversation
from bot.store.db import transaction
from dialogs.letters import way_back
from dialogs.rules.claim import DeliveryTarget
from dialogs.waiting import kept_until


@dataclass(frozen=True)
class Asked:
    """Where the link is to go, and whether a reminder before the deadline too; the same `once` sends nothing twice.

    origin is the address that it is asked from.
    """

    target: DeliveryTarget
    once: str
    origin: str
    remind: bool = False


def send_way_back(parts: Parts, conversation: Conversation, asked: Asked) -> str:
    """Send the link, which works as long as the draft is kept; gives "", or why not (a key of code_refused).

    Links of before work no more: one that went to a mistyped number leads nowhere after the next. Raises psycopg.Error.
    """
    target = asked.target
    if target.kind not in parts.channels:
        return "no_channel"
    person = parts.vault.fingerprint(target.kind, target.value)
    if is_stopped(parts, target.kind, person):
        return "stopped"
    # Counted together with codes: a number that does not want us gets no more of this than of those.
    if not may_send(parts, person, origin=asked.origin):
        return "too_many"
    campaign, now = campaign_of(parts, conversation), parts.clock.now()
    until = kept_until(state_of(parts, conversation), campaign, now)
    token, path = way_to_a_page(target.kind)
    letter = way_back(target.kind, parts.public_url(path), until, campaign, conversation.language)
    message = message_to(parts.vault, target.kind, target.value, letter, purpose="resume")
    with transaction(parts.db) as connection:
        if outgoing.insert(connection, replace(message, once_key=f"resume:{asked.once}")):
            links.call_in(connection, conversation.id)
            links.insert(connection, token_hash(token), conversation.id, at=now, until=until)
            conversations.keep_until(connection, conversation.id, until)
            if asked.remind:
                whom = Whom(conversation.person, conversation.id, message.address)
                for reminder in planned(whom, campaign, DEADLINE, at=now):
                    reminders.write(connection, reminder)
    parts.bell.ring("outgoing")
    return ""
