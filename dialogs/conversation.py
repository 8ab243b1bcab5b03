"""hear(): what one thing that a person did makes of a conversation. Pure: the host loads, calls and commits.

A Reaction that carries a lookup is not finished: the host finds the answer out and calls learn() with it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from dialogs.answering import answer, is_late
from dialogs.asides import HEARD_AT_ONCE, obey, settle_aside
from dialogs.beside import LEFT, come_home, goes_elsewhere, out_of_it, playing
from dialogs.engine import Turn, replay, replay_now
from dialogs.facts import call_centre_now
from dialogs.handing import (
    CLOSE,
    REOPENED,
    SURVEY,
    back_to_bot,
    closed,
    handed_back,
    reopens,
    to_queue,
    wants_bot,
    while_owned,
)
from dialogs.message import Inbound
from dialogs.photos import take_photo, to_be_read
from dialogs.reaction import BOT, CLOSED, PRIVATE_DOORS, Pending, Reaction, Setting, State
from dialogs.reading import Unreadable
from dialogs.reading.commands import read_command
from dialogs.reading.text import bare, tidy
from dialogs.reading.topics import read_topic, topic_of_button
from dialogs.steps import Explained, Say
from dialogs.telling import tell
from dialogs.walking import advance, after_the_end, asked_now, show, show_again, with_turn
from dialogs.words import language_name, languages, words

LONGEST_NAME = 40
NOT_AN_ANSWER = ("invalid", "private")  # how a turn was taken whose words may be a question of the person's own
_NO_ANSWERS = {
    "follow": ("welcome_back", "returned"),
    "sticker": ("cannot_read.sticker", "unreadable"),
    "image": ("cannot_read.image", "unreadable"),
    "file": ("cannot_read.file", "unreadable"),
}


def hear(state: State, said: Inbound, setting: Setting) -> Reaction:
    """Take one event into a conversation. Raises BrokenScript when the script cannot be walked."""
    return _whom_to_call(_hear(Reaction(state=state, said=said), setting), setting)


def _hear(reaction: Reaction, setting: Setting) -> Reaction:
    state, said = reaction.state, reaction.said
    if said.kind in ("unknown", "unsend"):
        return replace(reaction, manner="kept", heard=True)
    if said.kind == "staff":
        return _let_go(reaction, setting)
    if said.kind == "unfollow":
        return replace(reaction, state=replace(state, blocked=True), manner="blocked", heard=True)
    if state.blocked:
        reaction = replace(reaction, state=replace(state, blocked=False))
    if reopens(state, said):
        return to_queue(reaction, setting.desk.campaign, Say("reopened"), manner=REOPENED)
    if state.owner == CLOSED:
        reaction = replace(reaction, state=replace(reaction.state, owner=BOT, pending=Pending()))
    elif state.owner != BOT:
        return _while_owned(reaction, setting)
    return _hear_out(reaction, setting)


def learn(reaction: Reaction, result: dict[str, Any], setting: Setting) -> Reaction:
    """Go on with what a lookup found; the result is recorded with the lookup's arguments."""
    lookup = reaction.lookup
    assert lookup is not None  # noqa: S101 - the host calls this only for a reaction that carries one
    record = {**reaction.state.record, lookup.record_key: {"d": lookup.digest, "v": result}}
    reaction = replace(reaction, state=replace(reaction.state, record=record), lookup=None)
    if not reaction.heard:
        return _whom_to_call(_hear_out(reaction, setting), setting)
    return _whom_to_call(_at_home(advance(reaction, playing(setting, reaction.state)), setting), setting)


def move_on(reaction: Reaction, setting: Setting) -> Reaction:
    """Begin the campaign that is theirs, and say so; what was answered already and fits is not asked again."""
    answered = {key: entry for key, entry in reaction.state.record.items() if key[0] not in "!?@"}
    state = replace(reaction.state, record=answered, pending=Pending(), outcome="")
    return advance(replace(reaction, state=state, says=(Say("moved_on"),), outcome=None), setting)


def _whom_to_call(reaction: Reaction, setting: Setting) -> Reaction:
    """After 申請期限 whoever is told that this is all hears whom to call, and when."""
    campaign, at = setting.desk.campaign, reaction.said.at
    if not campaign.apply_is_over(at) or all(say.key != "after_the_end" for say in reaction.says):
        return reaction
    sentence, facts = call_centre_now(campaign, at)
    return reaction.then(Say("after_the_end.call_centre", facts, wording=sentence))


def _hear_out(reaction: Reaction, setting: Setting) -> Reaction:
    command = _sure_command(reaction.said) if reaction.state.beside else None
    if goes_elsewhere(reaction, command, setting):
        reaction = replace(reaction, state=out_of_it(reaction.state))
        if command in LEFT:
            left = come_home(replace(reaction, heard=True), _stand(reaction, setting))
            return left if left.asking or left.outcome else after_the_end(left)
    return _at_home(_heard(reaction, playing(setting, reaction.state)), setting)


def _at_home(reaction: Reaction, setting: Setting) -> Reaction:
    """Back in the main script when a side script has ended, or has gone to a person."""
    state = reaction.state
    if state.beside is None or reaction.lookup or not (reaction.outcome or state.owner != BOT):
        return reaction
    return come_home(reaction, _stand(replace(reaction, state=out_of_it(state)), setting))


def _heard(reaction: Reaction, setting: Setting) -> Reaction:
    now = _stand(reaction, setting)
    photo = to_be_read(reaction.said, now)
    if photo:
        return replace(reaction, lookup=photo)
    return with_turn(reaction, now) if now.lookup else _take(reaction, now, setting)


