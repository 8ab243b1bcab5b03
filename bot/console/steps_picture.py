"""The way that something goes through its states, drawn from the table that moves it: there is no second one to keep.

States stand in columns by how far they are from the first one. A way to the next column is a line; every other one,
and those that lead back, run below in lanes of their own, where no box stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.console.drawing import language
from bot.staff_words import staff_words
from bot.store.moves import State

WIDE, NARROW, PADDING, NARROWEST = 13.5, 7.5, 10, 64  # of letters of 13 units, as the style sheet has them
BOX, ROW = 30, 44
GAP, LANE, MARGIN, APART, HEAD = 44, 11, 6, 4, 5


@dataclass(frozen=True)
class Box:
    """A state and its place; now: it stands there; may: it can go there from where it stands."""

    name: str
    x: int
    y: int
    now: bool
    may: bool


@dataclass(frozen=True)
class Line:
    """A move, as the path that SVG draws; open: it leads on from where it stands."""

    path: str
    back: bool
    open: bool


@dataclass(frozen=True)
class Steps:
    """The drawing for console/steps_picture.html, and what it says in words; others: where staff do not bring it."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    wide: int
    width: int
    height: int
    now: str
    next: Sequence[str]
    others: Sequence[str]


def steps(
    moves: Mapping[State, Sequence[State]], key: str, now: State, *, not_by_staff: Collection[tuple[State, State]] = ()
) -> Steps:
    """The drawing of a table of moves (first state first, ends last) whose names are the texts key.STATE."""
    spoken = staff_words(language())
    names = {state: spoken.say(f"{key}.{state}") for state in moves}
    wide = max(NARROWEST, *(round(_width(name)) + 2 * PADDING for name in names.values()))
    places = _places(moves, wide)
    boxes = [Box(names[state], *places[state], state == now, state in moves[now]) for state in moves]
    bottom = max(y for _, y in places.values()) + BOX + MARGIN
    lines, lanes = _lines(moves, places, now, wide=wide, bottom=bottom)
    width = max(x for x, _ in places.values()) + wide + GAP
    following = [names[after] for after in moves[now] if (now, after) not in not_by_staff]
    others = [names[after] for after in moves[now] if (now, after) in not_by_staff]
    return Steps(boxes, lines, wide, width, bottom + LANE * lanes + MARGIN, names[now], following, others)


def _width(name: str) -> float:
    return sum(WIDE if unicodedata.east_asian_width(sign) in "FW" else NARROW for sign in name)


def _places(moves: Mapping[State, Sequence[State]], wide: int) -> dict[State, tuple[int, int]]:
    """Where the box of each state begins. Only moves down the table count, so that what leads back pulls nothing."""
    order = list(moves)
    column = dict.fromkeys(order, 0)
    for state in order:
        for after in moves[state]:
            if order.index(after) > order.index(state):
                column[after] = max(column[after], column[state] + 1)
    places, filled = {}, dict.fromkeys(column.values(), 0)
    for state in order:
        places[state] = (MARGIN + GAP // 2 + column[state] * (wide + GAP), MARGIN + filled[column[state]] * ROW)
        filled[column[state]] += 1
    return places


def _lines(
    moves: Mapping[State, Sequence[State]],
    places: Mapping[State, tuple[int, int]],
    now: State,
    *,
    wide: int,
    bottom: int,
) -> tuple[list[Line], int]:
    """Each move's path, and how many lanes they need."""
    lines, lanes = [], 0
    for state, following in moves.items():
        for after in following:
            (x1, y1), (x2, y2) = places[state], places[after]
            start, end, middle = x1 + wide, x2 - HEAD, BOX // 2
            if end - start == GAP - HEAD:
                bend = start + GAP // 2
                path = f"M{start} {y1 + middle} C{bend} {y1 + middle} {bend} {y2 + middle} {end} {y2 + middle}"
            else:
                lanes += 1
                lane, off = bottom + LANE * (lanes - 1), APART + APART * (lanes - 1) % (GAP // 2 - APART)
                path = f"M{start} {y1 + middle} H{start + off} V{lane} H{x2 - GAP // 2 + off} V{y2 + middle} H{end}"
            lines.append(Line(path, x2 <= x1, state == now))
    return sorted(lines, key=lambda line: line.open), lanes
