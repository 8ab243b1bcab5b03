"""explore(): walk every script through everything that people may answer and records may say.

A path may hold a few answers beside the usual ones (UNUSUAL): with two, every pair of turns that a conversation can
take is walked. What is asked of each path: it ends, it asks nothing twice, and all that is said on it exists in every
language and fits every channel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from dialogs.answering import not_understood, offer_change
from dialogs.engine import BrokenScript, Desk, Record, Script, Turn, counts, entry_for, replay
from dialogs.flows import Flow, Report
from dialogs.message import Address, Inbound, Outbound
from dialogs.photos import offer_number
from dialogs.phrasing import phrase
from dialogs.questions import CheckAnswers, InquiryNumber, Question
from dialogs.reaction import Pending, Reaction, State
from dialogs.reading import Unreadable
from dialogs.rules.campaign import Campaign
from dialogs.samples import Sample, findings, phases, samples
from dialogs.scripts import SCRIPTS, SIDES, newest
from dialogs.steps import Explained, HandedOver, Lookup, Outcome, Say, Submitted
from dialogs.walking import with_turn
from dialogs.words import languages, words

UNUSUAL = 2
CHANNELS = ("line", "sms", "web")
LINKS = {"sms": "https://counter.example.jp/c/" + "X" * 12}
LONGEST_LINK = "https://counter.example.jp/continue/" + "x" * 32
RUBBISH = "？！"

Check = Callable[[str, Outbound], list[str]]
Overhear = Callable[[str, str, tuple[Outbound, ...]], None]


def explore(
    campaign: Campaign,
    *,
    check: Check = lambda _channel, _outbound: [],
    overhear: Overhear = lambda _channel, _language, _said: None,
    unusual: int = UNUSUAL,
) -> Report:
    """Walk the newest version of every script in every phase; check(channel, outbound) tells what does not fit.

    overhear(channel, language, said) is given all that is said at one go.
    """
    instants = phases(campaign)
    flows = (
        *(Flow(name, newest(name), tuple(instants)) for name in SCRIPTS),
        *(Flow(name, 1, tuple(instants)) for name in SIDES),
    )
    for flow in flows:
        for phase, at in instants.items():
            script = SIDES.get(flow.script) or SCRIPTS[flow.script][flow.version]
            walker = _Walker(script, campaign, flow, check, overhear, phase=phase)
            walker.walk(_Place({}, at, left=unusual, came_from="start"))
    return Report(campaign.id, unusual, flows)


@dataclass(frozen=True)
class _Place:
    """Where a path stands: what is recorded, when, how many unusual answers are left, how it came here."""

    record: Record
    at: datetime
    left: int
    came_from: str
    by: str = ""
    says: tuple[Say, ...] = ()
    taken: frozenset[tuple[str, str]] = frozenset()


@dataclass
class _Walker:
    script: Script
    campaign: Campaign
    flow: Flow
    check: Check
    overhear: Overhear
    phase: str = field(kw_only=True)
    looked_at: set[tuple[Any, ...]] = field(default_factory=set, kw_only=True)

    def walk(self, place: _Place) -> None:
        """Depth first from here to every end."""
        try:
            turn = replay(self.script, Desk(self.campaign, "line"), place.record, place.at)
        except BrokenScript as broken:
            self._wrong(f"after {place.came_from} ({place.by}): {broken}")
            return
        self.flow.turns += 1
        place = replace(place, record=turn.record, says=(*place.says, *turn.say))
        self._draw(place, turn)
        if turn.lookup:
            self._find_out(place, turn.lookup)
        elif turn.outcome:
            self._look(place, turn)
            self._end(turn.outcome)
        elif turn.asking:
            self._look(place, turn)
            self._answer(place, turn.asking)

    def _find_out(self, place: _Place, lookup: Lookup) -> None:
        for rank, (name, result) in enumerate(findings(lookup).items()):
            if rank and not place.left:
                break
            record = {**place.record, lookup.record_key: {"d": lookup.digest, "v": result}}
            left = place.left - bool(rank)
            self.walk(replace(place, record=record, left=left, came_from=_node(lookup), by=name))

    def _answer(self, place: _Place, question: Question) -> None:
        earlier = place.record.get(question.key)
        if earlier and counts(question, earlier):
            self._wrong(f"{question.key} is asked although it was answered")
            return
        untaken = (each for each in samples(question, self.campaign) if (question.key, each.name) not in place.taken)
        for rank, sample in enumerate(islice(untaken, None if place.left else 1)):
            # An answer that is revised leads back here: the second time another one has to lead on.
            revises = rank > 0
            taken = place.taken | {(question.key, sample.name)} if revises else place.taken
            self._go_on(replace(place, left=place.left - bool(rank), taken=taken), question, sample)

    def _go_on(self, place: _Place, question: Question, sample: Sample) -> None:
        at = self.campaign.dates.apply_end if sample.late and place.at < self.campaign.dates.apply_end else place.at
        stored = question.read(sample.said, today=at.date(), words=words("ja"))
        record = {**place.record, question.key: entry_for(question, stored, at)}
        self.walk(replace(place, record=record, at=at, says=(), came_from=_node(question), by=sample.name))

    def _end(self, outcome: Outcome) -> None:
        self.flow.paths += 1
        self.flow.outcomes.setdefault(_outcome(outcome), Counter())[self.phase] += 1

    def _wrong(self, problem: str) -> None:
        self.flow.problems[f"{self.phase}: {problem}"] = None

    def _draw(self, place: _Place, turn: Turn) -> None:
        step = turn.asking or turn.lookup
        here = _node(step) if step else _outcome(turn.outcome)
        self.flow.edges.setdefault((place.came_from, here), {})[place.by] = None

    def _look(self, place: _Place, turn: Turn) -> None:
        """All that is said here, in every language on every channel; the same is looked at once."""
        asking = turn.asking
        asked = (asking.key, asking.about, len(turn.path), bool(place.taken)) if asking else ()
        seen = (*(say.record_key + say.digest for say in place.says), asked)
        if seen in self.looked_at:
            return
        self.looked_at.add(seen)
        for language in languages():
            for channel in CHANNELS:
                self._look_closely(place, turn, channel=channel, language=language)

    def _look_closely(self, place: _Place, turn: Turn, *, channel: str, language: str) -> None:
        said = Inbound("", Address(channel, ""), place.at, "text", RUBBISH)
        before_that = Pending(asked_at=place.at) if turn.path else Pending()
        state = State("explored", 999, language, dict(turn.record), before_that)
        answered = turn.path[-1].question.key if turn.path else ""
        before = Reaction(state=state, said=said, manner="answered", answered=answered, says=place.says)
        reactions = [with_turn(before, replace(turn, say=[]))]
        if turn.asking:
            reactions += _beside(reactions[0], turn, turn.asking)
        for reaction in reactions:
            try:
                spoken = phrase(reaction, self.campaign, link=LINKS.get(channel, LONGEST_LINK))
            except LookupError as missing:
                self._wrong(f"{language}: no text or fact {missing}")
                continue
            self.flow.texts += len(spoken)
            self.overhear(channel, language, spoken)
            for outbound in spoken:
                for problem in self.check(channel, outbound):
                    self._wrong(f"{language}, {channel}: {problem}: {outbound.text[:40]}")


def _beside(shown: Reaction, turn: Turn, question: Question) -> list[Reaction]:
    """What else may be said while this question waits: why rubbish is none, and the list of answers to change."""
    alone = replace(shown, says=(), link_too=False)
    if isinstance(question, CheckAnswers):
        return [offer_change(alone, turn)]
    try:
        question.read(RUBBISH, today=shown.said.at.date(), words=words(shown.state.language))
    except Unreadable as unread:
        can_show = isinstance(question, InquiryNumber) and shown.said.address.channel == "line"
        photo = [offer_number(alone, RUBBISH, turn)] if can_show else []
        return photo if shown.link_only else [*photo, not_understood(alone, unread, turn)]
    return []


def _node(step: Question | Lookup) -> str:
    return step.wording if isinstance(step, Question) else f"look up: {step.name}"


def _outcome(outcome: Outcome | None) -> str:
    match outcome:
        case Explained(key):
            return f"told: {key}"
        case HandedOver(reason):
            return f"to staff: {reason}"
        case Submitted() if outcome.refund:
            return "submitted: refund"
        case _:
            return "submitted"
