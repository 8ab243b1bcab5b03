"""replay(): drive a script through the answers recorded so far, up to the first one that is missing.

What a conversation is at any moment follows from its record alone: {key: entry}. Entries of questions stand under the
question's key, lookups under "?key", sentences under "!key", moments under "@key".
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dialogs.questions import Question
from dialogs.reading import Unreadable
from dialogs.rules.campaign import Campaign
from dialogs.steps import Explained, HandedOver, Lookup, Moment, MovedOn, Outcome, Revise, Say, Submitted

MAX_STEPS = 400  # ten coupons and every way round; beyond it a script runs in a circle
Record = dict[str, dict[str, Any]]
Step = Question | Say | Lookup | Moment | Revise
Walk = Generator[Step, Any, Outcome]


@dataclass(frozen=True)
class Desk:
    """What a script may know beside its answers.

    elsewhere: the other campaigns served here, by prefecture. home: where the pages of this counter are, without a "/".
    in_the_app: inquiry number and day of a coupon that was told before, and is charged to the app by the record.
    """

    campaign: Campaign
    channel: str
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    home: str = ""
    in_the_app: tuple[str, str] | None = None


Script = Callable[[Desk], Walk]


class BrokenScript(Exception):
    """A script that cannot go on: a key twice, no end, not a step, or an error of its own. Names the key."""


@dataclass(frozen=True)
class Answered:
    """A question on the path with its stored answer."""

    question: Question
    stored: Any


@dataclass
class Turn:
    """How far the answers carry: what is new to say, and then exactly one of asking, lookup and outcome.

    record is the whole record after this replay, with what was said and which moments were set. walk stands at asking.
    """

    record: Record
    path: list[Answered] = field(default_factory=list)
    say: list[Say] = field(default_factory=list)
    asking: Question | None = None
    lookup: Lookup | None = None
    outcome: Outcome | None = None
    keys: list[str] = field(default_factory=list)
    walk: Walk | None = None


def replay(script: Script, desk: Desk, record: Mapping[str, dict[str, Any]], acted_at: datetime) -> Turn:
    """Walk the script through the record; acted_at is when the person acted. Raises BrokenScript."""
    turn = Turn(record=dict(record))
    _from_the_top(script, desk, turn, acted_at)
    return turn


def as_of_now(record: Mapping[str, dict[str, Any]]) -> Record:
    """The record for who acts again: without the moments that are taken anew with each act."""
    return {key: entry for key, entry in record.items() if not entry.get("anew")}


def replay_now(script: Script, desk: Desk, record: Mapping[str, dict[str, Any]], acted_at: datetime) -> Turn:
    """As replay(), for who acts again after a while: what waited may have come to its end by its date."""
    turn, anew = replay(script, desk, record, acted_at), as_of_now(record)
    if turn.asking and len(anew) < len(record):
        today = replay(script, desk, anew, acted_at)
        return today if today.outcome else turn
    return turn


def go_on(turn: Turn, entry: dict[str, Any], script: Script, desk: Desk, *, acted_at: datetime) -> Turn:
    """Answer what `turn` asks: the same as a replay with that entry, without the way to it. Uses `turn` up."""
    question, walk = turn.asking, turn.walk
    assert question is not None and walk is not None  # noqa: S101, PT018 - the caller has just asked it
    after = Turn(record={**turn.record, question.key: entry}, path=turn.path, keys=turn.keys)
    reply = _answered(question, after)
    if after.asking or _walk(walk, after, acted_at, reply):
        after.asking = None
        _from_the_top(script, desk, after, acted_at)
    return after


def _from_the_top(script: Script, desk: Desk, turn: Turn, acted_at: datetime) -> None:
    again = True
    while again:
        turn.path.clear()
        turn.keys.clear()
        again = _walk(script(desk), turn, acted_at, None)


def _walk(walk: Walk, turn: Turn, acted_at: datetime, reply: Any) -> bool:
    """One pass; True when answers were revised and the script must be walked again from the top."""
    for _ in range(MAX_STEPS):
        try:
            step = walk.send(reply)
        except StopIteration as end:
            turn.outcome = _outcome(end.value)
            return False
        except Exception as error:
            last = turn.keys[-1] if turn.keys else "the beginning"
            raise BrokenScript(f"{type(error).__name__} after {last}") from error
        if isinstance(step, Revise):
            _revise(turn, step)
            walk.close()
            return True
        reply = _answer(step, turn, acted_at)
        if turn.asking or turn.lookup:
            turn.walk = walk
            return False
    raise BrokenScript("no end")


def _answer(step: Step, turn: Turn, acted_at: datetime) -> Any:
    key = _new_key(step, turn)
    match step:
        case Question():
            return _answered(step, turn)
        case Say():
            if turn.record.get(key, {}).get("d") != step.digest:
                turn.say.append(step)
                turn.record[key] = {"d": step.digest}
            return None
        case Lookup():
            known = turn.record.get(key, {})
            if known.get("d") != step.digest:
                turn.lookup = step
            return known.get("v")
        case Moment():
            entry = turn.record.setdefault(key, {"v": acted_at.isoformat(), **({"anew": True} if step.anew else {})})
            return datetime.fromisoformat(entry["v"])
        case _:
            raise BrokenScript(key)


def _new_key(step: Step, turn: Turn) -> str:
    if isinstance(step, Question):
        key = step.key
    elif isinstance(step, Say | Lookup | Moment):
        key = step.record_key
    else:
        raise BrokenScript(f"not a step: {type(step).__name__}")
    if key in turn.keys:
        raise BrokenScript(f"asked twice: {key}")
    turn.keys.append(key)
    return key


def _answered(question: Question, turn: Turn) -> Any:
    entry = turn.record.get(question.key)
    if entry and counts(question, entry):
        try:
            value = question.value(entry["v"])
        except (Unreadable, TypeError, ValueError):
            turn.asking = question
            return None
        turn.path.append(Answered(question, entry["v"]))
        return value
    turn.asking = question
    return None


def counts(question: Question, entry: Mapping[str, Any]) -> bool:
    """Whether a recorded answer was given to today's question and has not been taken back."""
    return not entry.get("old") and entry["r"] == question.revision and entry["a"] == question.about


def entry_for(question: Question, stored: Any, at: datetime) -> dict[str, Any]:
    """The record's entry of an answer."""
    return {"v": stored, "r": question.revision, "a": question.about, "at": at.isoformat(), "p": question.private}


def _revise(turn: Turn, step: Revise) -> None:
    """Take answers back, and what was looked up; what was said after the first of them may be said again."""
    known = [key for key in step.keys if key in turn.keys]
    if not known:
        # Nothing of this walk would be asked again: the next one would come by here too, for ever.
        raise BrokenScript(f"nothing to revise: {step.keys[0]}")
    for key in known:
        if key.startswith("?"):
            turn.record.pop(key)
        else:
            turn.record[key] = {**turn.record[key], "old": True}
    for key in turn.keys[min(map(turn.keys.index, known)) :]:
        if key.startswith("!"):
            turn.record.pop(key, None)


def _outcome(value: object) -> Outcome:
    if not isinstance(value, Explained | Submitted | HandedOver | MovedOn):
        raise BrokenScript("ended without an outcome")
    return value
