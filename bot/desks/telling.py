"""Telling an outside desk what happens: an attempt is committed first, then the wire, then what became of it.

planned ──> sending ──> sent
   ^           │
   └── later ──┼──> refused      it will never be taken there; our console has it all the same
               └──> sending      nobody knows: looked for under its key before it is written again
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

import structlog

from bot.attached import ENDINGS
from bot.desks import letters
from bot.desks.due import LEASE_SECONDS, do_next
from bot.parts import Parts
from bot.store import conversations, desk_outbox, desk_threads, received_files
from bot.store.conversations import Conversation
from bot.store.db import Pool, autocommit
from bot.store.desk_outbox import Due
from integrations.desks.desk import Desk, DeskAway, DeskError, DeskRefused, File, Post

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between tries, doubled each time
MOST_ATTEMPTS = 280  # some 23 hours

log = structlog.get_logger(__name__)


def tell_next(parts: Parts, leases: Pool) -> bool:
    """Take the next row of some talk there; whether there was one."""
    claim = partial(desk_outbox.claim, most=1, lease=LEASE_SECONDS)
    return do_next(parts, leases, claim, lambda desk, row: _settle(parts, row, _told(parts, desk, row)))


def pause(tries: int, error: DeskError) -> float:
    """Seconds until the next try."""
    return error.retry_after or min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries - 1, 16))


def _told(parts: Parts, desk: Desk, row: Due) -> DeskError | None:
    try:
        _tell(parts, desk, row)
    except DeskError as error:
        return error
    return None


def _settle(parts: Parts, row: Due, error: DeskError | None) -> None:
    if error is None:
        desk_outbox.settle(parts.db, row, "sent")
        return
    log.warning("desk.not_told", row=str(row.id), kind=row.kind, attempt=row.attempt, reason=error.reason)
    if isinstance(error, DeskRefused) or row.attempt >= MOST_ATTEMPTS:
        desk_outbox.settle(parts.db, row, "refused", error=error.reason)
    elif isinstance(error, DeskAway) and not row.retried:
        desk_outbox.settle(parts.db, row, "planned", error=error.reason, wait=pause(row.attempt, error))
    else:
        desk_outbox.unsure(parts.db, row, error=error.reason, wait=pause(row.attempt, error))


def _tell(parts: Parts, desk: Desk, row: Due) -> None:
    conversation = conversations.by_id(parts.db, row.conversation)
    if conversation is None:
        raise DeskRefused("conversation_gone")
    talk = row.remote or _open(parts, desk, row, conversation)
    if row.kind == "unsaid":
        desk.erase(talk, str(row.event))
        return
    if not (row.retried and desk.has(talk, str(row.id))):
        desk.write(talk, _post(parts, row, conversation))
    if row.kind == "over":
        desk.finish(talk)


def _open(parts: Parts, desk: Desk, row: Due, conversation: Conversation) -> str:
    talk = desk.open(letters.new_talk(parts, row.thread, conversation))
    desk_threads.opened(parts.db, row.thread, talk)
    return talk


def _file(parts: Parts, file: UUID, kind: str) -> File:
    """Raises DeskRefused for what is gone."""
    with autocommit(parts.db) as connection:
        sealed = received_files.content(connection, file)
    if sealed is None:
        raise DeskRefused("erased")
    content = parts.vault.open(sealed, "received_files.content")
    return File(f"file-{file.hex[-6:]}.{ENDINGS[kind]}", kind, content)


def _post(parts: Parts, row: Due, conversation: Conversation) -> Post:
    key = str(row.id)
    if row.kind == "opened":
        told_alone = desk_outbox.events(parts.db, row.thread)
        return Post(key, "note", letters.opening(parts, conversation, until=row.id, but=told_alone))
    if row.body is None:
        raise DeskRefused("erased")
    body = parts.vault.open_json(row.body, "desk_outbox.body")
    if row.kind == "heard":
        return Post(key, "person", letters.heard(parts, body))
    if row.kind == "file":
        return Post(key, "person", "", _file(parts, UUID(body["file"]), body["kind"]))
    return Post(key, "note", letters.note(parts, body))
