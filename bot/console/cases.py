"""Cases: what people have told of trouble in the outage, and what two of us decide about it.

GET  /console/cases                        ?state= only those in it
GET  /console/cases/<case_no>
POST /console/cases/<case_no>/move         to: a state in which no money moves
POST /console/cases/<case_no>/give-back    yen: by a second person
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import case_decisions
from bot.case_decisions import DecisionError
from bot.console.bulk import GIVE_BACK
from bot.console.case_page import CASE_WORKERS, DECIDERS, NOT_BY_STAFF, STATES, Slip, case_or_404, draw_case
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store import cases
from bot.store.cases import Case
from bot.store.db import autocommit
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_yen
from dialogs.rules.cases import CaseState, show_case_no

MOST_LISTED = 200
TOGETHER = tuple(state for state in CaseState if state not in NOT_BY_STAFF)


@dataclass(frozen=True)
class Line:
    """A case in the list."""

    case: Case
    shown_no: str


def case_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("cases", __name__)

    @routes.get("/cases")
    @for_roles(*CASE_WORKERS)
    def mine() -> Response:
        state = request.args.get("state", "")
        state = state if state in STATES else ""
        with autocommit(parts.db) as connection:
            found = cases.listed(connection, parts.campaigns, state=state or None, most=MOST_LISTED)
        lines = [Line(case, show_case_no(case.case_no)) for case in found]
        drawn = page(
            parts,
            "cases.html",
            lines=lines,
            state=state,
            states=list(CaseState),
            steps=[*TOGETHER, *((GIVE_BACK,) if whoever().role in (*DECIDERS, "admin") else ())],
            nothing_chosen="none" in request.args,
        )
        return make_response(drawn)

    @routes.get("/cases/<case_no>")
    @for_roles(*CASE_WORKERS)
    def look(case_no: str) -> Response:
        return draw_case(parts, case_or_404(parts, case_no))

    _add_steps(routes, parts)
    return routes


def _add_steps(routes: Blueprint, parts: Parts) -> None:
    @routes.post("/cases/<case_no>/move")
    @for_roles(*CASE_WORKERS)
    def move(case_no: str) -> AnyResponse:
        case, to = case_or_404(parts, case_no), request.form.get("to", "")
        if to not in STATES or STATES[to] in NOT_BY_STAFF:
            abort(400)
        return _done(parts, case, lambda: case_decisions.move(parts, case.case_no, STATES[to], by=whoever().name))

    @routes.post("/cases/<case_no>/give-back")
    @for_roles(*DECIDERS)
    def give_back(case_no: str) -> AnyResponse:
        case, typed = case_or_404(parts, case_no), request.form.get("yen", "")
        try:
            yen = read_yen(typed)
        except Unreadable:
            return draw_case(parts, case, Slip("amount", "yen", {"yen": typed}, 409))
        return _done(parts, case, lambda: case_decisions.give_back(parts, case.case_no, yen, by=whoever().name), typed)


def _done(parts: Parts, case: Case, decide: Callable[[], Case], typed: str = "") -> AnyResponse:
    """Decide and look at it again; what cannot be decided is told on the page, as the case stands by now."""
    try:
        decide()
    except DecisionError as error:
        slip = Slip(type(error).__name__.lower(), typed={"yen": typed}, status=409)
        return draw_case(parts, case_or_404(parts, case.case_no), slip)
    return redirect(url_for("console.cases.look", case_no=case.case_no), 303)
