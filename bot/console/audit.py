"""Who did what, with whose name: for supervisors to read and to take away. Nothing here can change a line of it.

GET /console/audit         ?from=&to= days of Japan, ?who= a name as it stands there
GET /console/audit.csv     the same, to take away
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, make_response, request

from bot.console.audit_words import told_of
from bot.console.csv_files import csv_stream
from bot.console.days import asked_day
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import audit, staff
from bot.store.audit import Act
from bot.store.db import transaction
from dialogs.words import JST

LISTED = 200
DAYS = 7
COLUMNS = ("at", "actor", "action", "subject", "details")


@dataclass(frozen=True)
class Wanted:
    """Days of Japan, both of them in it; who: "" for everybody."""

    first: date
    last: date
    who: str

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), JST)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), JST)


def audit_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("audit", __name__)

    @routes.get("/audit")
    @for_roles("supervisor")
    def look() -> Response:
        wanted = _wanted(parts)
        spoken, names = staff_words(language()), staff.called(parts.db)
        found = audit.acts(parts.db, wanted.since, wanted.until, actor=wanted.who or None, most=LISTED)
        acts = [(act, told_of(act, spoken, names=names)) for act in found]
        here = {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), "who": wanted.who}
        return make_response(page(parts, "audit.html", wanted=wanted, acts=acts, most=LISTED, here=here))

    @routes.get("/audit.csv")
    @for_roles("supervisor")
    def take() -> Response:
        wanted = _wanted(parts)
        since, until, who = wanted.since, wanted.until, wanted.who or None
        count = audit.how_many(parts.db, since, until, actor=who)
        with transaction(parts.db) as connection:
            at, by = parts.clock.now(), whoever().name
            details: dict[str, str | int] = {
                "from": wanted.first.isoformat(),
                "to": wanted.last.isoformat(),
                "rows": count,
            }
            audit.add(connection, actor=by, action="audit.taken", subject="audit", at=at, details=details)
        spoken = staff_words(language())
        rows = (_row(act) for act in audit.every(parts.db, since, until, actor=who))
        return csv_stream("audit", [spoken.say(f"audit.column.{each}") for each in COLUMNS], rows)

    return routes


def _row(act: Act) -> tuple[str, ...]:
    return act.at.astimezone(JST).isoformat(), act.actor, act.action, act.subject, _kept(act)


def _kept(act: Act) -> str:
    """The details as they are kept, in one line."""
    return json.dumps(act.details, ensure_ascii=False, sort_keys=True) if act.details else ""


def _wanted(parts: Parts) -> Wanted:
    """What the address asks for; a date that is none, or the wrong way round, is left out."""
    today = parts.clock.now().astimezone(JST).date()
    last = asked_day("to") or today
    first = asked_day("from") or last - timedelta(days=DAYS)
    return Wanted(min(first, last), max(first, last), request.args.get("who", "").strip())
