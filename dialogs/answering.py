"""An answer to what the script asks: read, taken back, changed; and the buttons of questions that are past."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dialogs.engine import Turn, entry_for, go_on
from dialogs.message import Inbound
from dialogs.personal import Code
from dialogs.questions import CHANGE, CheckAnswers, PickOne, Question, typed_place
from dialogs.reaction import CONFIRMED_ASIDES, PRIVATE_DOORS, TRIES, Pending, Reaction, Setting
from dialogs.reading import Unreadable
from dialogs.reading.commands import is_greeting
from dialogs.reading.text import bare, tidy
from dialogs.steps import Say
from dialogs.walking import (
    AS_BEFORE,
    ASKED_AT_REST,
    advance,
    after_the_end,
    as_before,
    ask_aside,
    asks_for_words,
    at_rest,
    changeable,
    show,
    with_turn,
)
from dialogs.words import JST, Words

MAX_TRIES = 3
REDELIVERED_WITHIN = timedelta(hours=1)
AWAY = timedelta(hours=12)


def answer(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    """Take what was said as the answer to what waits, or as the button that it is."""
    state, said = reaction.state, reaction.said
    if said.text.startswith(f"{CHANGE}:"):
        return change(reaction, said.text.removeprefix(f"{CHANGE}:"), now, setting)
    if said.ask_id and said.ask_id != state.pending.ask_id:
        return _old_button(reaction, now, setting)
    return _answer_asked(reaction, now, setting)


def _answer_asked(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    if now.asking is None:
        return after_the_end(reaction)
    if now.asking.private and reaction.said.address.channel not in PRIVATE_DOORS:
        return show(reaction.then(Say("private_not_here"), manner="private"), now)
    return give(reaction, now.asking, now, setting)


def give(reaction: Reaction, question: Question, now: Turn, setting: Setting) -> Reaction:
    """Read the answer to a question of the path, keep it and walk on."""
    said, state = reaction.said, reaction.state
    try:
        stored = _stored(reaction, question, reaction.spoken)
        question.value(stored)
    except Unreadable as unread:
        return not_understood(reaction, unread, now)
    if isinstance(question, CheckAnswers) and stored == CHANGE:
        return offer_change(reaction, now)
    entry = entry_for(question, stored, said.at)
    entry["ask"] = state.pending.ask_id
    reaction = replace(reaction, manner="answered", answered=question.key)
    if question is now.asking:
        return with_turn(reaction, go_on(now, entry, setting.script, setting.desk, acted_at=said.at))
    answered = replace(state, record={**state.record, question.key: entry})
    return advance(replace(reaction, state=answered), setting)


def _stored(reaction: Reaction, question: Question, spoken: Words) -> Any:
    said = reaction.said
    kept = as_before(question, reaction.state.record, spoken)
    if kept:
        # Offered after the question's own choices, and numbered on from them where there are no buttons.
        place = len(question.choices(spoken)) + 1
        if typed_place(said.text) == place or bare(tidy(said.text)) in (AS_BEFORE, bare(tidy(kept[0].label))):
            return reaction.state.record[question.key]["v"]
    if isinstance(question, PickOne) and asks_for_words(question, said):
        return question.read_in_words(said.text, spoken)
    return question.read(said.text, today=said.at.astimezone(JST).date(), words=spoken)


def not_understood(reaction: Reaction, unread: Unreadable, now: Turn) -> Reaction:
    """Say why and ask once more; after the third time a person is offered. A greeting is only asked again.

    Whoever comes back after long is welcomed, whatever word they found to begin with.
    """
    pending = reaction.state.pending
    if reaction.said.kind == "text" and is_greeting(reaction.said.text):
        return show(replace(reaction, manner="greeted"), now)
    tries = pending.tries + 1
    if tries == 1 and _was_away(reaction):
        state = replace(reaction.state, pending=replace(pending, tries=tries))
        return show(reaction.then(Say("welcome_back"), state=state, manner="returned"), now)
    reaction = reaction.then(Say(f"why.{unread.reason}", unread.facts), manner="invalid", answered=pending.key)
    if tries >= MAX_TRIES:
        return ask_aside(reaction, "person", now=now, about=TRIES)
    state = replace(reaction.state, pending=replace(pending, tries=tries))
    return show(replace(reaction, state=state), now)


def _was_away(reaction: Reaction) -> bool:
    """Whether so long has passed in a chat that its question may well be forgotten."""
    said, asked_at = reaction.said, reaction.state.pending.asked_at
    by_text = said.kind == "text" and said.address.channel not in PRIVATE_DOORS
    return by_text and asked_at is not None and said.at - asked_at > AWAY


def is_late(pending: Pending, said: Inbound) -> bool:
    """Typed before the question was asked (by its own time), so it cannot be its answer; a button names its own.

    A redelivery comes within the hour. What seems earlier by more was said after a clock was set back.
    """
    if said.kind != "text" or said.ask_id or not pending.asked_at or pending.channel != said.address.channel:
        return False
    return timedelta(0) < pending.asked_at - said.at < REDELIVERED_WITHIN


def _old_button(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    said = reaction.said
    reaction = replace(reaction, manner="old_button")
    conversation, _, rest = said.ask_id.partition(".")
    key = rest.partition(".")[2]
    if conversation != reaction.state.id:
        return show(reaction, now)
    if key.startswith("aside."):
        name = key.removeprefix("aside.")
        again = name in (CONFIRMED_ASIDES if now.asking else ASKED_AT_REST) and said.text == "yes"
        return ask_aside(reaction, name, now=now) if again else show(reaction, now)
    if reaction.state.outcome == "submitted":
        return show(reaction, now)
    return _earlier_answer(reaction, key, now, setting)


def _earlier_answer(reaction: Reaction, key: str, now: Turn, setting: Setting) -> Reaction:
    """The same once more is nothing new; another one may be meant as a change, and is asked back."""
    said = reaction.said
    given = {answered.question.key: answered for answered in now.path}.get(key)
    meant = _read_again(reaction, given.question) if given else None
    if given and meant == given.stored:
        repeated = replace(reaction, manner="repeated")
        return show(repeated, now) if said.address.channel in PRIVATE_DOORS else repeated
    if now.asking and _answers_alike(key, now.asking):
        return _answer_asked(reaction, now, setting)
    if given is None or isinstance(given.question, CheckAnswers | Code):
        # What was shown to be checked then may not be what would be sent off now.
        return offer_change(reaction, now) if said.text == CHANGE else show(reaction, now)
    if said.address.channel in PRIVATE_DOORS:
        return _older_page(reaction, given.question, now, setting)
    if meant is None or (given.question.private and said.address.channel not in PRIVATE_DOORS):
        return show(reaction, now)
    return ask_aside(reaction, "switch", now=now, about=f"{key}={said.text}")


def _older_page(reaction: Reaction, question: Question, now: Turn, setting: Setting) -> Reaction:
    """A page of before, reached by the browser's own way back, asks its question again; its mistakes are told there."""
    try:
        _stored(reaction, question, reaction.spoken)
    except Unreadable as unread:
        why = Say(f"why.{unread.reason}", unread.facts)
        return reaction.then(why, manner="invalid", answered=question.key, asking=question, path=tuple(now.path))
    return give(reaction, question, now, setting)


