"""Mailings: which there are, how each stands, and what one will be before it goes out.

GET /console/deliveries                       all of them
GET /console/deliveries/<uuid>                one: by state, over time, what came back
GET /console/deliveries/<uuid>/figures.csv    one of its tables, to take away
GET /console/deliveries/<uuid>/preview        what is still planned of it: people, words, cost, hours
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from bot.console.csv_files import csv_file
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.plots import Plot, column_width, moment_label, over_time
from bot.deliveries.preview import of_mailing
from bot.deliveries.running import goes_on_at
from bot.deliveries.samples import samples
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import mail_groups, mailing_figures, mailings
from bot.store.mailing_figures import Code, Kind
from bot.store.mailings import Mailing

MOST_CODES = 20
# What is shown of a mailing: the states in their order, and which of them a drawing puts together.
STATES = (
    *("planned", "sending", "unknown", "accepted", "presumed", "delivered"),
    *("undelivered", "suppressed", "chosen", "expired", "cancelled"),
)
ARRIVED, FAILED = ("presumed", "delivered"), ("undelivered", "suppressed")
OVER_TIME = ("sending", "accepted", "unknown", *ARRIVED, *FAILED)
CAME_BACK = (*ARRIVED, *FAILED, "unknown")
TABLES: Mapping[str, Sequence[str]] = {
    "states": ("state", "people"),
    "time": ("time", *OVER_TIME),
    "codes": ("kind", "code", "provider", "times"),
}
# What staff do, and the states that it leads to; nobody finishes a mailing, and a finished one goes on by itself.
LEADS_TO: Mapping[str, Set[str]] = {
    "pilot": {"piloting"},
    "start": {"running"},
    "pause": {"paused"},
    "resume": {"piloting", "running"},
    "cancel": {"cancelled"},
}


@dataclass(frozen=True)
class Line:
    """A mailing in the list, with its figures."""

    mailing: Mailing
    counts: Mapping[str, int]

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    def of(self, *states: str) -> int:
        return sum(self.counts.get(state, 0) for state in states)


@dataclass(frozen=True)
class Times:
    """What moved in each stretch of time, and its drawings; width in minutes."""

    figures: Mapping[datetime, Mapping[str, int]] = field(default_factory=dict)
    width: int = 0
    sent: Plot | None = None
    back: Plot | None = None


def acts_of(mailing: Mailing) -> Sequence[str]:
    """What staff can do with it as it stands, by the table that moves it."""
    following = mailings.MOVES[mailing.state]
    if "cancelled" not in following:
        return ()
    on = ("resume",) if mailing.state == "paused" else ("pilot", "start")  # a paused one goes on as it was
    return ("test", *(act for act in (*on, "pause", "cancel") if not LEADS_TO[act].isdisjoint(following)))


def delivery_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("deliveries", __name__)

    @routes.get("/deliveries")
    @for_roles("supervisor")
    def every() -> Response:
        counts = mailing_figures.all_counts(parts.db)
        lines = [Line(mailing, counts.get(mailing.id, {})) for mailing in reversed(mailings.every(parts.db))]
        return make_response(page(parts, "deliveries.html", lines=lines, failed=FAILED, arrived=ARRIVED))

    @routes.get("/deliveries/<uuid:mailing>")
    @for_roles("supervisor")
    def look(mailing: UUID) -> Response:
        return make_response(page(parts, "delivery.html", **_shown(parts, mailing_or_404(parts, mailing))))

    @routes.get("/deliveries/<uuid:mailing>/figures.csv")
    @for_roles("supervisor")
    def take(mailing: UUID) -> Response:
        found, table = mailing_or_404(parts, mailing), request.args.get("table", "")
        if table not in TABLES:
            abort(404)
        spoken = staff_words(language())
        header = [spoken.say(f"deliveries.column.{each}") for each in TABLES[table]]
        return csv_file(f"mailing-{table}", header, _rows(parts, found, table))

    @routes.get("/deliveries/<uuid:mailing>/preview")
    @for_roles("supervisor")
    def preview(mailing: UUID) -> Response:
        found = mailing_or_404(parts, mailing)
        seen = of_mailing(parts, found)
        kinds = [Kind(line.share.way, line.share.language, line.share.applied) for line in seen.lines]
        real = samples(parts, found, kinds)
        return make_response(page(parts, "delivery_preview.html", mailing=found, seen=seen, samples=real))

    return routes


def mailing_or_404(parts: Parts, mailing: UUID) -> Mailing:
    """The mailing of that id."""
    return mailings.by_id(parts.db, mailing) or abort(404)


def _shown(parts: Parts, mailing: Mailing) -> dict[str, Any]:
    line = Line(mailing, mailings.counts(parts.db, mailing.id))
    return {
        "line": line,
        "held": mail_groups.held(parts.db, mailing.id),
        "mailing": mailing,
        "goes_on": goes_on_at(parts, mailing, planned=line.of("planned")),
        "states": [state for state in STATES if line.of(state)],
        "times": _times(parts, mailing),
        "codes": _codes(parts, mailing),
        "acts": acts_of(mailing),
        "columns": OVER_TIME,
        "label": moment_label,
    }


def _times(parts: Parts, mailing: Mailing) -> Times:
    span = mailing_figures.span(parts.db, mailing.id)
    if span is None:
        return Times()
    width = column_width(*span)
    figures = mailing_figures.over_time(parts.db, mailing.id, width=width, ahead=parts.ahead)
    sent, back = (over_time(figures, series, width=width) for series in (("sending",), CAME_BACK))
    return Times(figures, width // 60, sent, back)


def _codes(parts: Parts, mailing: Mailing) -> Sequence[Code]:
    return mailing_figures.codes(parts.db, mailing.id, since=mailing.created_at, most=MOST_CODES)


def _rows(parts: Parts, mailing: Mailing, table: str) -> Iterable[Sequence[str | int]]:
    match table:
        case "states":
            counts, spoken = mailings.counts(parts.db, mailing.id), staff_words(language())
            return [(spoken.say(f"deliveries.state.{state}"), counts.get(state, 0)) for state in STATES]
        case "time":
            figures = _times(parts, mailing).figures
            return [(moment_label(at), *(moved.get(state, 0) for state in OVER_TIME)) for at, moved in figures.items()]
        case _:
            return [(each.kind, each.code, each.provider, each.number) for each in _codes(parts, mailing)]
