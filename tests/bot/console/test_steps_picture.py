"""The drawing of a state machine on its page: made from the table that moves it, and the same as in the docs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bot.console.steps_picture import Box, steps
from bot.store import contact_changes, refund_files, refunds
from dialogs.rules import disputes
from dialogs.rules.cases import BY_PERSON, NEXT
from tests.bot.web.counter import Counter

DOCS = Path(__file__).parents[3] / "docs" / "state-machines.md"
TABLES: Mapping[str, tuple[Mapping[str, Sequence[str]], str]] = {
    "cases": (NEXT, "case.state"),
    "contact_changes": (contact_changes.MOVES, "contact.state"),
    "refunds": (refunds.MOVES, "refund.state"),
    "refund_files": (refund_files.MOVES, "refund_file.state"),
}
ARROW = re.compile(r"^\s+(\w+) --> (\w+)\b", re.MULTILINE)


@pytest.mark.parametrize("table", TABLES)
def test_the_docs_draw_the_very_moves(table: str) -> None:
    moves, _ = TABLES[table]
    section = next(part for part in DOCS.read_text().split("\n## ") if part.startswith(f"{table}\n"))
    drawn = {arrow for arrow in ARROW.findall(section) if arrow[0] != arrow[1]}
    assert {(f"{state}", f"{after}") for state, following in moves.items() for after in following} == drawn


@pytest.mark.parametrize("table", TABLES)
def test_every_state_has_a_place_of_its_own_and_every_move_a_line_that_crosses_none(
    counter: Counter, table: str
) -> None:
    moves, key = TABLES[table]
    with counter.app.test_request_context("/console"):
        picture = steps(moves, key, next(iter(moves)))
    assert len(moves) == len({(box.x, box.y) for box in picture.boxes})
    assert sum(map(len, moves.values())) == len(picture.lines)
    crossed = [
        (line.path, box.name)
        for line in picture.lines
        for box in picture.boxes
        if _crosses(line.path, box, picture.wide)
    ]
    assert [] == [each for each in crossed if "H" in each[0]]
    assert all(box.x + picture.wide <= picture.width and box.y < picture.height for box in picture.boxes)


def test_it_says_where_something_stands_and_what_may_follow(counter: Counter) -> None:
    with counter.app.test_request_context("/console?lang=en"):
        picture = steps(NEXT, "case.state", "found")
    assert ("found so", ["balance restored", "becomes points"]) == (picture.now, picture.next)
    assert ["found so"] == [box.name for box in picture.boxes if box.now]
    assert ["balance restored", "becomes points"] == [box.name for box in picture.boxes if box.may]
    assert 2 == sum(line.open for line in picture.lines)


@pytest.mark.parametrize(
    ("moves", "beside"),
    [
        (NEXT, BY_PERSON),
        (refunds.MOVES, refunds.BY_PERSON),
        (contact_changes.MOVES, contact_changes.BY_PERSON),
        (disputes.NEXT, disputes.BY_ITSELF),
    ],
)
def test_what_staff_do_not_bring_is_a_move_of_the_table(
    moves: Mapping[str, Sequence[str]], beside: Sequence[tuple[str, str]]
) -> None:
    assert [] == [(state, after) for state, after in beside if after not in moves[state]]


def test_it_sets_apart_what_staff_do_not_bring(counter: Counter) -> None:
    with counter.app.test_request_context("/console?lang=en"):
        picture = steps(refunds.MOVES, "refund.state", "returned", not_by_staff=refunds.BY_PERSON)
    assert ([], ["asked for", "given up"]) == (picture.next, picture.others)


def _crosses(path: str, box: Box, wide: int) -> bool:
    """Whether an upright piece of a path goes through a box; level ones begin or end at boxes, or run below them."""
    x = 0.0
    for kind, first in re.findall(r"([MHV])(-?\d+)", path):
        if kind == "V" and box.x <= x <= box.x + wide:
            return True
        x = float(first) if kind in "MH" else x
    return False
