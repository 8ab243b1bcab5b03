"""Pictures and files that people send to staff: wanted by the turn, fetched by the worker while the provider has them.

wanted ──> kept ──> erased        (bot.store.received_files.MOVES is the whole table)
   └─────> lost
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import structlog

from bot import live
from bot.attached import kind_of, preview_of
from bot.parts import Parts
from bot.queueing import OFFICE, sealed_for_desk
from bot.store import desk_outbox, inbound, received_files
from bot.store.conversations import Conversation
from bot.store.db import Connection, autocommit, transaction
from bot.store.desk_outbox import ForDesk
from bot.store.handoffs import Followed, NewHandoff
from bot.store.inbound import Event
from bot.store.received_files import Due, Fetched, Wanted
from bot.store.vault import Unopenable
from dialogs.message import Inbound
from dialogs.reaction import Reaction
from integrations.channel import GivesContent, NoContent

SHORTLY_BEFORE = timedelta(days=1)  # what somebody showed the bot before they asked for a person is meant for both
MOST_BYTES = 20 * 1024 * 1024
SECONDS = 20.0  # less than the pause before the next try
MOST_BEFORE = 100  # the newest of what came before they asked for a person: each is opened in their turn
MOST_TRIES = 8  # two hours: a video is ready by then
WITHOUT_CONTENT = "location"

log = structlog.get_logger(__name__)


def is_file(said: Inbound) -> bool:
    """Whether the provider keeps something to look at for it."""
    return said.kind in ("image", "file") and said.extra.get("media") != WITHOUT_CONTENT


def wanted(
    parts: Parts, event: Event, conversation: Conversation, reaction: Reaction, handoff: Followed | None
) -> tuple[Wanted, ...]:
    """What the turn wants for staff: what came now, and as they get the conversation what came shortly before."""
    if not isinstance(parts.channels.get(event.channel), GivesContent):
        return ()
    came, state = is_file(reaction.said), reaction.state
    if isinstance(handoff, NewHandoff):
        earlier = _earlier(parts, conversation, reaction)
        return tuple(Wanted(each, conversation.id) for each in (*earlier, *([event.id] if came else [])))
    with_staff = conversation.owner not in OFFICE and state.owner not in OFFICE
    return (Wanted(event.id, conversation.id),) if came and with_staff else ()


def want(parts: Parts, file: Wanted) -> None:
    """On demand, for what came when nobody of staff had the conversation."""
    with autocommit(parts.db) as connection:
        received_files.want(connection, file)
    parts.bell.ring("received_files")


def fetch_next(parts: Parts) -> bool:
    """Fetch the file that has waited longest; whether there was one."""
    with autocommit(parts.db) as connection:
        due = received_files.claim(connection)
    if due is None:
        return False
    try:
        fetched = _fetched(parts, due)
    except NoContent as missing:
        _not_had(parts, due, missing.why)
    else:
        with transaction(parts.db) as connection:
            if received_files.keep(connection, due.id, fetched):
                _tell_desk(parts, connection, due, fetched)
    live.tell(parts.redis, due.conversation)
    return True


def _tell_desk(parts: Parts, connection: Connection, due: Due, fetched: Fetched) -> None:
    """What came is to be seen where its conversation is."""
    if parts.desk is None:
        return
    body = sealed_for_desk(parts, {"file": str(due.id), "kind": fetched.kind})
    desk_outbox.tell(connection, ForDesk(due.conversation, "file", body, event=due.inbound))


def _fetched(parts: Parts, due: Due) -> Fetched:
    """Raises NoContent."""
    channel = parts.channels.get(due.channel)
    if due.payload is None or not isinstance(channel, GivesContent):
        raise NoContent("gone")
    message_id = channel.read(parts.vault.open(due.payload, "inbound.payload")).message_id
    content = channel.content(message_id, most_bytes=MOST_BYTES, seconds=SECONDS)
    preview = preview_of(content)
    return Fetched(
        kind=kind_of(content),
        size=len(content),
        content=parts.vault.seal(content, "received_files.content"),
        preview=parts.vault.seal(preview, "received_files.preview") if preview else None,
    )


def _not_had(parts: Parts, due: Due, why: str) -> None:
    log.info("received.not_had", file=str(due.id), why=why, tries=due.tries)
    if why != "later" or due.tries >= MOST_TRIES:
        with autocommit(parts.db) as connection:
            received_files.lose(connection, due.id, why)


def _earlier(parts: Parts, conversation: Conversation, reaction: Reaction) -> Iterator[UUID]:
    since, channel = reaction.said.at - SHORTLY_BEFORE, parts.channels[conversation.channel]
    for identity, payload in inbound.lately(
        parts.db, conversation.id, channel=conversation.channel, since=since, most=MOST_BEFORE
    ):
        try:
            said = channel.read(parts.vault.open(payload, "inbound.payload"))
        except Unopenable:
            continue
        if is_file(said):
            yield identity
