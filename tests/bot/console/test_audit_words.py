"""The audit's page in words: every act that the code can note has them, with what it was about and its small facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bot
from bot.console.drawing import LANGUAGES
from bot.staff_words import TEXTS
from bot.store import audit
from bot.store.db import transaction
from dialogs.rules.cases import NEXT, CaseState
from dialogs.rules.disputes import BECOMES
from dialogs.words import sentences
from tests.bot.console.desk import at_work, hire
from tests.bot.held_house import told_of
from tests.bot.web.counter import NUMBER, Counter

HOUSE = Path(bot.__file__).parent
HOLE, DYNAMIC = "{}", "action"
# What is noted under the state that something moves to: a case's are those that staff can bring about.
BY_STATE = {
    *(f"case.{to}" for following in NEXT.values() for to in following if to is not CaseState.WITHDRAWN),
    *(f"dispute.{to}" for to in BECOMES.values()),
}


def said(node: ast.AST) -> Iterator[str]:
    """The words that an expression can be: a constant, either side of a choice, a text with a hole."""
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.IfExp(body=one, orelse=other):
            yield from (*said(one), *said(other))
        case ast.JoinedStr(values=values):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else HOLE for each in values)


def given(tree: ast.AST, name: str) -> Iterator[str]:
    """What a module gives a name, by assignment or as an argument of that name."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield from said(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for each, value in zip(names, values, strict=False):
                    if isinstance(each, ast.Name) and each.id == name:
                        yield from said(value)
            case ast.keyword(arg=target, value=value) if target == name:
                yield from said(value)


@cache
def noting(tree: ast.Module) -> dict[str, str]:
    """The functions of a module that note an act for others, each with the form of its action."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    known = {
        function.name: form
        for function in functions
        for call in calls_in(function)
        if ast.unparse(call.func) == "audit.add"
        for form in forms(function, call)
    }
    passing_on = {
        function.name: known[name]
        for function in functions
        for call in calls_in(function)
        if (name := ast.unparse(call.func)) in known and passes_on(function, call)
    }
    return passing_on | known


def calls_in(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]


def passes_on(function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether a function hands on the words that it was called with."""
    words = {each.arg for each in function.args.args if each.annotation and ast.unparse(each.annotation) == "str"}
    own = any(isinstance(each, ast.Name) and each.id in words for each in call.args)
    return own and not any(list(said(each)) for each in call.args)


def forms(function: ast.FunctionDef, call: ast.Call) -> Iterator[str]:
    (action,) = (each.value for each in call.keywords if each.arg == "action")
    found = [*said(action), *(given(function, action.id) if isinstance(action, ast.Name) else ())]
    yield from [form for form in found if HOLE in form] or ([HOLE] if not found else [])


@cache
def actions() -> frozenset[str]:
    """Every action that a module of the house notes, by itself or through one that notes for it."""
    trees = {
        path.relative_to(HOUSE.parent).with_suffix(""): ast.parse(path.read_text()) for path in HOUSE.rglob("*.py")
    }
    modules = {".".join(path.parts): tree for path, tree in trees.items()}
    found: set[str] = set()
    for tree in modules.values():
        found |= {name for name in given(tree, DYNAMIC) if HOLE not in name}
        known = noting(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                theirs = noting(modules[node.module])
                known |= {each.asname or each.name: theirs[each.name] for each in node.names if each.name in theirs}
        for call in calls_in(tree):
            form = known.get(ast.unparse(call.func).removeprefix("self."))
            found |= {form.replace(HOLE, name) for name in names_in(tree, call)} if form else set()
    constants = {name for tree in modules.values() for name in given(tree, "BY_HAND")}
    return frozenset(name for name in found | constants if re.fullmatch(r"[a-z_]+\.[a-z_]+", name))


def names_in(tree: ast.Module, call: ast.Call) -> list[str]:
    """The action comes before any other words."""
    read = ([*(given(tree, DYNAMIC) if ast.unparse(each) == DYNAMIC else said(each))] for each in call.args)
    return next(filter(None, read), [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_that_can_be_noted_has_words_and_no_words_are_for_nothing(language: str) -> None:
    worded = {key.removeprefix("audit.act.") for key in sentences(TEXTS / f"{language}.toml") if "audit.act." in key}
    assert actions() | BY_STATE == worded


def test_what_was_unmasked_and_looked_for_is_told_in_words(counter: Counter) -> None:
    case_no = told_of(counter.parts, NUMBER)
    ichiro = at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))
    ichiro.get(f"/console/cases/{case_no}").post("/console/unmask", subject=f"case:{case_no}", field="told")
    ichiro.get("/console/search").post("/console/search", q="ないもの")
    text = at_work(counter, hire(counter.parts, "hana", "supervisor")).get("/console/audit").text
    assert [True, True] == ["相談の内容" in text, "見つからない" in text]


def test_an_act_is_told_in_words_with_its_facts_and_the_page_of_what_it_was_about(counter: Counter) -> None:
    hana = hire(counter.parts, "hana", "supervisor", name="責任 花子")
    case_no = told_of(counter.parts, NUMBER)
    at, states = counter.parts.clock.now(), {"before": "checking", "after": "found", "yen": 500}
    with transaction(counter.parts.db) as connection:
        audit.add(connection, actor="a", action="case.found", subject=case_no, at=at, details=states)
        audit.add(connection, actor="a", action="staff.capacity", subject=str(hana.id), at=at)
        audit.add(connection, actor="a", action="refund_file.made", subject="7", at=at)
    browser = at_work(counter, hana)
    shown = browser.get("/console/audit").text
    assert f'<td>確認できたとした</td><td>相談 <a href="/console/cases/{case_no}">{case_no}</a></td>' in shown
    assert all(f'<span class="small">{name}:</span> {value}' in shown for name, value in FACTS)
    assert "<td>受け持つ会話の数を変えた</td><td>職員 責任 花子</td>" in shown
    assert "<td>振込ファイルを作った</td><td>振込ファイル 7</td>" in shown  # a page of finance's own
    assert "case.found" in browser.client.get("/console/audit.csv").get_data(as_text=True)


FACTS = (("まえ", "確認中"), ("あと", "確認できた"), ("金額（円）", "500"))
