"""Figures as drawings: columns over time, each in its parts, and bars beside words. Coordinates, no colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialogs.words import JST

WIDTH, HEIGHT = 860, 200
LEFT, BOTTOM, TOP = 64, 26, 10  # beside the axis of numbers, below that of times, above the highest column
TICKS, LABELS = 4, 8
MOST_COLUMNS = 96
WIDTHS = (60, 300, 900, 3600, 6 * 3600, 24 * 3600)  # seconds of a column


@dataclass(frozen=True)
class Piece:
    """A part of a column: of which series, how many, and where."""

    series: str
    number: int
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """What came in one stretch of time."""

    label: str
    x: float
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Plot:
    """ticks: (number, y) of the axis on the left; labels: (text, x) of the one below; bar: the width of a column."""

    columns: Sequence[Column]
    ticks: Sequence[tuple[int, float]]
    labels: Sequence[tuple[str, float]]
    bar: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def column_width(first: datetime, last: datetime) -> int:
    """Seconds of a column, so that a plot from the first to the last moment has MOST_COLUMNS at most."""
    seconds = (last - first).total_seconds()
    return next((width for width in WIDTHS if seconds / width < MOST_COLUMNS), WIDTHS[-1])


def over_time(figures: Mapping[datetime, Mapping[str, int]], series: Sequence[str], *, width: int) -> Plot:
    """Columns of `width` seconds, one for each stretch between the first and the last, be it empty."""
    first, last, step = min(figures), max(figures), timedelta(seconds=width)
    moments = [first + step * number for number in range(int((last - first) / step) + 1)][-MOST_COLUMNS:]
    highest = max((sum(figures.get(at, {}).get(name, 0) for name in series) for at in moments), default=0)
    top = _round_up(highest)
    room = (WIDTH - LEFT) / len(moments)
    columns = [
        Column(moment_label(at), LEFT + room * place, _pieces(figures.get(at, {}), series, top))
        for place, at in enumerate(moments)
    ]
    every = -(-len(moments) // LABELS)
    labels = [(column.label, round(column.x + room / 2, 1)) for column in columns[::every]]
    ticks = [(top * part // TICKS, _height(top * part // TICKS, top)) for part in range(TICKS + 1)]
    places = [(number, round(HEIGHT - BOTTOM - height, 1)) for number, height in ticks]
    return Plot(columns, places, labels, round(max(room - 2, 1), 1))


def moment_label(at: datetime) -> str:
    """A moment as both languages read it."""
    return f"{at.astimezone(JST):%m-%d %H:%M}"


def _pieces(figures: Mapping[str, int], series: Sequence[str], top: int) -> list[Piece]:
    pieces, y = [], float(HEIGHT - BOTTOM)
    for name in series:
        if number := figures.get(name, 0):
            height = _height(number, top)
            y -= height
            pieces.append(Piece(name, number, round(y, 1), height))
    return pieces


def _height(number: int, top: int) -> float:
    return round((HEIGHT - BOTTOM - TOP) * number / top, 1)


def _round_up(highest: int) -> int:
    """The number at the top of the axis: the next of 4, 8, 20, 40, 80, …, all of which divide by TICKS."""
    step = 1
    while True:
        for part in (4, 8, 20):
            if part * step >= highest:
                return part * step
        step *= 10
