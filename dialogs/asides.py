"""The counter's own questions beside the script, and the words that always work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from dialogs.answering import already_submitted, change, give, not_understood, offer_change
from dialogs.beside import begin
from dialogs.engine import Turn
from dialogs.handing import thanked, to_queue
from dialogs.questions import CHANGE
from dialogs.reaction import ASKED, PRIVATE_DOORS, Pending, Reaction, Setting
from dialogs.reading import Unreadable
from dialogs.reading.choices import read_choice, read_yes_no
from dialogs.steps import STATUS, Say
from dialogs.telling import help_at
from dialogs.walking import GROUP, advance, ask_aside, at_rest, changeable, changes, menu_of, show
from dialogs.words import JST, Words

# What somebody may say first of all; before there is an answer, nothing can be changed or stopped.
PROVEN_NUMBERS = ("sms",)  # the channels whose provider vouches for the number that somebody writes from
HEARD_AT_ONCE = ("help", "person", "status", "language")


def settle_aside(reaction: Reaction, now: Turn, setting: Setting) -> Reaction | None:
    """Take the answer to the counter's own question; None when it is not one, so that the script's may be tried."""
    pending, said, spoken = reaction.state.pending, reaction.said, reaction.spoken
    if not pending.aside or (said.ask_id and said.ask_id != pending.ask_id):
        return None
    try:
        picked = _picked(pending, said.text, now, spoken)
    except Unreadable as unread:
        if pending.aside != "change" or _is_an_answer(reaction, now, spoken):
            return None
        return _menu_again(reaction, unread, now)
    return _settle(reaction, picked, now, setting)


def _settle(reaction: Reaction, picked: str, now: Turn, setting: Setting) -> Reaction:
    if picked.startswith(f"{GROUP}:"):
        return ask_aside(reaction, "change", now=now, about=picked.removeprefix(f"{GROUP}:"))
    if picked.startswith(f"{CHANGE}:"):
        return change(reaction, picked.removeprefix(f"{CHANGE}:"), now, setting)
    if reaction.state.pending.aside == "survey":
        return thanked(reaction, picked, now)
    if picked == "no":
        return show(replace(reaction, manner="went_on"), now)
    return _ASIDES[reaction.state.pending.aside](reaction, now, setting)


def _picked(pending: Pending, text: str, now: Turn, spoken: Words) -> str:
    """One of the menu's entries; the whole name of an answer is taken also where only its group is on offer."""
    menu = [(choice.value, choice.label) for choice in menu_of(pending.aside, pending.about, now, spoken).entries]
    if pending.aside == "change":
        with suppress(Unreadable):
            return read_choice(text, [(choice.value, choice.label) for choice in changes(now, spoken)], exact=True)
        return read_choice(text, menu)
    if pending.aside == "survey":
        # Whatever else is said is no verdict on staff: it is heard as if nothing had been asked.
        return read_choice(text, menu)
    try:
        return read_choice(text, menu)
    except Unreadable:
        return "yes" if read_yes_no(text) else "no"


def _is_an_answer(reaction: Reaction, now: Turn, spoken: Words) -> bool:
    """Whether the script's own question would take it, although something else was asked in between."""
    said = reaction.said
    if now.asking is None or (now.asking.private and said.address.channel not in PRIVATE_DOORS):
        return False
    try:
        now.asking.value(now.asking.read(said.text, today=said.at.astimezone(JST).date(), words=spoken))
    except Unreadable:
        return False
    return True


def _menu_again(reaction: Reaction, unread: Unreadable, now: Turn) -> Reaction:
    tries = reaction.state.pending.tries
    reaction = not_understood(reaction, unread, now)
    if reaction.state.pending.aside == "person":
        return reaction
    reaction = ask_aside(reaction, "change", now=now, about=reaction.state.pending.about)
    state = replace(reaction.state, pending=replace(reaction.state.pending, tries=tries + 1))
    return replace(reaction, state=state)


def _stop(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    state = replace(reaction.state, pending=Pending(), outcome="stopped")
    return reaction.then(Say("stopped"), state=state, manner="stopped", asking=None)


def _restart(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    fresh = replace(reaction.state, record={}, pending=Pending(), outcome="")
    return advance(replace(reaction, state=fresh, manner="restarted"), setting)


def _to_person(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    reaction = replace(reaction, to_staff=reaction.state.pending.about or ASKED)
    return to_queue(reaction, setting.desk.campaign, Say("to_person"), manner="person")


def _switch(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    key, _, value = reaction.state.pending.about.partition("=")
    question = next((answer.question for answer in now.path if answer.question.key == key), None)
    if question is None:
        return show(reaction, now)
    reaction = replace(reaction, said=replace(reaction.said, text=value))
    return replace(give(reaction, question, now, setting), manner="changed")


def _take_number(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    """The number that a photo showed is theirs: taken as if they had typed it."""
    if now.asking is None:
        return show(reaction, now)
    reaction = replace(reaction, said=replace(reaction.said, text=reaction.state.pending.about))
    return give(reaction, now.asking, now, setting)


_ASIDES: dict[str, Callable[[Reaction, Turn, Setting], Reaction]] = {
    "stop": _stop,
    "restart": _restart,
    "person": _to_person,
    "switch": _switch,
    "photo": _take_number,
}


def obey(reaction: Reaction, command: str, now: Turn, setting: Setting) -> Reaction:
    """Do what a word asks for that always works; then what waits is shown once more."""
    name, _, language = command.partition(":")
    reaction = replace(reaction, manner=name)
    match name:
        case "help" | "go_on" | "link":
            says = (help_at(setting.desk.campaign, reaction.said.at),) if name == "help" else ()
            return show(reaction.then(*says), now)
        case "status":
            return _status(reaction, now, setting)
        case "language":
            state = replace(reaction.state, language=language)
            return show(replace(reaction, state=state).then(Say("language_changed")), now)
        case "back":
            return _back(reaction, now, setting)
        case "change":
            return offer_change(reaction, now)
        case _:
            return _confirmed(reaction, name, now, setting)


def _status(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    """Told at once; who writes from a number may first be asked for the papers of what goes to it."""
    if reaction.said.address.channel in PROVEN_NUMBERS and reaction.state.beside is None and STATUS in setting.sides:
        return begin(reaction, STATUS, setting)
    told = replace(reaction, tell_status=True)
    return at_rest(told) if now.asking is None else show(told, now)


def _back(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    if reaction.state.pending.aside:
        return show(reaction, now)
    earlier = changeable(now)
    if reaction.state.outcome == "submitted" or not earlier:
        return show(reaction.then(Say("nothing_before")), now)
    return change(reaction, earlier[-1].question.key, now, setting)


def _confirmed(reaction: Reaction, name: str, now: Turn, setting: Setting) -> Reaction:
    """Asked before it is done; who says the word a second time means it, unless answers would be lost by it."""
    if name == "stop" and reaction.state.outcome == "submitted":
        return already_submitted(reaction)
    if name != "restart" and reaction.state.pending.aside == name:
        return _ASIDES[name](reaction, now, setting)
    return ask_aside(reaction, name, now=now)
