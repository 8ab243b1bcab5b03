"""Walking a conversation on: from a record to what is said and asked next, and the counter's own questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dialogs.engine import Answered, Record, Turn, counts, replay
from dialogs.message import Choice, Inbound
from dialogs.questions import CHANGE, Question
from dialogs.reaction import PRIVATE_DOORS, QUEUE, TOLD, Menu, Pending, Reaction, Setting
from dialogs.reading import Unreadable
from dialogs.steps import HandedOver, Outcome, Say, Submitted
from dialogs.words import Words

AS_BEFORE = "as_before"
GROUP = "group"
OWN_GROUPS = ("lodging", "transfer")
TROUBLE = "trouble"
MOST_CHANGES = 9  # more of them would scroll away from a thumb
ASKED_AT_REST = ("person", "restart")  # of the counter's own questions: there is no answer then to go back to
VERDICTS = ("good", "fair", "poor")  # of the one question after a talk with staff
RUN = timedelta(hours=12)
TIMELESS = ("sms",)  # the channels whose provider does not tell when a message was written


def advance(reaction: Reaction, setting: Setting) -> Reaction:
    """Walk on after something changed in the record."""
    return with_turn(reaction, replay(setting.script, setting.desk, reaction.state.record, reaction.said.at))


def with_turn(reaction: Reaction, turn: Turn) -> Reaction:
    reaction = reaction.then(*turn.say, state=replace(reaction.state, record=turn.record))
    if turn.lookup:
        return replace(reaction, lookup=turn.lookup)
    if turn.outcome:
        return _finish(reaction, turn)
    return show(reaction, turn)


def _finish(reaction: Reaction, turn: Turn) -> Reaction:
    outcome = turn.outcome
    assert outcome is not None  # noqa: S101 - with_turn() comes here with one
    owner = QUEUE if isinstance(outcome, HandedOver) else reaction.state.owner
    ended = "submitted" if isinstance(outcome, Submitted) else "handed" if isinstance(outcome, HandedOver) else TOLD
    record = _to_be_asked_again(turn, outcome)
    state = replace(reaction.state, record=record, pending=Pending(), owner=owner, outcome=ended)
    if not reaction.says and ended == "told" and state.beside is None:
        reaction = reaction.then(Say("after_the_end"))  # all of it was said before: silence would look like a fault
    to_staff = outcome.reason if isinstance(outcome, HandedOver) else ""
    return replace(reaction, state=state, outcome=outcome, asking=None, path=tuple(turn.path), to_staff=to_staff)


def _to_be_asked_again(turn: Turn, outcome: Outcome) -> Record:
    """Answers are taken back, not thrown away; what was looked up is forgotten, and what was said may be said again."""
    again = () if isinstance(outcome, Submitted) else tuple(key for key in outcome.again if key in turn.keys)
    since = turn.keys[min(map(turn.keys.index, again)) :] if again else []
    forgotten = {key for key in since if key.startswith("!") or (key in again and key.startswith("?"))}
    kept = {key: entry for key, entry in turn.record.items() if key not in forgotten}
    return kept | {key: {**kept[key], "old": True} for key in again if key in kept}


def show_again(reaction: Reaction, turn: Turn) -> Reaction:
    """What waits once more, be it a question of the counter's own."""
    menu = asked_now(reaction.state.pending, turn, reaction.spoken)
    if isinstance(menu, Menu):
        return replace(reaction, asking=menu, path=tuple(turn.path))
    return show(reaction, turn)


def asked_now(pending: Pending, turn: Turn, spoken: Words) -> Question | None:
    """The question that the person sees last: the counter's own, or the script's."""
    return menu_of(pending.aside, pending.about, turn, spoken) if pending.aside else turn.asking


def show(reaction: Reaction, turn: Turn) -> Reaction:
    """Ask what waits; the same question keeps its ask-id, so that its older buttons stay good."""
    question, pending = turn.asking, reaction.state.pending
    if question is None:
        return after_the_end(reaction)
    if pending.key != question.key or pending.aside or reaction.manner in ("answered", "changed"):
        pending = _new_pending(reaction, question.key)
    link_only = question.private and reaction.said.address.channel not in PRIVATE_DOORS
    link_too = not link_only and reaction.said.address.channel == "sms" and _begins_a_run(reaction)
    state = replace(reaction.state, pending=pending, outcome="")
    path = tuple(turn.path)
    return replace(reaction, state=state, asking=question, path=path, link_only=link_only, link_too=link_too)


def _begins_a_run(reaction: Reaction) -> bool:
    """Whether the way to our page is named: with the first of questions that follow on each other, and when asked for.

    In Japan a reply by SMS may not be possible at all; with every question the link would cost a part of its own.
    """
    asked_at = reaction.state.pending.asked_at
    return reaction.manner == "link" or asked_at is None or reaction.said.at - asked_at > RUN


