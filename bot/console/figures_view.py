"""The figures of a supervisor's page: each a drawing, and the table of the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.console.plots import Plot, columns, lines
from bot.store.counter_hours import Hour
from bot.store.desk_figures import Chosen, Span, Times

CHANNELS = ("line", "sms", "web", "phone")
BY_THE_BOT = CHANNELS[:3]  # staff fill in what comes by telephone
VERDICTS = ("good", "fair", "poor")
MINUTE = 60
NONE = "–"

Cell = str | int


@dataclass(frozen=True)
class Figure:
    """Its words are figures.<key>; series are drawn, columns and rows are the table. No rows: there is nothing yet."""

    key: str
    series: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    plot: Plot | None
    total: Sequence[Cell] = ()


def waits(key: str, found: Mapping[date | None, Times], chosen: Chosen, of: Callable[[Times], Span]) -> Figure:
    """Median and nine tenths of a time, in minutes, by when people asked."""
    spans = {day: of(times) for day, times in found.items()}
    rows = [_minutes(day.isoformat(), spans[day]) for day in chosen.days if day in spans and spans[day].number]
    drawn = [(_short(day), _drawn(spans[day]) if day in spans else {}) for day in chosen.days]
    series = ("median", "most")
    total = _minutes("", spans[None]) if rows else ()
    return Figure(key, series, ("day", "number", *series), rows, lines(drawn, series) if rows else None, total)


def volumes(hours: Sequence[Hour], chosen: Chosen) -> Figure:
    """What people said, by channel, over the days."""
    return _stacked("volume", _by_day(hours, chosen, {"said": ""}), chosen, CHANNELS)


def clock_hours(hours: Sequence[Hour]) -> Figure:
    """What people said, by channel, over the hours of the day."""
    counted: dict[int, Counter[str]] = {hour: Counter() for hour in range(24)}
    for each in hours:
        if each.kind == "said":
            counted[each.hour][each.channel] += each.number
    found = [(f"{hour}:00", counted[hour]) for hour in counted]
    return _figure("hours", found, "hour", CHANNELS)


def by_the_bot(hours: Sequence[Hour], chosen: Chosen) -> Figure:
    """Conversations that the bot brought to an end alone, those that staff had, those that are open or were left."""
    kinds = {"began": "began", "alone": "alone", "with_staff": "with_staff"}
    counted = _by_day([each for each in hours if each.channel in BY_THE_BOT], chosen, kinds)
    for figures in counted.values():
        figures["open"] = max(figures["began"] - figures["alone"] - figures["with_staff"], 0)
    series = ("alone", "with_staff", "open")
    plain = _stacked("bot", counted, chosen, series)
    shares = [_share(figures) for figures in counted.values()]
    rows = [[*row, share] for row, share in zip(plain.rows, shares, strict=bool(plain.rows))]
    total: Counter[str] = sum(counted.values(), Counter())
    last = [*plain.total, _share(total)] if rows else []
    return Figure("bot", series, (*plain.columns, "rate"), rows, plain.plot, last)


def verdicts(hours: Sequence[Hour], chosen: Chosen) -> Figure:
    """How people found their talk with staff."""
    kinds = {f"survey:{verdict}": verdict for verdict in VERDICTS}
    return _stacked("survey", _by_day(hours, chosen, kinds), chosen, VERDICTS)


def _by_day(hours: Iterable[Hour], chosen: Chosen, kinds: Mapping[str, str]) -> dict[date, Counter[str]]:
    """Numbers of each stretch by what their kind stands for, "" for their channel."""
    counted: dict[date, Counter[str]] = {day: Counter() for day in chosen.days}
    for each in hours:
        if each.kind in kinds:
            day = chosen.days[(each.day - chosen.first).days // chosen.step]
            counted[day][kinds[each.kind] or each.channel] += each.number
    return counted


def _stacked(key: str, counted: Mapping[date, Counter[str]], chosen: Chosen, series: Sequence[str]) -> Figure:
    figure = _figure(key, [(_short(day), figures) for day, figures in counted.items()], "day", series)
    rows = [[day.isoformat(), *row[1:]] for day, row in zip(chosen.days, figure.rows, strict=bool(figure.rows))]
    return Figure(key, series, figure.columns, rows, figure.plot, figure.total)


def _figure(key: str, labelled: Sequence[tuple[str, Counter[str]]], first: str, series: Sequence[str]) -> Figure:
    if not any(figures[name] for _, figures in labelled for name in series):
        return Figure(key, series, (first, *series), (), None)
    rows: list[Sequence[Cell]] = [[label, *(figures[name] for name in series)] for label, figures in labelled]
    total: list[Cell] = ["", *(sum(figures[name] for _, figures in labelled) for name in series)]
    return Figure(key, series, (first, *series), rows, columns(labelled, series), total)


def _minutes(label: str, span: Span) -> Sequence[Cell]:
    return (
        label,
        span.number,
        *(NONE if each is None else f"{each / MINUTE:.1f}" for each in (span.median, span.most)),
    )


def _drawn(span: Span) -> dict[str, int]:
    if span.median is None or span.most is None:
        return {}
    return {"median": round(span.median / MINUTE), "most": round(span.most / MINUTE)}


def _share(figures: Counter[str]) -> str:
    return f"{100 * figures['alone'] / figures['began']:.1f} %" if figures["began"] else NONE


def _short(day: date) -> str:
    return f"{day:%m-%d}"