def _answers_alike(key: str, asking: Question) -> bool:
    """Whether an earlier button of a question that waits (again) means the same today.

    Not when the question is about something else by now, and never on *check your answers*.
    """
    if isinstance(asking, Code):
        return key.rpartition("/")[2].startswith("code[")
    return key == asking.key and not asking.about and not isinstance(asking, CheckAnswers)


def _read_again(reaction: Reaction, question: Question) -> Any:
    """What an earlier button would be stored as; None when its value is none that this question's buttons carry."""
    value, spoken = reaction.said.text, reaction.spoken
    try:
        stored = _stored(reaction, question, spoken)
    except Unreadable:
        return None
    return stored if stored == value or value in [choice.value for choice in question.choices(spoken)] else None


def offer_change(reaction: Reaction, now: Turn) -> Reaction:
    """The list of answers that can be taken back."""
    if reaction.state.outcome == "submitted":
        return already_submitted(reaction)
    if not changeable(now):
        return show(reaction.then(Say("nothing_before")), now)
    return ask_aside(reaction, "change", now=now)


def change(reaction: Reaction, key: str, now: Turn, setting: Setting) -> Reaction:
    """Take one answer back; everything else stays, and what no longer applies is simply not walked by."""
    if reaction.state.outcome == "submitted":
        return already_submitted(reaction)
    if key not in [answered.question.key for answered in changeable(now)]:
        return show(replace(reaction, manner="old_button"), now)
    record = {**reaction.state.record, key: {**reaction.state.record[key], "old": True}}
    state = replace(reaction.state, record=record, outcome="")
    return advance(replace(reaction, state=state, manner="changed", answered=key), setting)


def already_submitted(reaction: Reaction) -> Reaction:
    """What is sent off stays as it is; how it stands is told beside it."""
    return replace(at_rest(reaction).then(Say("already_submitted")), tell_status=True)
