"""take_turns(): the heart. What people did comes in, one transaction writes all that follows, what to send comes out.

load        with the claimed event, or afresh when another turn came first
play        dialogs.conversation, pure but for the lookups; nothing is held open meanwhile
write       one statement a turn, which writes nothing if the event or the conversation has moved on
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import structlog
from psycopg.errors import UniqueViolation

from bot import live, on_behalf, quarantine
from bot.opting import Heard
from bot.parts import Parts
from bot.play import Play, play
from bot.store import (
    alarm_figures,
    app_urls,
    cases,
    contact_changes,
    conversations,
    desk_outbox,
    handoffs,
    inbound,
    known_claims,
    links,
    outgoing,
    received_files,
    refunds,
    reminders,
    submissions,
    suppressions,
)
from bot.store.conversations import WRITE_TURN
from bot.store.db import Connection, autocommit, transaction
from bot.store.inbound import Event
from dialogs.engine import BrokenScript

RACES = 5

log = structlog.get_logger(__name__)


class Overtaken(Exception):
    """What the turn had found out is so no longer; it is played again."""


class LostRace(Exception):
    """Other turns of the same conversation kept coming first; the event stays and is taken later."""


@dataclass(frozen=True)
class Taken:
    """A turn that is committed: what was said (already a row, leased to us, to be sent at once), and its play.

    leased_at: by time.monotonic(), just before it was written.
    """

    event: Event
    play: Play
    leased_at: float


def take_turn(parts: Parts, event: Event) -> Taken | None:
    """Take one event; None when it had been taken before. Raises LostRace, psycopg.Error."""
    for _ in range(RACES):
        played, leased_at = _play(parts, event), time.monotonic()
        if _commit(parts, played):
            # After the commit: who is woken before it finds nothing.
            _ring(parts, [played])
            return Taken(event, played, leased_at)
        event = _afresh(parts, event)
        if not _still_open(parts, event):
            return None
    raise LostRace


def take_turns(parts: Parts, events: Sequence[Event]) -> list[Taken]:
    """Take events of different people in one transaction; whatever another turn has overtaken is taken singly.

    Raises psycopg.Error, Overtaken; then nothing was written, and each may be taken by itself.
    """
    plays = _play_all(parts, events)
    leased_at = time.monotonic()
    with transaction(parts.db) as connection:
        written = _write_all(connection, plays)
    outcomes = list(zip(events, plays, written, strict=True))
    taken = [Taken(event, played, leased_at) for event, played, done in outcomes if done]
    _ring(parts, [turn.play for turn in taken])
    for event, _, done in outcomes:
        again = None if done or not _still_open(parts, event) else take_turn(parts, _afresh(parts, event))
        if again:
            taken.append(again)
    return taken


def _play_all(parts: Parts, events: Sequence[Event]) -> list[Play]:
    """Who comes for the first time is played beside the others: for each of them their channel is asked one thing."""
    strangers = [event for event in events if event.conversation is None]
    if len(strangers) < 2:
        return [_play(parts, event) for event in events]
    with ThreadPoolExecutor(len(strangers), thread_name_prefix="stranger") as aside:
        begun = {event.id: aside.submit(_play, parts, event) for event in strangers}
        return [begun[event.id].result() if event.id in begun else _play(parts, event) for event in events]


def _play(parts: Parts, event: Event) -> Play:
    """Play the turn; a script that breaks hands the conversation to staff, with its version and key, and says so."""
    try:
        return play(parts, event)
    except BrokenScript as broken:
        log.error("turn.broken_script", conversation=str(event.conversation and event.conversation.id), key=str(broken))
        return quarantine.quarantined(parts, event, why=str(broken))


def put_aside(parts: Parts, event: Event, *, why: str) -> Taken | None:
    """Give an event up that failed again and again: its conversation goes to staff, and its person is told once.

    None when another turn came first. Raises psycopg.Error, and what makes even that impossible.
    """
    played, leased_at = quarantine.put_aside(parts, event, why=why), time.monotonic()
    if not _commit(parts, played):
        return None
    _ring(parts, [played])
    return Taken(event, played, leased_at)


def _commit(parts: Parts, played: Play) -> bool:
    """Whether the turn was written; not when another one came first."""
    try:
        with transaction(parts.db) as connection:
            return _write_all(connection, [played])[0]
    except (UniqueViolation, Overtaken):
        # Two first words of one person at once, each with a new conversation; or a receipt number that was drawn twice.
        return False


def _write_all(connection: Connection, plays: Sequence[Play]) -> list[bool]:
    """Each play by itself is written whole or not at all."""
    with connection.pipeline():
        cursors = [connection.execute(WRITE_TURN, p.write.row()) if p.write else None for p in plays]
        written = [cursor is not None and _counted(cursor) for cursor in cursors]
    for number, p in enumerate(plays):
        if p.write is None:
            written[number] = inbound.close(connection, p.event_id, state="kept")
        if written[number]:
            _write_rest(connection, p)
    alarm_figures.looked(
        connection, [look for p, done in zip(plays, written, strict=True) if done for look in p.looked]
    )
    return written


def _counted(cursor: psycopg.Cursor[Any]) -> bool:
    row = cursor.fetchone()
    return row is not None and row[0] == 1


def _write_rest(connection: Connection, p: Play) -> None:
    """What only some turns bring, in the same transaction."""
    if p.unsent_message:
        inbound.forget_message(connection, p.channel, p.unsent_message)
        received_files.forget(connection, p.channel, p.unsent_message)
        desk_outbox.unsay(connection, p.channel, p.unsent_message)
    if p.wish:
        _obey(connection, p.channel, p.wish)
    _write_found_out(connection, p)
    if p.link:
        links.insert(connection, p.link.token_hash, p.link.conversation, at=p.link.at, until=p.link.until)
    if p.submission:
        submissions.insert(connection, p.submission)
    if p.refund:
        asked = refunds.apply(connection, p.refund)
        assert asked  # noqa: S101 - its application was written a line above, so no other refund can be of it
    if p.handoff:
        handoffs.follow(connection, p.handoff)
        if p.handoff.news:
            desk_outbox.tell(connection, replace(p.handoff.news, event=p.event_id))
    for file in p.files:
        received_files.want(connection, file)
    if p.write and p.reaction:
        receipt_no = p.submission.receipt_no if p.submission else ""
        on_behalf.note(connection, p.write.conversation.id, p.reaction, receipt_no=receipt_no)


def _write_found_out(connection: Connection, p: Play) -> None:
    """What came back with look-ups; raises Overtaken where it is so no longer."""
    for message in p.sends:
        outgoing.insert(connection, message)
    for known in p.known:
        known_claims.know(connection, known)
    for retargeted in p.retargeted:
        app_urls.retarget(connection, retargeted)
    if not all(submissions.withdraw(connection, withdrawal) for withdrawal in p.withdrawals):
        raise Overtaken
    if not all(contact_changes.write(connection, change) for change in p.changes):
        raise Overtaken
    if not all(refunds.correct(connection, corrected) for corrected in p.corrected):
        raise Overtaken
    if not all(cases.write(connection, case) for case in p.cases):
        raise Overtaken
    for reminder in p.reminders:
        reminders.write(connection, reminder)


def _obey(connection: Connection, channel: str, wish: Heard) -> None:
    if wish.stop:
        suppressions.add(connection, wish.stop)
    if (back := wish.back) and suppressions.lift(connection, channel, back.person, at=back.at, source=back.source):
        outgoing.release(connection, channel, back.person)


def _ring(parts: Parts, plays: Sequence[Play]) -> None:
    for p in plays:
        if p.handoff:
            live.tell(parts.redis, p.handoff.conversation)
            parts.bell.ring("desk_outbox")
        elif p.unsent_message and p.write:
            live.tell(parts.redis, p.write.conversation.id)
    if any(p.sends or (p.wish and p.wish.back) for p in plays):
        parts.bell.ring("outgoing")
    if any(p.submission or p.withdrawals for p in plays):
        parts.bell.ring("submissions")
    if any(p.files for p in plays):
        parts.bell.ring("received_files")


def _afresh(parts: Parts, event: Event) -> Event:
    return replace(event, conversation=conversations.by_person(parts.db, event.person))


def _still_open(parts: Parts, event: Event) -> bool:
    with autocommit(parts.db) as connection:
        return inbound.is_open(connection, event.id)
