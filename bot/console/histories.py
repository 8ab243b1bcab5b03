"""A person's history: what was sent when by which way, and what came back.

GET  /console/history           a field for a receipt number, an inquiry number, a telephone number or a mail address
POST /console/history           looks; what was typed stands in no address
GET  /console/history/<uuid>    all of one right
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.plots import moment_label
from bot.console.unmasking import Veil, Veiled
from bot.deliveries import histories
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import right_history
from bot.store.right_history import Standing

LONGEST = 200
READERS = ("agent", "supervisor")


@dataclass(frozen=True)
class Person:
    """A right as staff see it: number is the receipt's, or the end of a coupon's; where it goes is None once erased."""

    standing: Standing
    number: str
    applied: bool
    where: Veiled | None


def history_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("histories", __name__)

    @routes.get("/history")
    @for_roles(*READERS)
    def ask() -> Response:
        return make_response(page(parts, "history.html", people=(), typed="", missing=False))

    @routes.post("/history")
    @for_roles(*READERS)
    def find() -> AnyResponse:
        typed = request.form.get("sought", "")[:LONGEST].strip()
        found = histories.search(parts, typed) if typed else []
        if len(found) == 1:
            return redirect(url_for("console.histories.look", right=found[0].id), 303)
        people = [_person(parts, standing) for standing in found]
        return make_response(page(parts, "history.html", people=people, typed=typed, missing=not found))

    @routes.get("/history/<uuid:right>")
    @for_roles(*READERS)
    def look(right: UUID) -> Response:
        standing, spoken = right_history.by_id(parts.db, right) or abort(404), staff_words(language())
        shown = {
            "person": _person(parts, standing),
            "messages": right_history.messages(parts.db, right),
            "happened": right_history.happened(parts.db, right),
            "label": moment_label,
            "purpose": partial(histories.purpose_said, spoken),
            "what": partial(histories.what_said, spoken),
        }
        return make_response(page(parts, "history_of.html", **shown))

    return routes


def _person(parts: Parts, standing: Standing) -> Person:
    veil, where = Veil(parts, f"right:{standing.id}"), histories.where(parts, standing)
    kind = "target" if standing.claim else "contact"
    veiled = veil.over(kind, masked=where.masked, plain=where.plain) if where else None
    return Person(standing, histories.number_of(standing), standing.receipt_no is not None, veiled)
