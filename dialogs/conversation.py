"""hear(): what one thing that a person did makes of a conversation. Pure: the host loads, calls and commits.

A Reaction that carries a lookup is not finished: the host finds the answer out and calls learn() with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dialogs.engine import Turn, entry_for, replay
from dialogs.message import Inbound
from dialogs.questions import CHANGE, CheckAnswers, Question
from dialogs.reaction import BOT, PRIVATE_DOORS, QUEUE, Pending, Reaction, Setting, State
from dialogs.reading import Unreadable
from dialogs.reading.choices import read_choice
from dialogs.reading.commands import read_command
from dialogs.steps import Say
from dialogs.walking import advance, after_the_end, as_before, ask_aside, changeable, menu_of, show, with_turn
from dialogs.words import JST, words

MAX_TRIES = 3
REDELIVERED_WITHIN = timedelta(hours=1)


def hear(state: State, said: Inbound, setting: Setting) -> Reaction:
    """Take one event into a conversation. Raises BrokenScript when the script cannot be walked."""
    reaction = Reaction(state=state, said=said)
    if said.kind in ("unknown", "unsend"):
        return replace(reaction, manner="kept", heard=True)
    if said.kind == "unfollow":
        return replace(reaction, state=replace(state, blocked=True), manner="blocked", heard=True)
    if state.blocked:
        reaction = replace(reaction, state=replace(state, blocked=False))
    if state.owner != BOT:
        return _while_owned(reaction, setting)
    now = replay(setting.script, setting.desk, state.record, said.at)
    if now.lookup:
        return with_turn(reaction, now)
    return _take(reaction, now, setting)


def learn(reaction: Reaction, result: dict[str, Any], setting: Setting) -> Reaction:
    """Go on with what a lookup found; the result is recorded with the lookup's arguments."""
    lookup = reaction.lookup
    assert lookup is not None  # noqa: S101 - the host calls this only for a reaction that carries one
    record = {**reaction.state.record, lookup.record_key: {"d": lookup.digest, "v": result}}
    reaction = replace(reaction, state=replace(reaction.state, record=record), lookup=None)
    if reaction.heard:
        return advance(reaction, setting)
    now = replay(setting.script, setting.desk, record, reaction.said.at)
    return with_turn(reaction, now) if now.lookup else _take(reaction, now, setting)