def _new_pending(reaction: Reaction, key: str) -> Pending:
    state = reaction.state
    ask_id = f"{state.id}.{state.turn + 1}.{key}"
    return Pending(ask_id=ask_id, key=key, asked_at=reaction.said.at, channel=reaction.said.address.channel)


def after_the_end(reaction: Reaction) -> Reaction:
    reaction = at_rest(reaction)
    if reaction.state.outcome == "submitted":
        return replace(reaction, tell_status=True, manner=reaction.manner or "status")
    return reaction.then(Say("after_the_end"), manner=reaction.manner or "after_the_end")


def at_rest(reaction: Reaction) -> Reaction:
    """Nothing is asked any more, nor a question of the counter's own that was left unanswered."""
    return replace(reaction, state=replace(reaction.state, pending=Pending()), asking=None)


def ask_aside(reaction: Reaction, name: str, *, now: Turn, about: str = "") -> Reaction:
    key = now.asking.key if now.asking else ""
    pending = replace(_new_pending(reaction, f"aside.{name}"), key=key, aside=name, about=about)
    menu = menu_of(name, about, now, reaction.spoken)
    return replace(reaction, state=replace(reaction.state, pending=pending), asking=menu, path=tuple(now.path))


def menu_of(name: str, about: str, now: Turn, spoken: Words) -> Menu:
    facts: dict[str, Any] = {}
    said_as = f"aside.at_rest.{name}" if now.asking is None and name in ASKED_AT_REST else f"aside.{name}"
    if name == "change":
        entries = _changes_on_offer(about, now, spoken)
    else:
        options = VERDICTS if name == "survey" else ("yes", "no")
        entries = tuple(Choice(option, spoken.say(f"option.{said_as}.{option}")) for option in options)
    if name == "photo":
        facts = {"number": about}
    if name == "switch":
        key, _, value = about.partition("=")
        question = next((answer.question for answer in now.path if answer.question.key == key), None)
        if question:
            facts = {"label": label_of(question, spoken), "value": _shown(question, value, spoken)}
    return Menu(key=f"aside.{name}", said_as=said_as, entries=entries, facts=facts)


def changes(now: Turn, spoken: Words, group: str = "") -> tuple[Choice, ...]:
    """Every answer that can be changed, by its name; of one group if it is named."""
    return tuple(
        Choice(f"{CHANGE}:{answer.question.key}", label_of(answer.question, spoken))
        for answer in changeable(now)
        if group in ("", group_of(answer.question))
    )


def _changes_on_offer(group: str, now: Turn, spoken: Words) -> tuple[Choice, ...]:
    """The answers to change; where these are too many to tap, first the groups that they fall into."""
    entries = changes(now, spoken, group)
    if group or len(entries) <= MOST_CHANGES:
        return entries
    groups = dict.fromkeys(group_of(answer.question) for answer in changeable(now))
    return tuple(Choice(f"{GROUP}:{name}", _group_label(name, spoken)) for name in groups)


def group_of(question: Question) -> str:
    """Which group of answers a question belongs to: "personal", one of OWN_GROUPS, a coupon ("coupon[2]"), TROUBLE,
    "first"."""
    if question.key.startswith(f"{TROUBLE}."):
        return TROUBLE
    if question.private:
        head = question.key.partition(".")[0]
        return head if head in OWN_GROUPS else "personal"
    head, bracket, _ = question.key.partition("]")
    return f"{head}]" if bracket else "first"


def _group_label(group: str, spoken: Words) -> str:
    name, _, number = group.rstrip("]").partition("[")
    return spoken.say(f"label.group.{name}", n=number)


def _shown(question: Question, value: str, spoken: Words) -> str:
    labels = {choice.value: choice.label for choice in question.choices(spoken)}
    return labels.get(value) or question.show(value, spoken)


def label_of(question: Question, spoken: Words) -> str:
    """The short name of a question, as it stands on *check your answers*."""
    return spoken.say(f"label.{question.wording}", **{"n": "", **question.facts})


def changeable(now: Turn) -> list[Answered]:
    return [answer for answer in now.path if answer.question.shown]


def asks_for_words(question: Question, said: Inbound) -> bool:
    """Whether it is asked, and answered, by its words alone: a late number may be meant for another question."""
    return question.in_words and said.address.channel in TIMELESS


def as_before(question: Question, record: Record, spoken: Words) -> tuple[Choice, ...]:
    """An answer taken back, or given to an earlier wording, offered again where it cannot be tapped already."""
    entry = record.get(question.key)
    if not entry or counts(question, entry) or question.private or entry["a"] != question.about:
        return ()
    stored = entry["v"]
    if stored in [choice.value for choice in question.choices(spoken)] or not _fits(question, stored):
        return ()
    return (Choice(AS_BEFORE, f"{spoken.say('button.keep')} {question.show(stored, spoken)}"),)


def _fits(question: Question, stored: Any) -> bool:
    try:
        question.value(stored)
    except (Unreadable, TypeError, ValueError):
        return False
    return True
