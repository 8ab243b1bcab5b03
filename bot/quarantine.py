"""What cannot go on goes to staff as it stands, its person told once: a script that breaks, an event that fails.

The conversation's row keeps its script, its versions and the question that waited; the turn says in `outcome` why.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.opting import heard
from bot.parts import Parts
from bot.play import Play, Writing, begun, read
from bot.queueing import STAFF, followed
from bot.recalling import campaign_of, state_of
from bot.store.inbound import Event
from dialogs.message import Address, Inbound
from dialogs.reaction import BOT, CLOSED, QUEUE, Reaction
from dialogs.steps import Say

log = structlog.get_logger(__name__)


def quarantined(parts: Parts, event: Event, *, why: str) -> Play:
    """The turn of a conversation whose script cannot go on; why names its key, or what is here no more."""
    return _to_staff(parts, event, sentence="quarantined.script", why=why)


def put_aside(parts: Parts, event: Event, *, why: str) -> Play:
    """The turn of an event that failed again and again; it is closed as failed. Raises what reading it raises."""
    played = _to_staff(parts, event, sentence="quarantined.event", why=f"failed: {why}")
    assert played.write  # noqa: S101 - a reaction is always written
    return replace(played, write=replace(played.write, closed_as="failed"))


def _to_staff(parts: Parts, event: Event, *, sentence: str, why: str) -> Play:
    said = _as_far_as_it_can_be_read(parts, event)
    conversation = event.conversation or begun(parts, event, said)
    # Who waits for a person already has been told so: silence is right until that person speaks.
    waits = conversation.owner not in (BOT, CLOSED) and event.channel != STAFF
    state = replace(state_of(parts, conversation), owner=conversation.owner if waits else QUEUE)
    # Whoever has said stop is not written to, about this neither.
    wish = heard(parts, event, said)
    says = () if waits or wish.silent else (Say(sentence),)
    reaction = Reaction(state=state, said=said, manner="quarantined", says=says)
    writing = Writing(parts, event, conversation, campaign_of(parts, conversation), reaction)
    played = writing.play(Play(event.id, event.channel, wish=wish), ())
    assert played.write  # noqa: S101 - as above
    return replace(
        played,
        sends=(*wish.sends, *played.sends),
        write=replace(played.write, outcome=why),
        handoff=followed(parts, conversation, reaction, detail=why),
    )


def _as_far_as_it_can_be_read(parts: Parts, event: Event) -> Inbound:
    """The event, or at least from whom it came, so that they can be told."""
    try:
        return read(parts, event)
    except Exception:
        if event.conversation is None:
            raise
        log.exception("event.unreadable", inbound=str(event.id))
        channel, user = parts.vault.open_json(event.conversation.address, "address")
        return Inbound(event.event_id, Address(channel, user), parts.clock.now(), "unknown")
