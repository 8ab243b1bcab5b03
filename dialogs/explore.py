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
from typing import Any

from dialogs.answering import not_understood, offer_change
from dialogs.coupon_questions import InquiryNumber
from dialogs.engine import BrokenScript, Desk, Record, Script, Turn, as_of_now, counts, entry_for, go_on, replay
from dialogs.flows import Flow, Report
from dialogs.message import TALKED_BY, Address, Inbound, Outbound
from dialogs.photos import offer_number
from dialogs.phrasing import phrase
from dialogs.questions import CheckAnswers, Question
from dialogs.reaction import PRIVATE_DOORS, Pending, Reaction, State
from dialogs.reading import Unreadable
from dialogs.reading.prefectures import PREFECTURES
from dialogs.rules.campaign import Campaign
from dialogs.samples import Sample, findings, phases, samples
from dialogs.scripts import SCRIPTS, SIDES
from dialogs.steps import Lookup, Outcome, Say, digest_of, outcome_name
from dialogs.walking import asks_for_words, with_turn
from dialogs.words import languages, words

UNUSUAL = 2
LINKS = {"sms": "https://counter.example.jp/c/" + "X" * 12}
LONGEST_LINK = "https://counter.example.jp/continue/" + "x" * 32
RUBBISH = "？！"
FULLY_WALKED = "applications"

Check = Callable[[str, Outbound], list[str]]
Overhear = Callable[[str, str, tuple[Outbound, ...]], None]
Step = Callable[..., Turn]
Watch = Callable[[Step], Step]


def explore(
    campaign: Campaign,
    *,
    check: Check = lambda _channel, _outbound: [],
    overhear: Overhear = lambda _channel, _language, _said: None,
    watch: Watch = lambda step: step,
    unusual: int = UNUSUAL,
) -> Report:
    """Walk the newest version of every script in every phase; check(channel, outbound) tells what does not fit.

    overhear(channel, language, said) is given all that is said at one go; watch wraps each step of the engine.
    """
    instants = phases(campaign)
    flows = (
        *(Flow(name, max(versions), tuple(instants)) for name, versions in SCRIPTS.items()),
        *(Flow(name, 1, tuple(instants)) for name in SIDES),
    )
    for flow in flows:
        for phase, at in instants.items():
            desk = _WatchedDesk(campaign, TALKED_BY[0], elsewhere=_elsewhere(campaign))
            trip = _Trip(desk, phase, TALKED_BY, check, overhear, watch)
            # What runs beside is as good as the same in every phase: one of them is walked as far as the main script.
            left = unusual if flow.script in SCRIPTS or phase == FULLY_WALKED else min(unusual, 1)
            _explore(flow, trip, _Place({}, at, left=left, came_from="start"))
    lacking = {language: words(language).missing() for language in languages()}
    return Report(campaign.id, unusual, flows, lacking=lacking)


def _explore(flow: Flow, trip: _Trip, start: _Place) -> None:
    """Walk it once for all channels; once for each where the script asks by which door somebody came."""
    script = SIDES.get(flow.script) or SCRIPTS[flow.script][flow.version]
    alike = Flow(flow.script, flow.version, flow.phases)
    _Walker(script, alike, trip).walk(start)
    if not trip.desk.asked:
        flow.take(alike)
        return
    for channel in TALKED_BY:
        own = replace(trip, desk=replace(trip.desk, channel=channel), channels=(channel,))
        _Walker(script, flow, own).walk(start)


@dataclass(frozen=True)
class _WatchedDesk(Desk):
    """A desk that remembers whether it was asked by which door somebody came."""

    asked: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        if name == "channel":
            object.__getattribute__(self, "asked").append(name)
        return object.__getattribute__(self, name)


def _elsewhere(campaign: Campaign) -> dict[str, str]:
    """Another campaign of the same counter, so that the way to it is walked too."""
    others = [prefecture.code for prefecture in PREFECTURES if not campaign.covers(prefecture.code)]
    return {others[-1]: "another"}


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
    found: frozenset[tuple[str, str, str]] = frozenset()

    def finds_again(self, lookup: Lookup, name: str) -> bool:
        """Whether a try before ended so, too: else what takes many tries in a row would never be seen."""
        if self.left:
            return False
        keys = {key for looked_up, key, found in self.found if (looked_up, found) == (lookup.name, name)}
        return bool(keys) and lookup.key not in keys


@dataclass(frozen=True)
class _Trip:
    """What a script is walked with: its desk, the phase, the channels that its texts are for, and who looks on."""

    desk: _WatchedDesk
    phase: str
    channels: tuple[str, ...]
    check: Check
    overhear: Overhear
    watch: Watch


