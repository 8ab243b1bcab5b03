"""Figures as drawings: columns over time, each in its parts, and lines. Coordinates, no colours."""

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
class Dot:
    """A value of a line, and where."""

    label: str
    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A series over time: the path of its line, and its values."""

    series: str
    path: str
    dots: Sequence[Dot]


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
    lines: Sequence[Line] = ()


def column_width(first: datetime, last: datetime) -> int:
    """Seconds of a column, so that a plot from the first to the last moment has MOST_COLUMNS at most."""
    seconds = (last - first).total_seconds()
    return next((width for width in WIDTHS if seconds / width < MOST_COLUMNS), WIDTHS[-1])


def over_time(figures: Mapping[datetime, Mapping[str, int]], series: Sequence[str], *, width: int) -> Plot:
    """Columns of `width` seconds, one for each stretch between the first and the last, be it empty."""
    first, last, step = min(figures), max(figures), timedelta(seconds=width)
    moments = [first + step * number for number in range(int((last - first) / step) + 1)][-MOST_COLUMNS:]
    return columns([(moment_label(at), figures.get(at, {})) for at in moments], series)


def columns(labelled: Sequence[tuple[str, Mapping[str, int]]], series: Sequence[str]) -> Plot:
    """A column for each label, in its parts from the bottom up."""
    top = _round_up(max((sum(figures.get(name, 0) for name in series) for _, figures in labelled), default=0))
    room = _room(labelled)
    drawn = [
        Column(label, round(LEFT + room * place, 1), _pieces(figures, series, top))
        for place, (label, figures) in enumerate(labelled)
    ]
    return Plot(drawn, _ticks(top), _labels(labelled), round(max(room - 2, 1), 1))


def lines(labelled: Sequence[tuple[str, Mapping[str, int]]], series: Sequence[str]) -> Plot:
    """A line for each series; it is broken where a label has no value of it, and a value alone is a dot."""
    top = _round_up(max((number for _, figures in labelled for number in figures.values()), default=0))
    drawn = [Line(name, *_line(labelled, name, top)) for name in series]
    return Plot((), _ticks(top), _labels(labelled), _room(labelled), lines=drawn)


def _line(labelled: Sequence[tuple[str, Mapping[str, int]]], name: str, top: int) -> tuple[str, list[Dot]]:
    path, dots, room, pen = [], [], _room(labelled), "M"
    for place, (label, figures) in enumerate(labelled):
        if (number := figures.get(name)) is None:
            pen = "M"
            continue
        x, y = round(LEFT + room * (place + 0.5), 1), round(HEIGHT - BOTTOM - _height(number, top), 1)
        path.append(f"{pen}{x} {y}")
        dots.append(Dot(label, number, x, y))
        pen = "L"
    return " ".join(path), dots


def _room(labelled: Sequence[object]) -> float:
    return (WIDTH - LEFT) / max(len(labelled), 1)


def _labels(labelled: Sequence[tuple[str, Mapping[str, int]]]) -> list[tuple[str, float]]:
    every, room = -(-len(labelled) // LABELS) or 1, _room(labelled)
    return [(label, round(LEFT + room * (place + 0.5), 1)) for place, (label, _) in enumerate(labelled)][::every]


def _ticks(top: int) -> list[tuple[int, float]]:
    numbers = [top * part // TICKS for part in range(TICKS + 1)]
    return [(number, round(HEIGHT - BOTTOM - _height(number, top), 1)) for number in numbers]


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
