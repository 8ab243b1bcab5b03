"""What the recordings show taken together: every worked case of rules.md §1.5 at each door where it can happen, and
every script, door, phase and language with every other. A recording says itself what it shows, and is played to say it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from dialogs.reading.topics import TOPICS
from dialogs.scripts import SCRIPTS, SIDES
from dialogs.words import TEXTS, languages
from tests.journeys.tape import Tape, covers_of, read_tape

RECORDED = Path(__file__).parent / "recorded"
TAPES = sorted(RECORDED.glob("*.txt"))
FEWEST = 60
CHATS = ("line", "sms")
EVERYWHERE = (*CHATS, "web")

# By number: the doors where it can happen, and a sentence that has to be said there (any of them, where doors differ).
CASES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "1": (EVERYWHERE, ("verdict.A_APPLY.not_open",)),
    "2": (EVERYWHERE, ("verdict.A_APP.before",)),
    "3": (EVERYWHERE, ("verdict.A_APPLY.not_open",)),
    "4": (EVERYWHERE, ("verdict.A_APPLY.open",)),
    "7": (EVERYWHERE, ("also_a1",)),
    "9": (EVERYWHERE, ("verdict.NOT_A.balance",)),
    "10": (EVERYWHERE, ("verdict.NOT_A.expiry",)),
    "12": (EVERYWHERE, ("trouble.kind.B1",)),
    "15": (EVERYWHERE, ("trouble.kind.OTHER",)),
    "16": (EVERYWHERE, ("trouble.kind.OTHER",)),
    "17": (EVERYWHERE, ("verdict.A_APPLY.open",)),
    "19": (EVERYWHERE, ("trouble.kind.B2",)),
    "21": (EVERYWHERE, ("trouble.restored.points",)),
    "23": (EVERYWHERE, ("verdict.A_APPLY.open",)),
    "25": (CHATS, ("resend_told.early", "resend_told.sending")),
    "26": (CHATS, ("resend_told.app_moved",)),
    "28": (EVERYWHERE, ("number_lost",)),
    "30": (EVERYWHERE, ("receipt",)),
    "31": (EVERYWHERE, ("closed_meanwhile",)),
    "32": (("line",), ("receipt",)),  # Twilio tells no time of its own, and a page is taken at once
    "35": (CHATS, ("faq.usable.points",)),
    "36": (CHATS, ("faq.refund.before",)),
    "37": (EVERYWHERE, ("ask.transfer.consent",)),
    "40": (EVERYWHERE, ("verdict.A_APPLY.closed",)),
    "42": (EVERYWHERE, ("verdict.OUT_OF_SCOPE.prefecture",)),
    "44": (EVERYWHERE, ("verdict.OUT_OF_SCOPE.general",)),
    "45": (EVERYWHERE, ("duplicate",)),
    "48": (EVERYWHERE, ("why.phone_ip",)),
    "49": (EVERYWHERE, ("ask.code.said",)),
    "50": (EVERYWHERE, ("ask.mail_form",)),
    "cc1": (EVERYWHERE, ("call_centre.open",)),
    "cc2": (EVERYWHERE, ("call_centre.closed",)),
    "cc3": (EVERYWHERE, ("call_centre.closed",)),
    "cc4": (EVERYWHERE, ("call_centre.closed",)),
}


@cache
def said_as(key: str) -> tuple[str, ...]:
    """The longest stretch of the sentence that is the same for everybody, in each language and for each door."""
    return tuple(
        max(re.split(r"\{\w+\}|\n", text), key=len)
        for language in languages()
        for name, text in _texts(tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8")))
        if f".{name}".endswith(f".{key}")
    )


def _texts(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield f"{path}{name}", value
        else:
            yield from _texts(value, f"{path}{name}.")


def recorded(case: str, door: str) -> list[Path]:
    """The recordings of a worked case whose person comes by this door: first, or as the head says."""
    tapes = [(path, read_tape(path)) for path in TAPES]
    return [path for path, tape in tapes if case in tape.listed("cases") and door == _door(tape)]


def _door(tape: Tape) -> str:
    return tape.head.get("door", tape.acts[0].door)


@pytest.mark.parametrize(("case", "door"), [(case, door) for case, (doors, _) in CASES.items() for door in doors])
def test_every_worked_case_is_played_at_each_door_where_it_can_happen(case: str, door: str) -> None:
    found = recorded(case, door)
    expected = [part for key in CASES[case][1] for part in said_as(key)]
    assert found, "record it under tests/journeys/recorded"
    assert expected
    for path in found:
        heard = path.read_text("utf-8").partition("\n== at the end")[0]
        assert any(part in heard for part in expected), (path.name, expected)


def test_no_recording_names_a_case_that_is_not_in_the_table() -> None:
    named = {case for path in TAPES for case in read_tape(path).listed("cases")}
    assert CASES.keys() == named


# --- every script, door, phase and language with every other

DOORS_HERE = ("line", "sms", "web")
AXES: Mapping[str, tuple[str, ...]] = {
    "script": (*SCRIPTS, *SIDES),
    "door": DOORS_HERE,
    "phase": tuple("12345"),
    "language": tuple(languages()),
}
# A pair that cannot be, and why.
NEVER: Mapping[frozenset[str], str] = {
    frozenset({"status", "line"}): "LINE shows somebody's own at once, without a number",
    frozenset({"status", "web"}): "the page /status asks for number and code itself",
    frozenset({"find", "web"}): "the page /status finds it",
    frozenset({"remind", "web"}): "a page cannot write to anybody: it gives a date for the calendar",
    frozenset({"no_reminder", "web"}): "nothing was to be told there",
}


def shown() -> list[dict[str, str]]:
    """What each turn of each recording showed: script, door, phase and language."""
    lines = {line for path in TAPES for line in covers_of(path) if line.startswith("script ")}
    return [dict(zip(AXES, line.split()[1:], strict=True)) for line in sorted(lines)]


@pytest.mark.parametrize(("one", "other"), list(combinations(AXES, 2)))
def test_each_is_recorded_with_each_other(one: str, other: str, told_at_the_end: list[str]) -> None:
    pairs = Counter((each[one], each[other]) for each in shown())
    wanted = [pair for pair in product(AXES[one], AXES[other]) if frozenset(pair) not in NEVER]
    told_at_the_end.append(_row(one, other, pairs))
    assert [] == [pair for pair in wanted if not pairs[pair]]


def _row(one: str, other: str, pairs: Counter[tuple[str, str]]) -> str:
    cells = [f"{a}: " + " ".join(f"{b} {pairs[a, b]}" for b in AXES[other]) for a in AXES[one]]
    return f"recorded, {one} × {other}: " + " | ".join(cells)


def test_every_topic_is_asked_for_and_every_way_of_taking_a_turn_is_shown() -> None:
    lines = {line for path in TAPES for line in covers_of(path)}
    assert set() == {f"topic {name}" for name in TOPICS} - lines
    assert set() == {f"manner {name}" for name in MANNERS} - lines


# How a turn may be taken, as the funnel counts it; those of side scripts are told by the scripts.
MANNERS = (
    *("greeted", "answered", "invalid", "changed", "repeated", "old_button", "asked", "status", "help"),
    *("change", "stop", "stopped", "went_on", "restart", "restarted", "person", "owned", "back_to_bot", "returned"),
    *("blocked", "unreadable", "private", "after_the_end", "language", "came_home"),
)


def test_there_are_as_many_as_the_office_wants(told_at_the_end: list[str]) -> None:
    acts = sum(len(read_tape(path).acts) for path in TAPES)
    told_at_the_end.append(f"recorded: {len(TAPES)} conversations, {acts:,} acts")
    assert len(TAPES) >= FEWEST


def test_the_operators_door_is_recorded_too() -> None:
    assert len([path for path in TAPES if _door(read_tape(path)) == "phone"]) >= 3
    assert {"3", "4"} <= {each["phase"] for each in shown() if each["door"] == "phone"}