@dataclass
class _Walker:
    script: Script
    flow: Flow
    trip: _Trip
    looked_at: set[tuple[Any, ...]] = field(default_factory=set, kw_only=True)

    @property
    def campaign(self) -> Campaign:
        return self.trip.desk.campaign

    def walk(self, place: _Place) -> None:
        """Depth first from here to every end."""
        self._step(place, lambda: self.trip.watch(replay)(self.script, self.trip.desk, place.record, place.at))

    def _step(self, place: _Place, step: Callable[[], Turn]) -> None:
        try:
            turn = step()
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
            self._answer(place, turn, turn.asking)

    def _find_out(self, place: _Place, lookup: Lookup) -> None:
        for rank, (name, result) in enumerate(findings(lookup).items()):
            usual = not rank or place.finds_again(lookup, name)
            if place.left or usual:
                record = {**place.record, lookup.record_key: {"d": lookup.digest, "v": result}}
                found = place.found | {(lookup.name, lookup.key, name)}
                left = place.left - (not usual)
                self.walk(replace(place, record=record, left=left, found=found, came_from=_node(lookup), by=name))

    def _answer(self, place: _Place, turn: Turn, question: Question) -> None:
        earlier = place.record.get(question.key)
        if earlier and counts(question, earlier):
            self._wrong(f"{question.key} is asked although it was answered")
            return
        answers = samples(question, self.campaign, self.trip.desk.elsewhere)
        untaken = [each for each in answers if (question.key, each.name) not in place.taken]
        ways = [(each, rank) for rank, each in enumerate(untaken) if not rank or each.fork or place.left]
        for sample, rank in ways:
            # An answer that is revised leads back here: the second time another one has to lead on.
            taken = place.taken | {(question.key, sample.name)} if rank else place.taken
            left = place.left - (rank > 0 and not sample.fork)
            self._go_on(replace(place, left=left, taken=taken), turn, sample, alone=len(ways) == 1)

    def _go_on(self, place: _Place, turn: Turn, sample: Sample, *, alone: bool) -> None:
        """A turn can be gone on from once: where it leads several ways, each is walked from the top."""
        question = turn.asking
        assert question is not None  # noqa: S101 - the caller has just looked at it
        at = self.campaign.dates.apply_end if sample.late and place.at < self.campaign.dates.apply_end else place.at
        entry = entry_for(question, question.read(sample.said, today=at.date(), words=words("ja")), at)
        record = {**(as_of_now(place.record) if sample.late else place.record), question.key: entry}
        place = replace(place, record=record, at=at, says=(), came_from=_node(question), by=sample.name)
        if alone and not sample.late:
            step = self.trip.watch(go_on)
            self._step(place, lambda: step(turn, entry, self.script, self.trip.desk, acted_at=at))
        else:
            self.walk(place)

    def _end(self, outcome: Outcome) -> None:
        self.flow.paths += 1
        self.flow.outcomes.setdefault(outcome_name(outcome), Counter())[self.trip.phase] += 1

    def _wrong(self, problem: str) -> None:
        self.flow.problems[f"{self.trip.phase}: {problem}"] = None

    def _draw(self, place: _Place, turn: Turn) -> None:
        step = turn.asking or turn.lookup
        here = _node(step) if step else outcome_name(turn.outcome) if turn.outcome else ""
        self.flow.edges.setdefault((place.came_from, here), {})[place.by] = None

    def _look(self, place: _Place, turn: Turn) -> None:
        """All that is said here, in every language on every channel; the same is looked at once."""
        said = [digest_of(say.wording or say.key, say.facts) for say in place.says]
        seen = (*said, *(_asked(turn, turn.asking) if turn.asking else ()), bool(place.taken))
        if seen in self.looked_at:
            return
        self.looked_at.add(seen)
        for language in languages():
            for channel in self.trip.channels:
                self._look_closely(place, turn, channel=channel, language=language)

    def _look_closely(self, place: _Place, turn: Turn, *, channel: str, language: str) -> None:
        said = Inbound("", Address(channel, ""), place.at, "text", RUBBISH)
        before_that = Pending(asked_at=place.at) if turn.path else Pending()
        state = State("explored", 999, language, dict(turn.record), before_that)
        answered = turn.path[-1].question.key if turn.path else ""
        before = Reaction(
            state=state, said=said, manner="answered", answered=answered, says=_told_there(channel, place, turn)
        )
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
            self.trip.overhear(channel, language, spoken)
            for outbound in spoken:
                for problem in self.trip.check(channel, outbound):
                    self._wrong(f"{language}, {channel}: {problem}: {outbound.text[:40]}")


def _told_there(channel: str, place: _Place, turn: Turn) -> tuple[Say, ...]:
    """In a chat the private part is one link: what is told behind it is told on our own page."""
    behind = turn.asking and turn.asking.private and turn.path and turn.path[-1].question.private
    return () if behind and channel not in PRIVATE_DOORS else place.says


def _asked(turn: Turn, question: Question) -> tuple[object, ...]:
    """What of a question and of the way to it is told."""
    after = turn.path[-1].question.wording if turn.path else ""
    rows = len(turn.path) if isinstance(question, CheckAnswers) else 0
    return digest_of(question.wording, question.facts), len(question.choices(words("ja"))), after, rows


def _beside(shown: Reaction, turn: Turn, question: Question) -> list[Reaction]:
    """What else may be said while this question waits: why rubbish is none, and the list of answers to change."""
    alone = replace(shown, says=(), link_too=False)
    if isinstance(question, CheckAnswers):
        return [offer_change(alone, turn)]
    if asks_for_words(question, shown.said):
        return [not_understood(alone, Unreadable("words_only"), turn)]
    try:
        question.read(RUBBISH, today=shown.said.at.date(), words=words(shown.state.language))
    except Unreadable as unread:
        can_show = isinstance(question, InquiryNumber) and shown.said.address.channel == "line"
        photo = [offer_number(alone, RUBBISH, turn)] if can_show else []
        return photo if shown.link_only else [*photo, not_understood(alone, unread, turn)]
    return []


def _node(step: Question | Lookup) -> str:
    return step.wording if isinstance(step, Question) else f"look up: {step.name}"
