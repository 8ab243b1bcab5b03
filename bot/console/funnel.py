"""How far conversations come, and where they stop, over the picture of the script.

GET /console/funnel         the drawing and its tables
GET /console/funnel.csv     one of the tables, to take away
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, make_response, request

from bot.console.csv_files import csv_file
from bot.console.days import asked_day
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.funnel_picture import draw
from bot.console.funnel_view import Funnel, funnel_of, is_end, picture_of
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import funnel as counted
from bot.store.funnel import Wanted
from dialogs.facts import campaign_facts
from dialogs.message import TALKED_BY
from dialogs.scripts import FIRST, SCRIPTS, SIDES, newest
from dialogs.words import JST, words

USUAL_DAYS = 30
MOST_DAYS = 400
TABLES = {
    "questions": ("question", "key", "asked", "answered", "invalid", "changed", "left"),
    "ways": ("from", "to", "answers", "conversations"),
}


@dataclass(frozen=True)
class Names:
    """What questions, ends and answers are called in the language of whoever looks."""

    question: Callable[[str], str]
    node: Callable[[str], str]
    answers: Callable[[str, tuple[str, ...]], str]


def funnel_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("funnel", __name__)

    @routes.get("/funnel")
    @for_roles("supervisor")
    def look() -> Response:
        wanted, funnel = _wanted(parts), _funnel(parts)
        shown = {"wanted": wanted, "funnel": funnel, "drawing": draw(funnel), "names": _names(parts)}
        choices = {"scripts": _scripts(), "channels": TALKED_BY, "campaigns": list(parts.campaigns)}
        here = {name: request.args.get(name, "") for name in ("from", "to", "script", "campaign", "channel")}
        return make_response(page(parts, "funnel.html", here=here, **shown, **choices))

    @routes.get("/funnel.csv")
    @for_roles("supervisor")
    def take() -> Response:
        table = "ways" if request.args.get("table") == "ways" else "questions"
        rows = _ways(parts) if table == "ways" else _questions(parts)
        spoken = staff_words(language())
        return csv_file(f"funnel-{table}", [spoken.say(f"funnel.column.{each}") for each in TABLES[table]], rows)

    return routes


def _wanted(parts: Parts) -> Wanted:
    """What the address asks for; what makes no sense there is as if it were not."""
    today = parts.clock.now().astimezone(JST).date()
    last = asked_day("to") or today
    first = asked_day("from") or last - timedelta(days=USUAL_DAYS - 1)
    first = max(first, last - timedelta(days=MOST_DAYS))
    script, _, version = request.args.get("script", "").partition(":")
    known = (script, int(version)) if f"{script}:{version}" in _scripts() else (FIRST, newest(FIRST))
    campaign, channel = request.args.get("campaign", ""), request.args.get("channel", "")
    return Wanted(
        min(first, last),
        last,
        *known,
        campaign=campaign if campaign in parts.campaigns else "",
        channel=channel if channel in TALKED_BY else "",
    )


def _scripts() -> list[str]:
    """script:version of each that can be looked at, the newest first."""
    main = [f"{name}:{version}" for name in SCRIPTS for version in sorted(SCRIPTS[name], reverse=True)]
    return main + [f"{name}:1" for name in SIDES]


def _funnel(parts: Parts) -> Funnel:
    wanted = _wanted(parts)
    counts = counted.look(parts.db, wanted, today=parts.clock.now().astimezone(JST).date())
    return funnel_of(counts, picture_of(wanted.script, wanted.version))


def _names(parts: Parts) -> Names:
    spoken, facts, staff = words(language()), {**campaign_facts(parts.campaign), "n": "n"}, staff_words(language())

    def question(key: str) -> str:
        try:
            return spoken.say(f"label.{key}", **facts)
        except LookupError:  # a question that travellers see no short name of
            own = f"funnel.question.{key}"
            return staff.say(own) if staff.has(own) else key

    def node(name: str) -> str:
        if not is_end(name):
            return question(name)
        kind, _, what = name.partition(": ")
        return staff.say(f"funnel.end.{kind.replace(' ', '_')}", what=what or "–")

    def answers(key: str, given: tuple[str, ...]) -> str:
        options = [f"option.{key}.{each}" for each in given]
        return " / ".join(spoken.say(option, **facts) for option in options if spoken.has(option))

    return Names(question, node, answers)


def _questions(parts: Parts) -> list[tuple[str | int, ...]]:
    name = _names(parts).question
    return [
        (name(step.question), step.question, step.asked, step.answered, step.invalid, step.changed, step.left)
        for step in _funnel(parts).steps
    ]


def _ways(parts: Parts) -> list[tuple[str | int, ...]]:
    names = _names(parts)
    return [
        (way.start, way.end, names.answers(way.start, way.answers), way.conversations) for way in _funnel(parts).ways
    ]
