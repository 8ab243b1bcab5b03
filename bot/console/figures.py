"""How the counter does, over time: waits, replies, volumes, what the bot does alone. Sums, and nobody's in particular.

GET /console/figures         the drawings with their tables
GET /console/figures.csv     one of the tables, to take away
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from flask import Blueprint, Response, abort, make_response, request

from bot.console import figures_view
from bot.console.csv_files import csv_file
from bot.console.days import asked_day
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.figures_view import Figure
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import counter_hours, desk_figures
from bot.store.chosen import Chosen
from dialogs.message import TALKED_BY
from dialogs.words import JST

USUAL_DAYS, MOST_DAYS = 30, 400
PERIODS = (1, 7, 30, 90)

Counting = Callable[[Parts, Chosen], Sequence[Figure]]


def figure_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("figures", __name__)

    @routes.get("/figures")
    @for_roles("supervisor")
    def look() -> Response:
        chosen = _chosen(parts)
        shown = {
            "chosen": chosen,
            "today": _today(parts),
            "waiting": desk_figures.waiting(parts.db, chosen),
            "figures": [figure for count in dict.fromkeys(COUNTS.values()) for figure in count(parts, chosen)],
            "channels": TALKED_BY,
            "teams": _teams(parts),
            "periods": [(days, _today(parts) - timedelta(days=days - 1)) for days in PERIODS],
        }
        return make_response(page(parts, "figures.html", **shown))

    @routes.get("/figures.csv")
    @for_roles("supervisor")
    def take() -> Response:
        count = COUNTS.get(request.args.get("table", "")) or abort(404)
        figure = next(each for each in count(parts, _chosen(parts)) if each.key == request.args["table"])
        spoken = staff_words(language())
        return csv_file(
            f"figures-{figure.key}", [spoken.say(f"figures.column.{each}") for each in figure.columns], figure.rows
        )

    return routes


def _of_queue(parts: Parts, chosen: Chosen) -> Sequence[Figure]:
    return (figures_view.queue(desk_figures.queue_over_time(parts.db, chosen), chosen),)


def _of_mailings(parts: Parts, chosen: Chosen) -> Sequence[Figure]:
    return (figures_view.mailings(desk_figures.mailed(parts.db, chosen, ahead=parts.ahead), chosen),)


def _of_cases(parts: Parts, chosen: Chosen) -> Sequence[Figure]:
    return (figures_view.cases(desk_figures.open_cases(parts.db, chosen, now=parts.clock.now())),)


def _of_staff(parts: Parts, chosen: Chosen) -> Sequence[Figure]:
    found = desk_figures.times(parts.db, chosen)
    replies = figures_view.waits("reply", found, chosen, lambda times: times.reply)
    return replies, figures_view.waits("solved", found, chosen, lambda times: times.solved)


def _of_hours(parts: Parts, chosen: Chosen) -> Sequence[Figure]:
    hours = counter_hours.look(parts.db, chosen, today=_today(parts), ahead=parts.ahead)
    by_day = figures_view.volumes, figures_view.by_the_bot, figures_view.verdicts, figures_view.messages
    return [figures_view.clock_hours(hours), *(figure(hours, chosen) for figure in by_day)]


COUNTS: Mapping[str, Counting] = {
    "queue": _of_queue,
    "reply": _of_staff,
    "solved": _of_staff,
    "volume": _of_hours,
    "hours": _of_hours,
    "bot": _of_hours,
    "survey": _of_hours,
    "messages": _of_hours,
    "mailings": _of_mailings,
    "cases": _of_cases,
}


def _chosen(parts: Parts) -> Chosen:
    """What the address asks for; what makes no sense there is as if it were not."""
    last = asked_day("to") or _today(parts)
    first = asked_day("from") or last - timedelta(days=USUAL_DAYS - 1)
    first, last = min(first, last), max(first, last)
    channel, team = request.args.get("channel", ""), request.args.get("team", "")
    return Chosen(
        max(first, last - timedelta(days=MOST_DAYS)),
        last,
        channel=channel if channel in TALKED_BY else "",
        team=team if team in _teams(parts) else "",
    )


def _teams(parts: Parts) -> Sequence[str]:
    """The prefectures whose people may come to staff."""
    covered = {each.code for campaign in parts.campaigns.values() for each in campaign.prefectures}
    return sorted(covered)


def _today(parts: Parts) -> date:
    return parts.clock.now().astimezone(JST).date()
