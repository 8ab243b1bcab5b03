"""What staff do with a conversation that is theirs: take it, answer, pass it on, give it back. Each is one transaction.

HandoffError
├── Elsewhere     it does not stand any more as the page showed it: a colleague, the person or the clock was first
├── Full          the agent has as many as they may have at once
├── Away          they are not signed in
├── NotForThem    not at work here any more, of another team, or not in a role for it
├── Unsendable    nothing can be sent there: no such channel, blocked, or stopped
└── BadWords      empty, or too long for the channel
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from bot import live
from bot.letterbox import to_chat
from bot.own_words import own_payload
from bot.parts import Parts
from bot.queueing import STAFF, agent_of, owner_of, sealed_for_desk
from bot.store import (
    audit,
    conversations,
    desk_outbox,
    handoff_queue,
    handoffs,
    inbound,
    outgoing,
    staff,
    staff_notes,
    suppressions,
)
from bot.store.conversations import Conversation
from bot.store.db import Connection, transaction
from bot.store.desk_outbox import ForDesk
from bot.store.handoff_queue import Handoff
from bot.store.handoffs import Held, Move
from bot.store.inbound import Kept
from bot.store.outgoing import NewOutgoing
from bot.store.staff import Member
from bot.store.staff_notes import Note
from dialogs.handing import CLOSE, WAYS_BACK
from dialogs.message import Address, Inbound, Outbound
from dialogs.reaction import PRIVATE_DOORS

DESK = ("agent", "supervisor", "admin")  # who may have a conversation
LEADS = ("supervisor", "admin")  # who may give one to somebody else, whoever has it
WHY_CLOSED = ("solved", "no_reply", "elsewhere", "other")
LONGEST: Mapping[str, int] = {"line": 5000, "sms": 660, "web": 5000}  # UTF-16 units; an SMS of ten parts
LONGEST_NOTE = 2000
TOLD_DESK = ("taken", "given", "released", "lapsed")


class HandoffError(Exception):
    """What staff wanted cannot be done; its class says why."""


class Elsewhere(HandoffError): ...


class Full(HandoffError): ...


class Away(HandoffError): ...


class NotForThem(HandoffError): ...


class Unsendable(HandoffError): ...


class BadWords(HandoffError): ...


@dataclass(frozen=True)
class Words:
    """What an agent writes; once is of that drawing of the page, so that a button pressed twice says it once."""

    text: str
    once: str


def current(parts: Parts, conversation: UUID) -> Handoff | None:
    """The handoff that is under way."""
    found = handoff_queue.of_conversation(parts.db, conversation)
    return found[0] if found and found[0].ended_at is None else None


def is_of_team(member: Member, handoff: Handoff) -> bool:
    """Whether it is for this member: of their prefectures, of no prefecture yet, or theirs already."""
    return not (member.prefectures and handoff.prefecture) or (
        handoff.prefecture in member.prefectures or handoff.agent == member.id
    )


def take(parts: Parts, seen: Handoff, who: Member) -> None:
    """Have it, out of the queue. Raises Elsewhere, Full, NotForThem."""
    if not is_of_team(who, seen):
        raise NotForThem
    _give(parts, seen, who, by=who)


def give(parts: Parts, seen: Handoff, login: str, by: Member) -> None:
    """Pass it on to a colleague, or, as a lead, give it to somebody. Raises Elsewhere, Full, Away, NotForThem."""
    if by.role not in LEADS and seen.agent != by.id:
        raise NotForThem
    to = staff.by_login(parts.db, login)
    if to is None or not to.active or to.role not in DESK or not is_of_team(to, seen):
        raise NotForThem
    if to.id not in {each.id for each in handoffs.colleagues(parts.db)}:
        raise Away
    _give(parts, seen, to, by=by)


def release(parts: Parts, seen: Handoff, by: Member) -> None:
    """Back into the queue. Raises Elsewhere, NotForThem."""
    if seen.state != "taken" or (by.role not in LEADS and seen.agent != by.id):
        raise NotForThem
    move = Move(seen.conversation, seen.version, "taken", "waiting", had=seen.agent, had_desk=seen.desk)
    with transaction(parts.db) as connection:
        _move(parts, connection, seen, move)
        note(parts, connection, "released", seen.conversation, by=by.name)
    live.tell(parts.redis, seen.conversation)


def let_go(parts: Parts, seen: Handoff, by: Member, *, how: str, why: str = "") -> None:
    """Done: back to the bot (RETURN, SURVEY), or closed for a reason. The bot's turn follows. Raises Elsewhere."""
    if how not in WAYS_BACK or (how == CLOSE) != (why in WHY_CLOSED):
        raise BadWords
    with transaction(parts.db) as connection:
        owner = handoffs.hold(connection, seen.conversation)
        move = Move(seen.conversation, seen.version, "taken", "returning", had=by.id, agent=by.id, why=why)
        if agent_of(owner) != by.id or not handoffs.move(connection, move):
            raise Elsewhere
        inbound.put(
            connection,
            let_go_event(parts, connection, seen, how=how, by=by.name),
            received_at=parts.clock.now(),
        )
        note(parts, connection, "let_go", seen.conversation, by=by.name, how=how, **({"why": why} if why else {}))
    parts.bell.ring("inbound")
    live.tell(parts.redis, seen.conversation)


