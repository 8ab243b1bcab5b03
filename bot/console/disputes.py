"""Coupons that two people have applied with: one of the staff proposes whose it is, another one decides.

GET  /console/disputes                      ?state= only those in it
GET  /console/disputes/<uuid>
POST /console/disputes/<uuid>/proposal      answer: holder, challenger or wait
POST /console/disputes/<uuid>/refusal
POST /console/disputes/<uuid>/decision      answer: the proposal that was seen, by a second person
POST /console/disputes/asked                receipt_no: the backend of others is asked once more
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import disputes
from bot.console.case_page import CASE_WORKERS, DECIDERS
from bot.console.dispute_page import draw_dispute, lines_of
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.disputes import DisputeError
from bot.parts import Parts
from bot.store import disputed_applications
from bot.store import disputes as kept
from bot.store.disputes import Dispute
from dialogs.rules.claim import read_receipt_no
from dialogs.rules.disputes import Answer, DisputeState

MOST_LISTED = 200
STATES = {state.value: state for state in DisputeState}
ANSWERS = {answer.value: answer for answer in Answer}


def dispute_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("disputes", __name__)

    @routes.get("/disputes")
    @for_roles(*CASE_WORKERS)
    def every() -> Response:
        state = request.args.get("state", "")
        state = state if state in STATES else ""
        drawn = page(
            parts,
            "disputes.html",
            lines=lines_of(parts, state=state, most=MOST_LISTED),
            elsewhere=disputed_applications.elsewhere(parts.db, most=MOST_LISTED),
            builtin=parts.settings.claims_backend == "builtin",
            state=state,
            states=list(DisputeState),
        )
        return make_response(drawn)

    @routes.get("/disputes/<uuid:dispute>")
    @for_roles(*CASE_WORKERS)
    def look(dispute: UUID) -> Response:
        return draw_dispute(parts, _found(parts, dispute))

    _add_steps(routes, parts)
    return routes


def _add_steps(routes: Blueprint, parts: Parts) -> None:
    @routes.post("/disputes/<uuid:dispute>/proposal")
    @for_roles(*CASE_WORKERS)
    def propose(dispute: UUID) -> AnyResponse:
        answer = _answer()
        return _done(parts, dispute, lambda: disputes.propose(parts, dispute, answer, by=whoever().name))

    @routes.post("/disputes/<uuid:dispute>/refusal")
    @for_roles(*CASE_WORKERS)
    def refuse(dispute: UUID) -> AnyResponse:
        return _done(parts, dispute, lambda: disputes.refuse(parts, dispute, by=whoever().name))

    @routes.post("/disputes/<uuid:dispute>/decision")
    @for_roles(*DECIDERS)
    def decide(dispute: UUID) -> AnyResponse:
        answer = _answer()
        return _done(parts, dispute, lambda: disputes.decide(parts, dispute, answer, by=whoever().name))

    @routes.post("/disputes/asked")
    @for_roles(*CASE_WORKERS)
    def ask() -> AnyResponse:
        number = read_receipt_no(request.form.get("receipt_no", ""))
        try:
            disputes.ask_again(parts, number or "", by=whoever().name)
        except DisputeError:
            abort(409)
        return redirect(url_for("console.disputes.every"), 303)


def _found(parts: Parts, dispute: UUID) -> Dispute:
    found = kept.by_id(parts.db, dispute)
    if found is None:
        abort(404)
    return found


def _answer() -> Answer:
    typed = request.form.get("answer", "")
    if typed not in ANSWERS:
        abort(400)
    return ANSWERS[typed]


def _done(parts: Parts, dispute: UUID, do: Callable[[], object]) -> AnyResponse:
    """Do it and look at it again; what cannot be done is told on the page, as the dispute stands by now."""
    _found(parts, dispute)
    try:
        do()
    except DisputeError as error:
        return draw_dispute(parts, _found(parts, dispute), fault=type(error).__name__.lower())
    return redirect(url_for("console.disputes.look", dispute=dispute), 303)
