"""Small scripts that run beside the main one: while one runs, the main script stands still and nothing of it changes.

A side script's keys are prefixed with its name, so that its answers never meet the main script's; they are forgotten
when it ends, and it asks everything anew each time. Then what waited before is shown once more. Whoever goes back,
stops, or presses a button of anything else has left it. What it asks in private is asked by a link to our own page,
as the main script's is: there it goes on, and its end is told in the chat that it began in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dialogs.engine import Desk, Record, Script, Step, Turn, Walk
from dialogs.reaction import BOT, Beside, Pending, Reaction, Setting, State
from dialogs.rules.eligibility import Path
from dialogs.steps import STATUS, Explained, Revise, Say
from dialogs.walking import advance, show, with_turn

STAYING = ("help", "status", "language:en", "language:ja", "language:ja-easy")  # words that do not lead out of it
LEFT = ("back", "stop")  # words by which it is left, and no more


def playing(setting: Setting, state: State) -> Setting:
    """What a turn is played with: the side script while one runs, else the main one."""
    if state.beside is None:
        return setting
    main = setting.main or setting.script
    desk = replace(setting.desk, in_the_app=_in_the_app(state.record))
    return replace(setting, desk=desk, script=_prefixed(state.beside.name, setting.sides[state.beside.name]), main=main)


def begin(reaction: Reaction, name: str, setting: Setting) -> Reaction:
    """Run a side script from its first question."""
    state = out_of_it(reaction.state)
    waits = Pending() if state.pending.aside else state.pending
    beside = Beside(name, waits, state.outcome, reaction.said.address.channel)
    state = replace(state, beside=beside, pending=Pending(), outcome="")
    return advance(replace(reaction, state=state, manner=f"beside:{name}"), playing(setting, state))


def goes_elsewhere(reaction: Reaction, command: str | None, setting: Setting) -> bool:
    """Whether what was heard has nothing to do with the side script that runs."""
    said, state = reaction.said, reaction.state
    if state.beside is None:
        return False
    if state.beside.name not in setting.sides:
        return True
    if command:
        return command not in STAYING
    key = said.ask_id.partition(".")[2].partition(".")[2]
    return bool(key) and said.ask_id != state.pending.ask_id and not key.startswith(f"{state.beside.name}/")


def out_of_it(state: State) -> State:
    """The conversation without the side script: what waited waits again."""
    if state.beside is None:
        return state
    prefix, beside = f"{state.beside.name}/", state.beside
    record: Record = {key: entry for key, entry in state.record.items() if not key.lstrip("!?@").startswith(prefix)}
    return replace(state, record=record, beside=None, pending=beside.pending, outcome=beside.outcome)


def come_home(reaction: Reaction, now: Turn) -> Reaction:
    """After the end of a side script: its words, then what waits in the main one (`now`), unless a person has it."""
    state = out_of_it(reaction.state)
    tell_status = reaction.tell_status or (isinstance(reaction.outcome, Explained) and reaction.outcome.key == STATUS)
    reaction = replace(reaction, state=state, outcome=None, asking=None, manner="came_home", tell_status=tell_status)
    if state.owner != BOT:
        return reaction
    if now.asking is None:
        # What waited has meanwhile come to its end by its date.
        return with_turn(reaction, now) if now.outcome and state.pending.ask_id else reaction
    return show(reaction.then(*now.say, state=replace(state, record=now.record)), now)


def _in_the_app(record: Record) -> tuple[str, str] | None:
    """What the main script was told of it: that stands still meanwhile, so every replay finds the same."""
    for key, looked_up in record.items():
        if key.startswith("?coupon[") and looked_up["v"].get("path") == Path.A_APP:
            number, day = (record.get(f"{key[1:]}.{each}", {}) for each in ("number", "trip_date"))
            if {"v"} <= number.keys() & day.keys() and not (number.get("old") or day.get("old")):
                return number["v"], day["v"]
    return None


def _prefixed(name: str, script: Script) -> Script:
    def walk(desk: Desk) -> Walk:
        inner, reply = script(desk), None
        while True:
            step, ended = _next(inner, reply)
            if step is None:
                return ended  # type: ignore[no-any-return]  # whatever it is, the engine looks at it
            reply = yield _under(name, step)

    return walk


def _next(inner: Walk, reply: Any) -> tuple[Step | None, Any]:
    try:
        return inner.send(reply), None
    except StopIteration as end:
        return None, end.value


def _under(name: str, step: Any) -> Any:
    match step:
        case Revise():
            return Revise(tuple(f"{name}/{key}" for key in step.keys))
        case Say():
            return replace(step, key=f"{name}/{step.key}", wording=step.wording or step.key)
        case _:
            return replace(step, key=f"{name}/{step.key}")
