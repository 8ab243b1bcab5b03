"""A conversation as staff read it: what was said on both sides, in order, and what staff did with it in between.

Things stand in the order in which they came to us, by their ids (UUIDv7): providers, our own clock and the clock of a
try do not agree to the millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from bot.own_words import own_inbound
from bot.parts import Parts
from bot.queueing import STAFF
from bot.store import handoff_queue, received_files, staff_notes, transcripts
from bot.store.conversations import Conversation
from bot.store.received_files import Received
from bot.store.transcripts import Done, Heard, Said
from bot.store.vault import Unopenable
from dialogs.engine import Answered, Turn
from dialogs.handing import OWNED, REOPENED, answered_on_a_page
from dialogs.message import Inbound, Outbound
from dialogs.reaction import PRIVATE_DOORS
from dialogs.walking import label_of
from dialogs.words import Words
from integrations.sms.segments import segments

URL = re.compile(r"https?://\S+")
LINK = "〔URL〕"  # a one-time link would open somebody's page to whoever reads over an agent's shoulder
TURNS_TOLD = ("back_to_bot",)
SURVEYED = "survey:"  # how a turn was taken that answers how the talk with staff was
NOTHING_SAID = "kept"  # how a turn was taken that only took a message back: it goes with the message
UNSEEN_KINDS = ("unknown", "unsend", "staff", "follow", "unfollow")
WORDLESS = ("image", "sticker")
FILES = ("image", "video", "audio", "file")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Entry:
    """One line of a transcript.

    side: person, bot, staff, note or event. kind: what an event is, or what of a person's is no text (image, gone …).
    file: what was kept of it, where it is a picture or a file.
    """

    id: UUID
    at: datetime
    side: str
    text: str = ""
    kind: str = ""
    by: str = ""
    choices: tuple[str, ...] = ()
    state: str = ""
    error: str = ""
    parts: int = 0
    facts: Mapping[str, Any] | None = None
    file: Received | None = None

    @property
    def is_file(self) -> bool:
        return self.side == "person" and self.kind in FILES


def transcript(parts: Parts, conversation: Conversation, turn: Turn | None, spoken: Words) -> list[Entry]:
    """Oldest first; spoken are the words of its person, in which the labels of their answers stand.

    turn: where its script stands; without it what was answered on our own pages is told as such alone.
    """
    said = transcripts.said(parts.db, conversation.id)
    bodies = {message.id: _body(parts, message) for message in said}
    files = received_files.of_conversation(parts.db, conversation.id)
    reader = _Reader(parts, turn, spoken, _labels(bodies.values()), files)
    entries = [
        *(
            entry
            for heard in transcripts.heard(parts.db, conversation.id, conversation.person)
            for entry in reader.heard(heard)
        ),
        *(_spoken(conversation, message, bodies[message.id]) for message in said),
        *(_done(each) for each in transcripts.done(parts.db, conversation.id)),
        *_notes(parts, conversation.id),
        *_came(parts, conversation.id),
    ]
    ahead = parts.ahead
    return [replace(entry, at=entry.at + ahead) for entry in sorted(entries, key=lambda entry: entry.id)]


@dataclass(frozen=True)
class _Reader:
    """Reads what a person did; labels: by ask-id the label of each value that could be tapped."""

    parts: Parts
    turn: Turn | None
    spoken: Words
    labels: Mapping[str, Mapping[str, str]]
    files: Mapping[UUID, Received]

    def heard(self, heard: Heard) -> Iterator[Entry]:
        if heard.channel == STAFF or heard.manner == NOTHING_SAID:
            return
        if heard.manner in TURNS_TOLD:
            yield Entry(heard.id, _time(heard.id), "event", kind=str(heard.manner))
        if (heard.manner or "").startswith(SURVEYED):
            facts = {"verdict": str(heard.manner).removeprefix(SURVEYED)}
            yield Entry(heard.id, _time(heard.id), "event", kind="survey", facts=facts)
        if heard.payload is None:
            yield Entry(heard.id, _time(heard.id), "person", kind="gone")
            return
        said = self._read(heard)
        if said is None or said.kind in UNSEEN_KINDS:
            return
        kind = "standby" if said.heard_only else _wordless(said)
        text, masked = self._words(heard, said)
        kind, file = kind or ("masked" if masked else ""), self.files.get(heard.id)
        yield Entry(heard.id, _time(heard.id), "person", text, kind, state=heard.state, file=file)

    def _read(self, heard: Heard) -> Inbound | None:
        assert heard.payload is not None  # noqa: S101 - heard() comes here with one
        try:
            plain = self.parts.vault.open(heard.payload, "inbound.payload")
            return (
                own_inbound(plain) if heard.channel in PRIVATE_DOORS else self.parts.channels[heard.channel].read(plain)
            )
        except (Unopenable, KeyError, ValueError) as error:
            log.warning("transcript.unreadable", inbound=str(heard.id), error=type(error).__name__)
            return None

    def _words(self, heard: Heard, said: Inbound) -> tuple[str, bool]:
        """What they said, what they tapped by its label; on our own pages an answer with its question, or masked."""
        if heard.channel not in PRIVATE_DOORS or (heard.manner in (OWNED, REOPENED) and not answered_on_a_page(said)):
            text = said.text or said.extra.get("place", "")
            return self.labels.get(said.ask_id, {}).get(text, text), False
        given = self._answer(heard.answered or "")
        if given is None:
            return "", True
        question, stored = given.question, given.stored
        shown = question.mask(stored, self.spoken) if question.private else question.show(stored, self.spoken)
        return f"{label_of(question, self.spoken)}：{shown}", False

    def _answer(self, key: str) -> Answered | None:
        path = self.turn.path if self.turn else ()
        return next((answer for answer in path if answer.question.key == key), None)


def _wordless(said: Inbound) -> str:
    """What it is, where it is no text; "" where it is one."""
    if said.kind == "file":
        return said.extra.get("media", "file")
    return said.kind if said.kind in WORDLESS else ""


def _labels(bodies: Any) -> dict[str, dict[str, str]]:
    return {
        outbound.ask_id: {choice.value: choice.label for choice in outbound.choices}
        for body in bodies
        for outbound in body
        if outbound.ask_id
    }


def _body(parts: Parts, message: Said) -> Sequence[Outbound]:
    if message.body is None:
        return ()
    return [Outbound.from_json(plain) for plain in parts.vault.open_json(message.body, "body")]


def _spoken(conversation: Conversation, message: Said, body: Sequence[Outbound]) -> Entry:
    by_staff = message.purpose == STAFF
    text = "\n\n".join(filter(None, (_text(outbound, by_staff=by_staff) for outbound in body)))
    return Entry(
        message.id,
        _time(message.id),
        "staff" if by_staff else "bot",
        text,
        kind="" if body else "erased",
        by=message.said_by or "",
        choices=tuple(choice.label for outbound in body for choice in outbound.choices),
        state=message.state,
        error=message.error or "",
        parts=segments(text) if conversation.channel == "sms" and by_staff else 0,
    )


def _text(outbound: Outbound, *, by_staff: bool) -> str:
    """Staff know no one-time link: of theirs colleagues see where it led."""
    card = outbound.card
    rows = "\n".join(f"{label}：{value}" for label, value in card.rows) if card else ""
    text = "\n".join(filter(None, (outbound.text, rows, LINK if outbound.link else "")))
    return text if by_staff else URL.sub(LINK, text)


def _done(done: Done) -> Entry:
    kind = done.action.removeprefix("handoff.")
    return Entry(done.id, _time(done.id), "event", kind=kind, by=done.actor, facts=done.details)


def _came(parts: Parts, conversation: UUID) -> Iterator[Entry]:
    for each in handoff_queue.of_conversation(parts.db, conversation):
        yield Entry(each.id, _time(each.id), "event", kind="came", facts={"reason": each.reason})


def _notes(parts: Parts, conversation: UUID) -> Iterator[Entry]:
    for note in staff_notes.of(parts.db, conversation):
        text = parts.vault.open_json(note.body, "staff_notes.body")
        yield Entry(note.id, _time(note.id), "note", text, by=note.by_name)


def _time(identity: UUID) -> datetime:
    """When it came to us: the first 48 bits of a UUIDv7 are milliseconds."""
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)
