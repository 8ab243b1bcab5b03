"""The funnel as a drawing: a row and a bar for each question, arcs for ways that skip rows, ends on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.console.funnel_view import Funnel, Step, Way, is_end

ROW, GAP, END_LINE = 46, 26, 18
BAR, ENDS_WIDTH, LANE, MARGIN = 400, 340, 9, 24
THINNEST, THICKEST = 1.2, 6.0


@dataclass(frozen=True)
class Row:
    """A question's place; widths of its bar and of the answered part of it, the ends that are reached from it."""

    step: Step
    y: int
    height: int
    asked_width: int
    answered_width: int
    ends: Sequence[Way]
    below: Way | None


@dataclass(frozen=True)
class Arc:
    """A way that skips rows, or leads back; path is SVG's, width grows with how many went it."""

    way: Way
    path: str
    width: float
    back: bool


@dataclass(frozen=True)
class Drawing:
    rows: Sequence[Row]
    arcs: Sequence[Arc]
    left: int
    width: int
    height: int


def draw(funnel: Funnel) -> Drawing:
    """Coordinates for console/funnel_picture.html; all in the units of the drawing."""
    most = max((step.asked for step in funnel.steps), default=0) or 1
    place = {step.question: number for number, step in enumerate(funnel.steps)}
    between = [way for way in funnel.ways if way.end in place and way.start != way.end]
    skipping = [way for way in between if place[way.end] != place[way.start] + 1]
    rows, y = [], MARGIN
    for step in funnel.steps:
        ends = [way for way in funnel.ways if way.start == step.question and is_end(way.end)]
        below = next((way for way in between if way.start == step.question and way not in skipping), None)
        height = max(ROW, END_LINE * len(ends) + 8)
        rows.append(Row(step, y, height, _share(step.asked, most), _share(step.answered, most), ends, below))
        y += height + GAP
    lanes = _lanes(skipping, place)
    left = MARGIN + LANE * (max(lanes, default=0) + 2)
    arcs = [_arc(way, rows, place.__getitem__, left=left, lane=lane) for way, lane in zip(skipping, lanes, strict=True)]
    heaviest = max((way.conversations for way in skipping), default=0) or 1
    # What nobody went lies below what somebody did.
    arcs = sorted((_weighed(arc, heaviest) for arc in arcs), key=lambda arc: arc.way.conversations)
    return Drawing(rows, arcs, left, left + BAR + ENDS_WIDTH, y)


def _share(part: int, whole: int) -> int:
    return round(BAR * part / whole)


def _lanes(ways: Sequence[Way], place: dict[str, int]) -> list[int]:
    """For each arc the innermost lane in which it crosses no other; short ones lie within long ones."""
    taken: list[list[tuple[int, int]]] = []
    lanes = {}
    for way in sorted(ways, key=lambda way: abs(place[way.end] - place[way.start])):
        top, bottom = sorted((place[way.start], place[way.end]))
        free = (lane for lane, spans in enumerate(taken) if all(bottom <= a or b <= top for a, b in spans))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((top, bottom))
        lanes[way] = lane
    return [lanes[way] for way in ways]


def _arc(way: Way, rows: Sequence[Row], place: Callable[[str], int], *, left: int, lane: int) -> Arc:
    start, end = rows[place(way.start)], rows[place(way.end)]
    back = end.y < start.y
    y1, y2 = start.y + ROW * (1 if back else 2) // 3, end.y + ROW * (2 if back else 1) // 3
    x = left - LANE * (lane + 2)
    path = f"M{left} {y1} H{x + 6} Q{x} {y1} {x} {y1 + (-6 if back else 6)} V{y2 + (6 if back else -6)}"
    return Arc(way, f"{path} Q{x} {y2} {x + 6} {y2} H{left - 3}", 0.0, back)


def _weighed(arc: Arc, heaviest: int) -> Arc:
    width = THINNEST + (THICKEST - THINNEST) * arc.way.conversations / heaviest
    return Arc(arc.way, arc.path, round(width, 1), arc.back)
