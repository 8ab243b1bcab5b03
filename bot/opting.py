"""What a telephone says about being written to at all: heard before the conversation, whoever owns that.

STOP      goes on the list; nothing more is said, but once that it was heard, where the provider has not said so itself
anything  of who is on the list: kept, and not answered
START     off the list again, and the conversation goes on as after any return
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import suppressions
from bot.store.db import autocommit
from bot.store.inbound import Event
from bot.store.outgoing import NewOutgoing
from bot.store.suppressions import CONFIRMS, Suppression
from dialogs.letters import no_more_sms
from dialogs.message import Inbound
from dialogs.reading.opting import heard_by_provider, read_opting
from dialogs.words import FALLBACK

CHANNEL = "sms"


@dataclass(frozen=True)
class Return:
    """Somebody who had said stop wants to be written to again."""

    person: bytes
    at: datetime
    source: str


@dataclass(frozen=True)
class Heard:
    """said is what the conversation hears, unless nothing of it is for the conversation (silent)."""

    said: Inbound
    silent: bool = False
    stop: Suppression | None = None
    back: Return | None = None
    sends: tuple[NewOutgoing, ...] = ()


def heard(parts: Parts, event: Event, said: Inbound) -> Heard:
    """Take what somebody says of being written to; anything else, and any other channel's, is as it was."""
    if event.channel != CHANNEL:
        return Heard(said)
    wish = {"unfollow": "stop", "follow": "start"}.get(said.kind) or read_opting(said.text)
    if wish == "stop":
        stop = Suppression(CHANNEL, event.person, "stop", said.at, event.event_id)
        return Heard(said, silent=True, stop=stop, sends=_confirmed(parts, event, said))
    with autocommit(parts.db) as connection:
        stopped = suppressions.stands(connection, CHANNEL, event.person)
    if not stopped:
        # «yes» is Twilio's START too, and to us the answer to a question.
        return Heard(replace(said, kind="text") if said.text.strip() else said)
    if wish != "start":
        return Heard(said, silent=True)
    return Heard(replace(said, kind="follow", text=""), back=Return(event.person, said.at, event.event_id))


def _confirmed(parts: Parts, event: Event, said: Inbound) -> tuple[NewOutgoing, ...]:
    if said.kind == "unfollow" or heard_by_provider(said.text):
        return ()
    campaign = parts.campaigns.seen_by(event.conversation) if event.conversation else parts.campaign
    language = event.conversation.language if event.conversation else FALLBACK
    letter = no_more_sms(campaign, language)
    message = message_to(parts.vault, CHANNEL, said.address.user, letter, purpose=CONFIRMS)
    return (replace(message, once_key=f"{CONFIRMS}:{event.event_id}"),)
