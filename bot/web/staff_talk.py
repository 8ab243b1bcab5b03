"""What somebody and our staff have said to each other on the page of a conversation that began there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from bot import live
from bot.own_words import own_inbound
from bot.parts import Parts
from bot.queueing import STAFF
from bot.store import handoff_queue, outgoing, transcripts
from bot.store.db import transaction
from bot.web.place import Place
from dialogs.handing import OWNED, REOPENED, REOPENS_WITHIN, answered_on_a_page
from dialogs.message import Outbound
from dialogs.reaction import BOT


@dataclass(frozen=True)
class Words:
    """One message; ours: of our staff."""

    id: UUID
    ours: bool
    text: str


@dataclass(frozen=True)
class Talk:
    """Oldest first. over: staff have let go of it; may_write: words to them bring it back; ahead: who waits before."""

    words: Sequence[Words]
    over: bool
    may_write: bool
    ahead: int
    days: int = REOPENS_WITHIN.days


def talk_with_staff(parts: Parts, place: Place) -> Talk | None:
    """What is shown has arrived. None where there is none, or it is over for longer than it may be gone on with."""
    conversation, state = place.conversation, place.state
    kept = handoff_queue.of_conversation(parts.db, conversation.id) if conversation.channel == "web" else []
    if not kept or (kept[0].ended_at and kept[0].now - kept[0].ended_at >= REOPENS_WITHIN):
        return None
    waits = kept[0].state == "waiting"
    ahead = handoff_queue.ahead(parts.db, conversation.id, kept[0].prefecture) if waits else 0
    over = state.owner == BOT
    return Talk(_words(parts, place), over=over, may_write=over and state.let_go_at is not None, ahead=ahead)


def _words(parts: Parts, place: Place) -> Sequence[Words]:
    conversation = place.conversation
    said = [each for each in transcripts.said(parts.db, conversation.id) if each.purpose == STAFF and each.body]
    fresh = [each.id for each in said if each.state == "sent"]
    if fresh:
        with transaction(parts.db) as connection:
            outgoing.show(connection, fresh, state="delivered")
        live.tell(parts.redis, conversation.id)
    ours = [Words(each.id, ours=True, text=_text(parts, each.body)) for each in said if each.body]
    heard = transcripts.heard(parts.db, conversation.id, conversation.person)
    spoken = [
        (each.id, own_inbound(parts.vault.open(each.payload, "inbound.payload")))
        for each in heard
        if each.manner in (OWNED, REOPENED) and each.payload and each.channel == "web"
    ]
    theirs = [Words(at, ours=False, text=said.text) for at, said in spoken if not answered_on_a_page(said)]
    return sorted((*ours, *theirs), key=attrgetter("id"))


def _text(parts: Parts, body: bytes) -> str:
    return "\n".join(Outbound.from_json(plain).text for plain in parts.vault.open_json(body, "body"))
