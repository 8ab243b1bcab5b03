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
from bot.cases import open_details
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.steps_picture import steps
from bot.console.unmasking import Veil, Veiled
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store import cases, handoff_queue
from bot.store.cases import Case
from bot.store.db import autocommit
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_yen
from dialogs.reading.prefectures import prefecture_name
from dialogs.rules.cases import HELD_KINDS, NEXT, CaseDetails, CaseState, read_case_no, show_case_no

CASE_WORKERS, DECIDERS = ("agent", "supervisor"), ("supervisor",)
MOST_LISTED = 200
STATES = {state.value: state for state in CaseState}
MONEY = (CaseState.RESTORED, CaseState.TO_POINTS)
NOT_BY_STAFF = (*MONEY, CaseState.WITHDRAWN)  # by the second step, and by its person
MASKED = "＊＊＊"
LAST_SHOWN = 4


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
        return make_response(page(parts, "cases.html", lines=lines, state=state, states=list(CaseState)))

    @routes.get("/cases/<case_no>")
    @for_roles(*CASE_WORKERS)
    def look(case_no: str) -> Response:
        return _drawn(parts, _case(parts, case_no))

    @routes.post("/cases/<case_no>/move")
    @for_roles(*CASE_WORKERS)
    def move(case_no: str) -> AnyResponse:
        case, to = _case(parts, case_no), request.form.get("to", "")
        if to not in STATES or STATES[to] in NOT_BY_STAFF:
            abort(400)
        return _done(parts, case, lambda: case_decisions.move(parts, case.case_no, STATES[to], by=whoever().name))

    @routes.post("/cases/<case_no>/give-back")
    @for_roles(*DECIDERS)
    def give_back(case_no: str) -> AnyResponse:
        case, typed = _case(parts, case_no), request.form.get("yen", "")
        try:
            yen = read_yen(typed)
        except Unreadable:
            return _drawn(parts, case, fault="amount", typed=typed)
        return _done(parts, case, lambda: case_decisions.give_back(parts, case.case_no, yen, by=whoever().name), typed)

    return routes


def _case(parts: Parts, case_no: str) -> Case:
    number = read_case_no(case_no)
    found = cases.by_no(parts.db, number) if number else None
    if found is None:
        abort(404)
    return found


def _done(parts: Parts, case: Case, decide: Callable[[], Case], typed: str = "") -> AnyResponse:
    """Decide and look at it again; what cannot be decided is told on the page, as the case stands by now."""
    try:
        decide()
    except DecisionError as error:
        return _drawn(parts, _case(parts, case.case_no), fault=type(error).__name__.lower(), typed=typed)
    return redirect(url_for("console.cases.look", case_no=case.case_no), 303)


def _drawn(parts: Parts, case: Case, *, fault: str = "", typed: str = "") -> Response:
    details, state = open_details(parts, case), CaseState(case.state)
    usable_end = parts.campaigns.seen_by(case).dates.usable_end
    talks = bool(case.conversation and handoff_queue.of_conversation(parts.db, case.conversation))
    drawn = page(
        parts,
        "case.html",
        case=case,
        steps=steps(NEXT, "case.state", state),
        shown_no=show_case_no(case.case_no),
        told=_told(parts, case, details) if details else None,
        nexts=[each for each in NEXT[state] if each not in NOT_BY_STAFF and _fits(case, each)],
        may_give=state is CaseState.FOUND,
        as_points=parts.clock.now() >= usable_end,
        talks=talks,
        by_hand=state is CaseState.TO_POINTS and case_decisions.is_by_hand(parts, case),
        fault=fault,
        typed=typed,
    )
    return make_response(drawn, 409 if fault else 200)


def _fits(case: Case, to: CaseState) -> bool:
    """Found is what gives something back; a trouble of another kind is answered."""
    return to is not CaseState.FOUND or case.kind in HELD_KINDS


def _told(parts: Parts, case: Case, details: CaseDetails) -> dict[str, Veiled | str]:
    """The four items and what happened, by the keys of their words; a person's own words behind one veil."""
    veil = Veil(parts, f"case:{case.case_no}")

    def own(words: str, masked: str = MASKED) -> Veiled | str:
        return veil.over("told", masked=masked, plain=words) if words else ""

    number = details.number
    return {
        "number": own(number, f"{MASKED}{number[-LAST_SHOWN:]}"),
        "expiry": details.expiry.isoformat() if details.expiry else "",
        "prefecture": prefecture_name(details.prefecture) if details.prefecture else "",
        "shop": own(details.shop),
        "happened": own(details.happened),
        "paid_by": details.paid_by,
        "times": details.times,
        "amount": "" if details.amount is None else f"{details.amount:,}",
        "words": own(details.words),
    }
