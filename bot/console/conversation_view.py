"""What the page of one conversation is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from bot.canned import Whom, offered
from bot.console.unmasking import FIELDS, Veil, Veiled
from bot.handoff import DESK, LEADS, LONGEST, WHY_CLOSED, is_of_team, unsendable
from bot.parts import Parts
from bot.recalling import campaign_of
from bot.store import cases, conversations, handoff_queue, handoffs, transcripts
from bot.store.conversations import Conversation, mark_of
from bot.store.db import autocommit
from bot.store.handoff_queue import Handoff
from bot.store.handoffs import Colleague
from bot.store.staff import Member
from bot.transcript import Entry, transcript
from bot.web.place import Place, place_of
from dialogs.engine import Answered
from dialogs.handing import REOPENS_WITHIN
from dialogs.rules.cases import show_case_no
from dialogs.rules.claim import show_receipt_no
from dialogs.walking import label_of
from dialogs.words import Words, words

# Of what was looked up, what says how it went; tickets, targets and the like are nobody's business here.
TOLD_OF_LOOKUPS = (
    "found",
    "path",
    "code",
    "sent",
    "why",
    "case",
    "coupon",
    "claim",
    "url",
    "state",
    "reminder",
    "number",
)


@dataclass(frozen=True)
class Fact:
    """A row beside the transcript: an answer, or what was looked up; veiled if it is a personal one."""

    label: str
    text: str
    veiled: Veiled | None = None


@dataclass(frozen=True)
class Looked:
    """What a script had looked up: for what, which time, and what was told of it."""

    kind: str
    nth: str
    told: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Number:
    """An application or a case of theirs; shown is its number as it is written to people."""

    kind: str
    number: str
    shown: str
    state: str


@dataclass(frozen=True)
class View:
    """One conversation for one member. now: the handoff under way; before: the ended ones, newest first.

    others: what the member has besides.
    """

    conversation: Conversation
    who: Member
    now: Handoff | None
    before: Sequence[Handoff]
    entries: Sequence[Entry]
    answers: Sequence[Fact]
    lookups: Sequence[Looked]
    numbers: Sequence[Number]
    waits_at: str
    others: Sequence[Handoff]
    colleagues: Sequence[Colleague]
    canned: Mapping[str, tuple[str, str]]
    cannot_send: str

    @property
    def mark(self) -> str:
        return mark_of(self.conversation.id)

    @property
    def mine(self) -> bool:
        return self.now is not None and self.now.agent == self.who.id and self.now.state == "taken"

    @property
    def unanswered(self) -> int:
        """How many words of theirs its agent has not answered yet; nobody else is rung for."""
        since = list(takewhile(lambda entry: entry.side != "staff" and entry.kind != "came", reversed(self.entries)))
        return sum(entry.side == "person" for entry in since) if self.mine and self.now and self.now.spoken_at else 0

    @property
    def reopens_days(self) -> int:
        return REOPENS_WITHIN.days

    @property
    def cut(self) -> bool:
        """Whether what is older than this was left out."""
        said = [entry.side == "person" for entry in self.entries if entry.side in ("person", "bot", "staff")]
        return max(said.count(True), said.count(False)) >= transcripts.MOST

    @property
    def in_other_hands(self) -> bool:
        """Whether another system at LINE had the chat when its person wrote last (standby)."""
        spoken = [entry for entry in self.entries if entry.side == "person"]
        return bool(spoken) and spoken[-1].kind == "standby"

    @property
    def may_give(self) -> bool:
        return self.now is not None and self.now.state != "returning" and (self.mine or self.who.role in LEADS)

    @property
    def longest(self) -> int:
        return LONGEST.get(self.conversation.channel, 0)

    @property
    def whys(self) -> Sequence[str]:
        return WHY_CLOSED


def look_at(parts: Parts, conversation: UUID, who: Member) -> View | None:
    """None when it is no conversation that was ever with staff, or one of another team."""
    kept, found = seen_handoffs(parts, conversation, who), conversations.by_id(parts.db, conversation)
    if found is None or not kept:
        return None
    now = kept[0] if kept[0].ended_at is None else None
    place, spoken = place_of(parts, found), words(found.language)
    filed, told = _filed(parts, found), _told(parts, found)
    with autocommit(parts.db) as connection:
        cannot_send = unsendable(connection, found)
    return View(
        conversation=found,
        who=who,
        now=now,
        before=[each for each in kept if each is not now],
        entries=transcript(parts, found, place.turn, spoken),
        answers=list(_answers(parts, place, spoken)),
        lookups=list(_lookups(place)),
        numbers=[*filed, *told],
        waits_at=_waits_at(place, spoken),
        others=handoff_queue.held(parts.db, who.id, but=conversation),
        colleagues=_colleagues(parts, now) if now else [],
        canned=offered(parts, _whom(parts, found, kept[0], filed=filed, told=told)),
        cannot_send=cannot_send,
    )


def seen_handoffs(parts: Parts, conversation: UUID, who: Member) -> list[Handoff]:
    """Each time that it was with staff, newest first; none where this member may not see it."""
    kept = handoff_queue.of_conversation(parts.db, conversation)
    return kept if kept and (who.role in LEADS or is_of_team(who, kept[0])) else []


def _answers(parts: Parts, place: Place, spoken: Words) -> Iterator[Fact]:
    veil = Veil(parts, f"conversation:{place.conversation.id}")
    for answer in place.turn.path if place.turn else ():
        if answer.question.shown and answer.question.stands(answer.stored):
            yield _answer(veil, answer, spoken)


def _answer(veil: Veil, answer: Answered, spoken: Words) -> Fact:
    question, stored = answer.question, answer.stored
    label, plain = label_of(question, spoken), question.show(stored, spoken)
    if not question.private:
        return Fact(label, plain)
    masked, field = question.mask(stored, spoken), question.key.rpartition(".")[2]
    return Fact(label, masked, veil.over(field, masked=masked, plain=plain) if field in FIELDS else None)


def _lookups(place: Place) -> Iterator[Looked]:
    """The last ones first; what a script asked the counter to find out."""
    looked_up = [(key[1:], entry["v"]) for key, entry in place.state.record.items() if key.startswith("?")]
    for key, value in looked_up[::-1]:
        told = [(name, str(value[name])) for name in TOLD_OF_LOOKUPS if value.get(name) not in (None, "")]
        kind, _, nth = key.partition("[")
        if told:
            yield Looked(kind, nth.partition("]")[0], told)


def _filed(parts: Parts, conversation: Conversation) -> list[Number]:
    """Their applications, the newest first."""
    filed = transcripts.filed(parts.db, conversation.id)
    return [Number("application", number, show_receipt_no(number), state) for number, state in filed]


def _told(parts: Parts, conversation: Conversation) -> list[Number]:
    """Their cases."""
    told = cases.of_person(parts.db, conversation.person)
    return [Number("case", case.case_no, show_case_no(case.case_no), case.state) for case in told]


def _waits_at(place: Place, spoken: Words) -> str:
    asking = place.turn.asking if place.turn else None
    return label_of(asking, spoken) if asking and spoken.has(f"label.{asking.wording}") else ""


def _colleagues(parts: Parts, now: Handoff) -> list[Colleague]:
    """To whom it may be passed on: at work at the desk, of its team, and not who has it."""
    return [
        each
        for each in handoffs.colleagues(parts.db)
        if each.role in DESK
        and now.agent != each.id
        and not (now.prefecture and each.prefectures and now.prefecture not in each.prefectures)
    ]


def _whom(
    parts: Parts,
    conversation: Conversation,
    handoff: Handoff,
    *,
    filed: Sequence[Number],
    told: Sequence[Number],
) -> Whom:
    """What a ready sentence may say of them: of several numbers the first."""
    numbers = {name: each[0].shown for name, each in (("receipt_no", filed), ("case_no", told)) if each}
    campaign = campaign_of(parts, conversation)
    return Whom(conversation.channel, handoff.prefecture, conversation.language, campaign, numbers)
