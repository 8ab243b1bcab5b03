"""Hearing an outside desk: what its team answers goes out as staff's words do, and who has the talk there has it here.

A webhook is a knock. What was said and how the talk stands is read from the desk itself, each of its messages once, in
their order; so a webhook that is lost, doubled, late or forged changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import structlog
from uuid_utils.compat import uuid7

from bot import live
from bot.desks.due import LEASE_SECONDS, do_next
from bot.desks.telling import pause
from bot.handoff import LONGEST_NOTE, BadWords, Unsendable, checked, let_go_event, moved, say, unsendable
from bot.letterbox import to_chat
from bot.parts import Parts
from bot.queueing import STAFF, sealed_for_desk
from bot.store import audit, conversations, desk_outbox, desk_threads, handoffs, inbound, staff_notes
from bot.store.conversations import Conversation
from bot.store.db import Connection, Pool, transaction
from bot.store.desk_threads import Thread
from bot.store.handoffs import Held, Move
from bot.store.staff_notes import Note
from dialogs.handing import RETURN
from dialogs.message import Outbound
from integrations.desks.desk import Desk, DeskError, DeskRefused, Seen, TheirWords

GONE_PAUSE, GONE_TRIES = 60.0, 5  # seconds; a proxy of theirs that starts anew knows no talk for a while
EXCERPT = 40

log = structlog.get_logger(__name__)


def look_next(parts: Parts, leases: Pool) -> bool:
    """Look after one talk that is due; whether there was one."""
    claim = partial(desk_threads.claim, most=1, lease=LEASE_SECONDS)
    return do_next(parts, leases, claim, partial(_look, parts))


def _look(parts: Parts, desk: Desk, thread: Thread) -> None:
    hearing = Hearing(parts, desk, thread)
    try:
        seen = desk.look(thread.remote, after=desk_threads.after(parts.db, thread.id))
    except DeskError as error:
        log.warning("desk.not_seen", thread=str(thread.id), reason=error.reason)
        _not_seen(parts, hearing, error)
        return
    for words in seen.words:
        hearing.hear(words)
    hearing.stand_as(seen)
    hearing.tell_what_was_not_brought()
    desk_threads.looked(parts.db, thread.id)


def _not_seen(parts: Parts, hearing: Hearing, error: DeskError) -> None:
    thread, gone = hearing.thread, isinstance(error, DeskRefused)
    if gone and (thread.state != "live" or thread.tries >= GONE_TRIES):
        hearing.is_gone()
        desk_threads.looked(parts.db, thread.id)
    else:
        desk_threads.later(parts.db, thread.id, wait=GONE_PAUSE if gone else pause(thread.tries, error))


@dataclass(frozen=True)
class Hearing:
    """One look at one talk; each thing that is heard is a transaction of its own, with the conversation held."""

    parts: Parts
    desk: Desk
    thread: Thread

    def hear(self, words: TheirWords) -> None:
        """One message of the team's, once."""
        with transaction(self.parts.db) as connection:
            handoffs.hold(connection, self.thread.conversation)
            if not desk_threads.heard(connection, self.thread, words.id):
                return
            if words.kind == "note":
                self._keep_note(connection, words)
            elif why := self._answer(connection, words):
                self._tell(connection, f"not_sent_{why[0]}", by=why[1])
        self._ring("outgoing")

    def stand_as(self, seen: Seen) -> None:
        """Who has it there has it here; what is resolved there goes back to the bot."""
        with transaction(self.parts.db) as connection:
            owner = handoffs.hold(connection, self.thread.conversation)
            held = handoffs.now(connection, self.thread.conversation)
            if not owner or held is None or not desk_threads.is_live(connection, self.thread.id):
                return
            if seen.done:
                self._give_back(connection, held, by=self._signed(seen.holder))
            elif not (seen.holder and self._take(connection, held, by=self._signed(seen.holder))):
                return
        self._ring("inbound")

    def is_gone(self) -> None:
        """It is there no more: who is with the team there waits in our own queue."""
        with transaction(self.parts.db) as connection:
            handoffs.hold(connection, self.thread.conversation)
            held = handoffs.now(connection, self.thread.conversation)
            if not desk_threads.is_live(connection, self.thread.id):
                return
            if held and held.desk and held.state == "taken":
                back = Move(held.conversation, held.version, "taken", "waiting", had_desk=held.desk)
                if moved(self.parts, connection, back):
                    self._note(connection, "lapsed", "worker", why="gone")
            desk_threads.end(connection, self.thread.conversation)
        live.tell(self.parts.redis, self.thread.conversation)

    def tell_what_was_not_brought(self) -> None:
        """What a provider has refused meanwhile is told there, for nobody looks at our console."""
        with transaction(self.parts.db) as connection:
            for state, body in desk_threads.not_brought(connection, self.thread.id):
                said = self.parts.vault.open_json(body, "body") if body else []
                text = "".join(str(each.get("text", "")) for each in said)[:EXCERPT]
                self._tell(connection, "not_brought", state=state, text=text)

    def _answer(self, connection: Connection, words: TheirWords) -> tuple[str, str] | None:
        """Plan what they say to the person; why it is not sent, and who is in the way."""
        conversation = conversations.read(connection, self.thread.conversation)
        held = handoffs.now(connection, self.thread.conversation)
        live_there = desk_threads.is_live(connection, self.thread.id)
        if conversation is None or held is None or held.state == "returning" or not live_there:
            return "over", ""
        if held.agent:
            return "elsewhere", held.agent_name
        self._take(connection, held, by=self._signed(words.by))
        if words.files:
            self._tell(connection, "not_sent_files")
        return self._plan(connection, conversation, words) if words.text.strip() or not words.files else None

    def _plan(self, connection: Connection, conversation: Conversation, words: TheirWords) -> tuple[str, str] | None:
        try:
            text = checked(words.text, conversation.channel)
        except BadWords:
            return "too_long", ""
        except Unsendable as why:
            return str(why), ""
        if why_not := unsendable(connection, conversation):
            return why_not, ""
        message = replace(
            to_chat(self.parts.vault, conversation, [Outbound(text)], purpose=STAFF),
            once_key=f"{self.desk.name}:{words.id}",
            said_by=self._signed(words.by),
        )
        held = handoffs.now(connection, conversation.id)
        assert held  # noqa: S101 - it was there above, and the conversation is held
        handoffs.answered(connection, conversation.id, None, held.version)
        say(self.parts, connection, conversation, message)
        desk_threads.said(connection, self.thread, words.id, message.id)
        return None

    def _take(self, connection: Connection, held: Held, *, by: str) -> bool:
        """Out of our queue, if it waits there."""
        if held.state != "waiting":
            return False
        move = Move(held.conversation, held.version, "waiting", "taken", desk=self.desk.name)
        taken = moved(self.parts, connection, move)
        if taken:
            self._note(connection, "taken", by, to=self.desk.name)
        return taken

    def _give_back(self, connection: Connection, held: Held, *, by: str) -> None:
        """To the pending question; what a member of ours has is theirs, and only the talk there has ended.

        Else the talk lives until the bot's turn: what is said before it is still told there.
        """
        if held.agent:
            self._tell(connection, "still_theirs", by=held.agent_name)
            desk_threads.end(connection, held.conversation)
        elif held.state != "returning":
            self._take(connection, held, by=by)
            now = handoffs.now(connection, held.conversation)
            assert now  # noqa: S101 - it was there above, and the conversation is held
            move = Move(now.conversation, now.version, "taken", "returning", had_desk=now.desk, desk=now.desk)
            handoffs.move(connection, move)
            event = let_go_event(self.parts, connection, now, how=RETURN, by=by)
            inbound.put(connection, event, received_at=self.parts.clock.now())
            self._note(connection, "let_go", by, how=RETURN)

    def _keep_note(self, connection: Connection, words: TheirWords) -> None:
        body = self.parts.vault.seal_json(words.text[:LONGEST_NOTE], "staff_notes.body")
        by = self._signed(words.by)
        staff_notes.insert(connection, Note(uuid7(), self.thread.conversation, self.parts.clock.now(), by, body))

    def _tell(self, connection: Connection, key: str, **facts: str) -> None:
        desk_outbox.tell_thread(connection, self.thread.id, sealed_for_desk(self.parts, {"key": key, **facts}))

    def _note(self, connection: Connection, action: str, by: str, **details: str) -> None:
        subject, at = f"conversation:{self.thread.conversation}", self.parts.clock.now()
        audit.add(connection, actor=by, action=f"handoff.{action}", subject=subject, at=at, details=details)

    def _signed(self, name: str) -> str:
        """By whom something is, for our rows: their name there, and where that is."""
        return f"{name} ({self.desk.title})" if name else self.desk.title

    def _ring(self, kind: str) -> None:
        self.parts.bell.ring(kind)
        live.tell(self.parts.redis, self.thread.conversation)
