"""What makes replay by key sound (design, rules 1, 2, 4, 5, 6, 12-15): the engine and the scripts' own code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import dialogs.scripts
from dialogs.engine import BrokenScript, Desk, Script, replay
from dialogs.questions import Day, PickOne, YesNo
from dialogs.scripts import FIRST, SCRIPTS, newest
from dialogs.steps import Explained, Lookup, Moment, Revise, Say
from tests.dialogs.player import CAMPAIGN, TO_CHECK, Talk, instant

FILES = sorted(Path(dialogs.scripts.__file__).parent.glob("*.py"))
AT = instant("04-05 10:00")
DESK = Desk(CAMPAIGN, "line")
VOCABULARY = ("__future__", "collections.abc", "dataclasses", "datetime", "typing", "dialogs.")


def answered(**stored: Any) -> dict[str, dict[str, Any]]:
    return {key: {"v": value, "r": 1, "a": ""} for key, value in stored.items()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_script_imports_only_the_vocabulary_of_dialogues(file: Path) -> None:
    imported = [
        name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    ]
    assert [] == [name for name in imported if not name.startswith(VOCABULARY)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_stands_around_a_yield_that_a_suspended_script_would_run(file: Path) -> None:
    assert [] == list(held_yields(file.read_text("utf-8")))


def test_a_yield_held_by_a_try_or_a_with_is_found() -> None:
    assert [2] == list(held_yields("def script(desk):\n    try:\n        yield 1\n    finally:\n        pass"))
    assert [2] == list(held_yields("def script(desk):\n    with desk:\n        yield 1"))
    assert [2] == list(held_yields("def script(desk):\n    global kept\n    kept = yield 1"))


def held_yields(source: str) -> Iterator[int]:
    """Lines of try, with, global and nonlocal in functions that yield."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                around = isinstance(node, ast.Try | ast.With | ast.Global | ast.Nonlocal)
                within = function if isinstance(node, ast.Global | ast.Nonlocal) else node
                if around and any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(within)):
                    yield node.lineno


def test_a_replay_asks_the_same_keys_and_changes_nothing() -> None:
    talk = Talk().play(TO_CHECK)
    walks = [replay(talk.script, DESK, talk.state.record, AT) for _ in range(2)]
    assert walks[0].keys == walks[1].keys
    assert [] == walks[0].say
    assert talk.state.record == walks[0].record


def test_each_lookup_is_made_once_for_the_same_arguments() -> None:
    looked_up = [lookup.digest for lookup in Talk().play(TO_CHECK).lookups]
    assert len(set(looked_up)) == len(looked_up) == 3


def test_every_script_has_a_newest_version() -> None:
    assert [1] == [newest(name) for name in SCRIPTS]
    assert FIRST in SCRIPTS


def twice(_: Desk) -> Any:
    yield YesNo(key="sure")
    yield YesNo(key="sure")


def nowhere(_: Desk) -> Any:
    yield Say("hello")


def no_step(_: Desk) -> Any:
    yield "hello"


def circle(_: Desk) -> Any:
    while True:
        yield Moment("again")


def endless(_: Desk) -> Any:
    for number in range(1000):
        yield Moment(f"moment[{number}]")
    return Explained("never")


def revises_nothing(_: Desk) -> Any:
    yield Say("hello")
    yield Revise(("sure",))


def stumbles(_: Desk) -> Any:
    yield YesNo(key="sure")
    raise KeyError("missing")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (stumbles, "KeyError after sure"),
        (twice, "asked twice: sure"),
        (nowhere, "ended without an outcome"),
        (no_step, "not a step: str"),
        (circle, "asked twice: @again"),
        (endless, "no end"),
        (revises_nothing, "nothing to revise: sure"),
    ],
)
def test_a_broken_script_is_told_by_its_key(script: Script, why: str) -> None:
    with pytest.raises(BrokenScript, match=why):
        replay(script, DESK, answered(sure="yes"), AT)


def test_a_script_that_breaks_leaves_the_conversation_as_it_was() -> None:
    talk = Talk().play(TO_CHECK)
    before = talk.state
    talk.script = twice
    talk.state = replace(before, record={**before.record, **answered(sure="yes")})
    kept = dict(talk.state.record)
    with pytest.raises(BrokenScript):
        talk.do("はい")
    assert kept == talk.state.record


@dataclass(frozen=True)
class Asked:
    """A script of one question."""

    question: Any

    def __call__(self, _: Desk) -> Any:
        answer = yield self.question
        return Explained(str(answer))


def day(last: int) -> Day:
    expiry = CAMPAIGN.dates.original_expiry
    return Day(key="expiry", earliest=expiry.replace(day=1), latest=expiry.replace(day=last), likely=expiry)


def test_a_stored_answer_that_no_longer_fits_is_asked_again() -> None:
    record = answered(expiry="2023-02-24")
    assert Explained("2023-02-24") == replay(Asked(day(24)), DESK, record, AT).outcome
    assert "expiry" == getattr(replay(Asked(day(20)), DESK, record, AT).asking, "key", None)


@pytest.mark.parametrize("stored", ["maybe", None, 7, ["no"], {"yes": "no"}])
def test_a_stored_answer_of_another_shape_is_asked_again(stored: Any) -> None:
    for question in (YesNo(key="sure"), day(24)):
        turn = replay(Asked(question), DESK, answered(sure=stored, expiry=stored), AT)
        assert turn.asking == question


def test_an_answer_to_an_earlier_revision_is_asked_again_and_offered() -> None:
    talk = Talk(script=Asked(replace(day(24), revision=2)))
    talk.state = replace(talk.state, record=answered(expiry="2023-02-24"))
    assert "[前のまま 2023年2月24日(金)]" in talk.do("こんにちは")
    talk.do("[前のまま 2023年2月24日(金)]")
    assert [Explained("2023-02-24")] == talk.outcomes


def test_an_answer_about_something_else_does_not_count() -> None:
    question = PickOne(key="kind", options=("paper", "other"), about="coupon A")
    turn = replay(Asked(question), DESK, answered(kind="paper"), AT)
    assert question == turn.asking


def test_a_sentence_is_said_once_and_once_more_when_its_facts_change() -> None:
    def script(number: int) -> Script:
        def walk(_: Desk) -> Any:
            yield Say("coupon_twice", {"n": number})
            return Explained("said")

        return walk

    first = replay(script(1), DESK, {}, AT)
    assert 1 == len(first.say)
    assert [] == replay(script(1), DESK, first.record, AT).say
    assert 1 == len(replay(script(2), DESK, first.record, AT).say)


def test_a_lookup_with_other_arguments_is_made_again() -> None:
    def script(number: str) -> Script:
        def walk(_: Desk) -> Any:
            found = yield Lookup("coupon", "coupon", {"number": number})
            return Explained(found["found"])

        return walk

    known = Lookup("coupon", "coupon", {"number": "A"})
    record = {known.record_key: {"d": known.digest, "v": {"found": "match"}}}
    assert Explained("match") == replay(script("A"), DESK, record, AT).outcome
    assert Lookup("coupon", "coupon", {"number": "B"}) == replay(script("B"), DESK, record, AT).lookup
