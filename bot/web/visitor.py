"""Who is at the page: the conversation that this browser is bound to, and the turns that are taken while it waits."""

from __future__ import annotations

from uuid import UUID

from flask import make_response, session
from werkzeug.wrappers import Response

from bot.conversation import Taken, take_turn
from bot.own_words import own_payload
from bot.parts import Parts
from bot.store import conversations, inbound
from bot.store.conversations import Conversation
from bot.store.inbound import Kept
from bot.web.drawing import page
from bot.web.guard import csrf_token
from dialogs.message import Inbound

CHANNEL = "web"
KEPT = ("csrf", "language")


def bound_conversation(parts: Parts) -> Conversation | None:
    """The one that this browser is bound to, as long as its answers are there."""
    bound = session.get("conversation")
    found = conversations.by_id(parts.db, UUID(bound)) if bound else None
    return found if found and found.answers is not None else None


def expired(parts: Parts) -> Response:
    """For a browser that is bound to nothing (any more)."""
    return make_response(page(parts, "expired.html"), 403)


def bind(conversation: UUID, **more: str) -> None:
    """Bind this browser to a conversation for a day, and to nothing else.

    The token of its forms stays: a second tap on the button that led here carries it too.
    """
    csrf_token()
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept, conversation=conversation.hex, **more)
    session.permanent = True


def take(parts: Parts, said: Inbound, person: bytes, conversation: UUID | None = None) -> Taken | None:
    """Take what somebody did on a page of ours; None when it was taken before.

    What a process that died had written down but not taken comes first, be it the same form: its sender is told «try
    again», and must not see the old answer come back later.
    """
    payload = parts.vault.seal(own_payload(said), "inbound.payload")
    channel = said.address.channel
    kept = Kept(channel, said.event_id, person, said.at, payload, conversation)
    inbound.keep(parts.db, [kept], received_at=said.at, leased=True)
    taken = None
    for event in inbound.waiting(parts.db, person, channel=channel):
        turn = take_turn(parts, event)
        taken = turn if event.event_id == said.event_id else taken
    return taken
