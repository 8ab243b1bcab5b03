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
from dialogs.handing import OWNED, answered_on_a_page
from dialogs.message import Outbound


@dataclass(frozen=True)
class Words:
    """One message; ours: of our staff."""

    id: UUID
    ours: bool
    text: str


def talk_with_staff(parts: Parts, place: Place) -> Sequence[Words] | None:
    """Oldest first; what is shown has arrived. None where nobody of the staff can be written to on the page."""
    conversation = place.conversation
    if conversation.channel != "web" or not handoff_queue.of_conversation(parts.db, conversation.id):
        return None
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
        if each.manner == OWNED and each.payload and each.channel == "web"
    ]
    theirs = [Words(at, ours=False, text=said.text) for at, said in spoken if not answered_on_a_page(said)]
    return sorted((*ours, *theirs), key=attrgetter("id"))


def _text(parts: Parts, body: bytes) -> str:
    return "\n".join(Outbound.from_json(plain).text for plain in parts.vault.open_json(body, "body"))