def _stand(reaction: Reaction, setting: Setting) -> Turn:
    """Where the conversation stands as the person speaks. What is submitted is never walked again.

    After any other end, and where a fleeting question waits, the time of today counts, if it has something new to tell:
    what was not open yet may be by now.
    """
    state, at = reaction.state, reaction.said.at
    if state.outcome == "submitted":
        return Turn(record=dict(state.record))
    look = replay if state.outcome else replay_now
    now = look(setting.script, setting.desk, state.record, at)
    if (state.outcome and not _comes_late(state, at)) or (now.asking and now.asking.fleeting):
        timeless = {key: entry for key, entry in state.record.items() if not key.startswith("@")}
        today = replay(setting.script, setting.desk, timeless, at)
        if today.asking or (today.say and isinstance(today.outcome, Explained)):
            return today
    return now


def _comes_late(state: State, at: datetime) -> bool:
    """Whether it happened before what has been told to its end was: that is not taken back by it."""
    return any(at < datetime.fromisoformat(entry["v"]) for key, entry in state.record.items() if key.startswith("@"))


def _take(reaction: Reaction, now: Turn, setting: Setting) -> Reaction:
    state, said = reaction.state, reaction.said
    reaction = replace(reaction, heard=True)
    command = _command_in(said, state, now)
    spoke_up = said.kind in ("text", "follow") and not said.ask_id
    topic = None if command or state.pending.ask_id else _topic_in(said)
    if state.outcome and not state.pending.ask_id and not (command or topic) and spoke_up:
        return _come_back(reaction, now)
    reaction = reaction.then(*now.say, state=replace(state, record=now.record))
    if now.outcome and state.pending.ask_id and not state.outcome:
        # What waited is not asked any more: its whole matter is at an end, and that was just said.
        reaction = with_turn(replace(reaction, manner="returned"), replace(now, say=[]))
        return obey(reaction, command, now, setting) if command else reaction
    if topic:
        return tell(reaction, topic, now, setting)
    if not state.pending.ask_id and not state.outcome:
        heard = command if command and command.partition(":")[0] in HEARD_AT_ONCE else None
        return obey(reaction, heard, now, setting) if heard else show(replace(reaction, manner="greeted"), now)
    return take_photo(reaction, now) or _take_wordless(reaction, now) or _take_words(reaction, command, now, setting)


def _take_wordless(reaction: Reaction, now: Turn) -> Reaction | None:
    if reaction.said.kind not in _NO_ANSWERS:
        return None
    sentence, manner = _NO_ANSWERS[reaction.said.kind]
    return show_again(reaction.then(Say(sentence), manner=manner), now)


def _take_words(reaction: Reaction, command: str | None, now: Turn, setting: Setting) -> Reaction:
    if command:
        return obey(reaction, command, now, setting)
    if _has_flown(reaction, now):
        return show(reaction.then(Say("welcome_back"), manner="returned"), now)
    if is_late(reaction.state.pending, reaction.said):
        return show_again(replace(reaction, manner="late"), now)
    taken = settle_aside(reaction, now, setting) or answer(reaction, now, setting)
    topic = _topic_in(reaction.said) if taken.manner in NOT_AN_ANSWER else None
    return tell(reaction, topic, now, setting) if topic else taken


def _has_flown(reaction: Reaction, now: Turn) -> bool:
    """Whether the question that a chat showed last is not asked any more, so that nothing said can be its answer."""
    in_chat, key = reaction.said.address.channel not in PRIVATE_DOORS, reaction.state.pending.key
    return in_chat and now.asking is not None and key not in ("", now.asking.key)


def _come_back(reaction: Reaction, now: Turn) -> Reaction:
    """Somebody speaks again after the end: what has changed is told, and what may be asked once more is asked."""
    if now.asking:
        return with_turn(reaction.then(Say("welcome_back"), manner="returned"), now)
    return with_turn(replace(reaction, manner="returned"), now) if now.say else show(reaction, now)


def _command_in(said: Inbound, state: State, now: Turn) -> str | None:
    """The word that always works, typed or tapped on a menu; not when it is, to the letter, an answer on offer."""
    if said.kind not in ("text", "button") or said.ask_id:
        return None
    spoken = words(state.language, said.address.channel)
    asking = asked_now(state.pending, now, spoken)
    if asking and said.text.strip() in {choice.label for choice in asking.choices(spoken)}:
        return None
    command = read_command(said.text) or _language_named(said.text)
    if command == "link" and said.address.channel != "sms":
        return None
    # Who wants to go on where nothing waits begins, or comes back.
    return None if command == "go_on" and not state.pending.ask_id else command


def _language_named(said: str) -> str | None:
    """The command that a language's own name is; so a new language needs no more than its file."""
    try:
        name = bare(tidy(said, limit=LONGEST_NAME))
    except Unreadable:
        return None
    return next((f"language:{each}" for each in languages() if bare(tidy(language_name(each))) == name), None)


def _sure_command(said: Inbound) -> str | None:
    return read_command(said.text) if said.kind in ("text", "button") and not said.ask_id else None


def _topic_in(said: Inbound) -> str | None:
    if said.ask_id:
        return None
    return read_topic(said.text) if said.kind == "text" else topic_of_button(said.text)


def _while_owned(reaction: Reaction, setting: Setting) -> Reaction:
    if not wants_bot(reaction.said):
        return while_owned(reaction, setting.desk.campaign)
    return back_to_bot(reaction, _stand(reaction, setting))


def _let_go(reaction: Reaction, setting: Setting) -> Reaction:
    """Staff have done with it; nothing, if its person has gone back to the bot meanwhile."""
    if reaction.state.owner in (BOT, CLOSED):
        return replace(reaction, manner="kept", heard=True)
    if reaction.said.text == CLOSE:
        return closed(reaction)
    return handed_back(reaction, _stand(reaction, setting), survey=reaction.said.text == SURVEY)