def _take(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    state, said = reaction.state, reaction.said
    reaction = replace(reaction, state=replace(state, record=now.record), says=(*reaction.says, *now.say), heard=True)
    if not state.pending.ask_id and not state.outcome:
        return show(replace(reaction, manner="greeted"), now)
    if said.kind == "follow":
        return show(reaction.then(Say("welcome_back"), manner="returned"), now)
    if said.kind in ("sticker", "image", "file"):
        return show(reaction.then(Say(f"cannot_read.{said.kind}"), manner="unreadable"), now)
    command = read_command(said.text) if said.kind == "text" else None
    if command and not _is_label(said.text, state, now):
        return _command(reaction, command, now, setting)
    if state.pending.aside:
        settled = _aside(reaction, now, setting)
        if settled:
            return settled
    return _answer(reaction, now, setting)


def _is_label(text: str, state: State, now: Turn) -> bool:
    """Whether the text is, to the letter, one of the answers on offer; then it is that answer and no command."""
    spoken = words(state.language)
    pending = state.pending
    asking = menu_of(pending.aside, pending.about, now, spoken) if pending.aside else now.asking
    return asking is not None and text.strip() in {choice.label for choice in asking.choices(spoken)}


def _answer(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    state, said = reaction.state, reaction.said
    if said.text.startswith(f"{CHANGE}:"):
        return _change(reaction, said.text.removeprefix(f"{CHANGE}:"), now, setting)
    if said.ask_id and said.ask_id != state.pending.ask_id:
        return _old_button(reaction, now)
    if now.asking is None:
        return after_the_end(reaction)
    if _too_late(state.pending, said):
        return show(replace(reaction, manner="late"), now)
    if now.asking.private and said.address.channel not in PRIVATE_DOORS:
        return show(reaction.then(Say("private_not_here"), manner="private"), now)
    return _read(reaction, now.asking, now, setting)


def _read(reaction: Reaction, question: Question, now: Turn, setting: Setting) -> Reaction:
    said, state = reaction.said, reaction.state
    spoken = words(state.language)
    kept = as_before(question, state.record, spoken)
    try:
        if kept and said.text.strip() in (kept[0].value, kept[0].label):
            stored = state.record[question.key]["v"]
        else:
            stored = question.read(said.text, today=said.at.astimezone(JST).date(), words=spoken)
        question.value(stored)
    except Unreadable as unread:
        return _not_understood(reaction, unread, now)
    if isinstance(question, CheckAnswers) and stored == CHANGE:
        return _offer_change(reaction, now)
    entry = entry_for(question, stored, said.at)
    entry["ask"] = state.pending.ask_id
    answered = replace(state, record={**state.record, question.key: entry})
    return advance(replace(reaction, state=answered, manner="answered", answered=question.key), setting)


def _not_understood(reaction: Reaction, unread: Unreadable, now: Turn) -> Reaction:
    pending = reaction.state.pending
    tries = pending.tries + 1
    reaction = reaction.then(Say(f"why.{unread.reason}", unread.facts), manner="invalid", answered=pending.key)
    if tries >= MAX_TRIES:
        return ask_aside(reaction, "person", now=now)
    state = replace(reaction.state, pending=replace(pending, tries=tries))
    return show(replace(reaction, state=state), now)


def _too_late(pending: Pending, said: Inbound) -> bool:
    """Typed before the question was asked (by its own time), so it cannot be its answer; a button names its own.

    A redelivery comes within the hour. What seems earlier by more was said after a clock was set back.
    """
    if said.kind != "text" or said.ask_id or not pending.asked_at or pending.channel != said.address.channel:
        return False
    return timedelta(0) < pending.asked_at - said.at < REDELIVERED_WITHIN


def _old_button(reaction: Reaction, now: Turn) -> Reaction:
    said = reaction.said
    conversation, _, rest = said.ask_id.partition(".")
    key = rest.partition(".")[2]
    if reaction.state.outcome == "submitted":
        return replace(reaction, tell_status=True, manner="old_button")
    given = {answer.question.key: answer for answer in now.path}.get(key)
    if conversation != reaction.state.id or given is None:
        return show(replace(reaction, manner="old_button"), now)
    if given.stored == said.text:
        return replace(reaction, manner="repeated")
    return ask_aside(replace(reaction, manner="old_button"), "switch", now=now, about=f"{key}={said.text}")


def _aside(reaction: Reaction, now: Turn, setting: Setting) -> Reaction | None:
    """Take the answer to the counter's own question; None when it is not one, so that the script's may be tried."""
    pending, said = reaction.state.pending, reaction.said
    menu = menu_of(pending.aside, pending.about, now, words(reaction.state.language))
    entries = [(choice.value, choice.label) for choice in menu.entries]
    if said.ask_id and said.ask_id != pending.ask_id:
        return None
    try:
        picked = read_choice(said.text, entries, {})
    except Unreadable:
        return None
    if picked.startswith(f"{CHANGE}:"):
        return _change(reaction, picked.removeprefix(f"{CHANGE}:"), now, setting)
    if picked == "no":
        return show(replace(reaction, manner="went_on"), now)
    return _ASIDES[pending.aside](reaction, now, setting)


def _stop(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    state = replace(reaction.state, pending=Pending(), outcome="stopped")
    return reaction.then(Say("stopped"), state=state, manner="stopped", asking=None)


def _restart(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    fresh = replace(reaction.state, record={}, pending=Pending(), outcome="")
    return advance(replace(reaction, state=fresh, manner="restarted"), setting)


def _to_person(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    state = replace(reaction.state, owner=QUEUE)
    return reaction.then(Say("to_person"), state=state, manner="person", asking=None)


def _switch(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    key, _, value = reaction.state.pending.about.partition("=")
    question = next((answer.question for answer in now.path if answer.question.key == key), None)
    if question is None:
        return show(reaction, now)
    reaction = replace(reaction, said=replace(reaction.said, text=value))
    return replace(_read(reaction, question, now, setting), manner="changed")


_ASIDES: dict[str, Callable[[Reaction, Turn, Setting], Reaction]] = {
    "stop": _stop,
    "restart": _restart,
    "person": _to_person,
    "switch": _switch,
}


# --- words that always work ----------------------------------------------------------------------------------------


def _command(reaction: Reaction, command: str, now: Turn, setting: Setting) -> Reaction:
    name, _, language = command.partition(":")
    reaction = replace(reaction, manner=name)
    match name:
        case "help":
            return show(reaction.then(Say("help")), now)
        case "status":
            told = replace(reaction, tell_status=True)
            return told if now.asking is None else show(told, now)
        case "language":
            state = replace(reaction.state, language=language)
            return show(replace(reaction, state=state).then(Say("language_changed")), now)
        case "back":
            return _back(reaction, now, setting)
        case "change":
            return _offer_change(reaction, now)
        case _:
            return ask_aside(reaction, name, now=now)


def _back(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    earlier = changeable(now)
    if reaction.state.outcome == "submitted" or not earlier:
        return show(reaction.then(Say("nothing_before")), now)
    return _change(reaction, earlier[-1].question.key, now, setting)


def _offer_change(reaction: Reaction, now: Turn) -> Reaction:
    if reaction.state.outcome == "submitted":
        return replace(reaction.then(Say("already_submitted")), tell_status=True)
    if not changeable(now):
        return show(reaction.then(Say("nothing_before")), now)
    return ask_aside(reaction, "change", now=now)


def _change(reaction: Reaction, key: str, now: Turn, setting: Setting) -> Reaction:
    """Take one answer back; everything else stays, and what no longer applies is simply not walked by."""
    if reaction.state.outcome == "submitted":
        return replace(reaction.then(Say("already_submitted")), tell_status=True)
    if key not in [answer.question.key for answer in changeable(now)]:
        return show(replace(reaction, manner="old_button"), now)
    record = {**reaction.state.record, key: {**reaction.state.record[key], "old": True}}
    state = replace(reaction.state, record=record, outcome="")
    return advance(replace(reaction, state=state, manner="changed", answered=key), setting)


# --- while a person of the staff has the conversation --------------------------------------------------------------


def _while_owned(reaction: Reaction, setting: Setting) -> Reaction:
    """Silent, so as never to speak over a person; only the way back to the bot is heard."""
    reaction = replace(reaction, heard=True)
    if reaction.said.text.strip() not in ("ボットに戻る", "ボットにもどる", "bot"):
        return replace(reaction, manner="owned")
    state = replace(reaction.state, owner=BOT, pending=Pending())
    reaction = replace(reaction.then(Say("back_to_bot")), state=state, manner="back_to_bot")
    return advance(reaction, setting)
