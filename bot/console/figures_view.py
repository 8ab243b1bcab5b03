"""The figures of a supervisor's page: each a drawing, and the table of the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.console.plots import Plot, columns, lines
from bot.store.chosen import Chosen
from bot.store.counter_hours import Count
from bot.store.desk_figures import Queue, Span, Times
from dialogs.message import TALKED_BY
from dialogs.words import JST

BY_THE_BOT = TALKED_BY[:3]  # staff fill in what comes by telephone
VERDICTS = ("good", "fair", "poor")
# What a message's state is drawn as; what is planned or on the wire waits.
MESSAGE_STATES = {
    "delivered": "delivered",
    "sent": "accepted",
    "undelivered": "undelivered",
    "refused": "undelivered",
    "unknown": "unknown",
    "suppressed": "suppressed",
    "planned": "planned",
    "sending": "planned",
}
MAILED = ("delivered", "presumed", "undelivered", "unknown", "suppressed")
CASE_KINDS = ("B1", "B2", "OTHER")
AGES = (("0–1", 0), ("2–3", 2), ("4–6", 4), ("7–13", 7), ("14–", 14))  # days, and the least of each
HOURLY_DAYS = 3
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


def volumes(hours: Sequence[Count], chosen: Chosen) -> Figure:
    """What people said, by channel, over the days."""
    return _stacked("volume", _by_day(hours, chosen, {"said": ""}), chosen, TALKED_BY)


def clock_hours(hours: Sequence[Count]) -> Figure:
    """What people said, by channel, over the hours of the day."""
    counted: dict[int, Counter[str]] = {hour: Counter() for hour in range(24)}
    for each in hours:
        if each.kind == "said" and each.hour is not None:
            counted[each.hour][each.channel] += each.number
    found = [(f"{hour}:00", counted[hour]) for hour in counted]
    return _figure("hours", found, "hour", TALKED_BY)


def by_the_bot(hours: Sequence[Count], chosen: Chosen) -> Figure:
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


def verdicts(hours: Sequence[Count], chosen: Chosen) -> Figure:
    """How people found their talk with staff."""
    kinds = {f"survey:{verdict}": verdict for verdict in VERDICTS}
    return _stacked("survey", _by_day(hours, chosen, kinds), chosen, VERDICTS)


def queue(found: Mapping[datetime, Queue], chosen: Chosen) -> Figure:
    """The longest wait in the queue, in minutes, as it was looked at all the time; over a few days by the hour."""
    hourly = len(chosen.days) <= HOURLY_DAYS
    kept: dict[datetime | date, Queue] = {}
    for hour, most in found.items():
        at = hour if hourly else _stretch(hour.date(), chosen)
        before = kept.get(at, Queue(0, 0))
        kept[at] = Queue(max(before.number, most.number), max(before.longest, most.longest))
    at_all = _hours(chosen) if hourly else chosen.days
    drawn = [
        (f"{at:%m-%d %H:00}" if hourly else _short(at), {"longest": kept[at].longest // MINUTE} if at in kept else {})
        for at in at_all
    ]
    rows: list[Sequence[Cell]] = [
        [f"{at:%Y-%m-%d %H:00}" if hourly else at.isoformat(), kept[at].number, f"{kept[at].longest / MINUTE:.1f}"]
        for at in at_all
        if at in kept
    ]
    plot = lines(drawn, ("longest",)) if rows else None
    return Figure("queue", ("longest",), ("hour" if hourly else "day", "waiting", "longest"), rows, plot)


def messages(hours: Sequence[Count], chosen: Chosen) -> Figure:
    """What became of single messages, by the day on which they were written."""
    kinds = {f"message:{state}": series for state, series in MESSAGE_STATES.items()}
    series = tuple(dict.fromkeys(MESSAGE_STATES.values()))
    return _stacked("messages", _by_day(hours, chosen, kinds), chosen, series)


def mailings(found: Iterable[tuple[date, str, int]], chosen: Chosen) -> Figure:
    """What came back of mailings, by the day on which it did."""
    counted: dict[date, Counter[str]] = {day: Counter() for day in chosen.days}
    for day, state, number in found:
        if state in MAILED:
            counted[_stretch(day, chosen)][state] += number
    return _stacked("mailings", counted, chosen, MAILED)


def cases(found: Iterable[tuple[int, str, int]]) -> Figure:
    """Open cases by the days that they have waited."""
    counted: dict[str, Counter[str]] = {label: Counter() for label, _ in AGES}
    for days, kind, number in found:
        counted[next(label for label, least in reversed(AGES) if days >= least)][kind] += number
    return _figure("cases", list(counted.items()), "age", CASE_KINDS)


def _hours(chosen: Chosen) -> list[datetime]:
    first = datetime.combine(chosen.first, time(), JST)
    return [first + timedelta(hours=number) for number in range(24 * len(chosen.days))]


def _stretch(day: date, chosen: Chosen) -> date:
    """The first day of the stretch that a day is counted with."""
    return chosen.first + timedelta(days=(day - chosen.first).days // chosen.step * chosen.step)


def _by_day(hours: Iterable[Count], chosen: Chosen, kinds: Mapping[str, str]) -> dict[date, Counter[str]]:
    """Numbers of each stretch by what their kind stands for, "" for their channel."""
    counted: dict[date, Counter[str]] = {day: Counter() for day in chosen.days}
    for each in hours:
        if each.kind in kinds and each.day:
            counted[_stretch(each.day, chosen)][kinds[each.kind] or each.channel] += each.number
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