def reply(parts: Parts, seen: Handoff, by: Member, words: Words) -> None:
    """Say something to the person, by their own channel. Raises Elsewhere, Unsendable, BadWords."""
    conversation = conversations.by_id(parts.db, seen.conversation)
    if conversation is None or agent_of(conversation.owner) != by.id:
        raise Elsewhere
    text = checked(words.text, conversation.channel)
    if not words.once:
        raise BadWords
    message = replace(
        to_chat(parts.vault, conversation, [Outbound(text)], purpose=STAFF),
        once_key=f"staff:{seen.id}:{words.once}",
        said_by=by.name,
    )
    with transaction(parts.db) as connection:
        if agent_of(handoffs.hold(connection, conversation.id)) != by.id:
            raise Elsewhere
        if why := unsendable(connection, conversation):
            raise Unsendable(why)
        if not handoffs.answered(connection, conversation.id, by.id, seen.version):
            raise Elsewhere
        say(parts, connection, conversation, message)
    parts.bell.ring("outgoing")
    live.tell(parts.redis, seen.conversation)


def say(parts: Parts, connection: Connection, conversation: Conversation, message: NewOutgoing) -> None:
    """Plan what staff say, once; said_by is whose words they are. Their conversation is held by the transaction."""
    token, until = _reply_token(parts, connection, conversation)
    if not outgoing.insert(connection, replace(message, reply_token=token, reply_until=until)):
        return
    note(parts, connection, "replied", conversation.id, by=message.said_by or "", message=str(message.id))
    if conversation.channel in PRIVATE_DOORS:
        outgoing.show(connection, [message.id], state="sent")


def add_note(parts: Parts, conversation: UUID, by: Member, text: str) -> None:
    """A word for colleagues alone. Raises BadWords."""
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise BadWords
    body = parts.vault.seal_json(text, "staff_notes.body")
    with transaction(parts.db) as connection:
        staff_notes.insert(connection, Note(uuid7(), conversation, parts.clock.now(), by.name, body))
        note(parts, connection, "noted", conversation, by=by.name)
    live.tell(parts.redis, conversation)


def checked(text: str, channel: str) -> str:
    """What may be sent there. Raises Unsendable where there is no writing, BadWords."""
    if channel not in LONGEST:
        raise Unsendable("channel")
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text.encode("utf-16-le")) // 2 > LONGEST[channel]:
        raise BadWords
    return text


def unsendable(connection: Connection, conversation: Conversation) -> str:
    """Why nothing can be sent to them: "channel", "blocked", "stopped"; "" if it can."""
    if conversation.channel not in LONGEST:
        return "channel"
    if conversation.blocked:
        return "blocked"
    return "stopped" if suppressions.stands(connection, conversation.channel, conversation.person) else ""


def return_lapsed(parts: Parts) -> int:
    """Back into the queue what an agent has left lying, or who has left; gives how many."""
    returned = 0
    for lapsed in handoffs.lapsed(parts.db):
        move = Move(lapsed.conversation, lapsed.version, "taken", "waiting", had=lapsed.agent)
        with transaction(parts.db) as connection:
            owned = handoffs.hold(connection, lapsed.conversation) == owner_of(lapsed.agent, "")
            if owned and moved(parts, connection, move):
                why = "silent" if lapsed.silent else "signed_out"
                note(parts, connection, "lapsed", lapsed.conversation, by="worker", why=why)
                returned += 1
        live.tell(parts.redis, lapsed.conversation)
    return returned


def _give(parts: Parts, seen: Handoff, to: Member, *, by: Member) -> None:
    move = Move(seen.conversation, seen.version, seen.state, "taken", had=seen.agent, had_desk=seen.desk, agent=to.id)
    with transaction(parts.db) as connection:
        _move(parts, connection, seen, move)
        room = handoffs.room(connection, to.id)
        # The one that was just given is counted already.
        if room is None:
            raise NotForThem
        if room < 0:
            raise Full
        action = "taken" if to.id == by.id else "given"
        note(parts, connection, action, seen.conversation, by=by.name, to=to.name)
    live.tell(parts.redis, seen.conversation)


def _move(parts: Parts, connection: Connection, seen: Handoff, move: Move) -> None:
    owner = handoffs.hold(connection, seen.conversation)
    if owner != owner_of(seen.agent, seen.desk) or not moved(parts, connection, move):
        raise Elsewhere


def moved(parts: Parts, connection: Connection, move: Move) -> bool:
    """Handoff and owner together; the conversation is held, so a turn that is being played comes to nothing."""
    if not handoffs.move(connection, move):
        return False
    manner = "staff:queue" if move.state == "waiting" else "staff:taken"
    return handoffs.own(
        connection,
        move.conversation,
        owner_of(move.agent, move.desk),
        was=owner_of(move.had, move.had_desk),
        at=parts.clock.now(),
        manner=manner,
    )


def let_go_event(parts: Parts, connection: Connection, seen: Handoff | Held, *, how: str, by: str) -> Kept:
    """What makes the bot's turn: an event of the conversation like those of its person, in the order of its time."""
    conversation = conversations.read(connection, seen.conversation)
    if conversation is None:
        raise Elsewhere
    channel, user = parts.vault.open_json(conversation.address, "address")
    now, once = parts.clock.now(), f"{seen.id}:{seen.version}"
    said = Inbound(once, Address(channel, user), now, "staff", text=how, extra={"by": by})
    payload = parts.vault.seal(own_payload(said), "inbound.payload")
    return Kept(STAFF, once, conversation.person, now, payload, conversation.id)


def _reply_token(
    parts: Parts, connection: Connection, conversation: Conversation
) -> tuple[str | None, datetime | None]:
    """The newest token of theirs that lives and was not used: a reply is free where a push is not."""
    found = inbound.replyable(connection, conversation.id) if conversation.channel == "line" else None
    if found is None:
        return None, None
    payload, until = found
    token = parts.channels["line"].read(parts.vault.open(payload, "inbound.payload")).reply_token
    if not token or outgoing.is_used(connection, conversation.id, token):
        return None, None
    return token, until


def note(parts: Parts, connection: Connection, action: str, conversation: UUID, *, by: str, **details: str) -> None:
    """Into the audit what was done, and to an outside desk that has the talk too, who has it now."""
    subject, at = f"conversation:{conversation}", parts.clock.now()
    audit.add(connection, actor=by, action=f"handoff.{action}", subject=subject, at=at, details=details)
    if parts.desk and action in TOLD_DESK:
        body = sealed_for_desk(parts, {"key": action, "by": by, "to": details.get("to", "")})
        desk_outbox.tell(connection, ForDesk(conversation, "note", body))
