"""Many cases brought on by one step: looked at first, each with what becomes of it, then confirmed once.

POST /console/cases/together              case (many) or all with state; to: the step. A preview; nothing is changed
POST /console/cases/together/confirmed    batch, to, case (many, each with the state that was seen): does it
GET  /console/cases/together/<uuid>       what became of each
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response as AnyResponse

from bot import case_decisions
from bot.case_decisions import DecisionError
from bot.cases import open_details
from bot.console.case_page import CASE_WORKERS, DECIDERS, NOT_BY_STAFF, STATES
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.store import audit, cases
from bot.store.audit import Act
from bot.store.cases import Case
from bot.store.db import Connection, autocommit, transaction
from dialogs.rules.cases import HELD_KINDS, NEXT, CaseState, read_case_no, show_case_no

MOST = 100
GIVE_BACK = "give_back"
DONE = "done"


@dataclass(frozen=True)
class Planned:
    """What would become of a case; why_not is the key of a reason, yen what is given back, told: a letter goes out."""

    case: Case
    shown_no: str
    why_not: str
    yen: int
    told: bool


@dataclass(frozen=True)
class Wanted:
    """A case that is to be brought on with others, from the state in which it was seen."""

    batch: UUID
    case_no: str
    seen: str
    to: str


@dataclass(frozen=True)
class Outcome:
    """What became of a case; how is DONE, or the key of why not."""

    case_no: str
    shown_no: str
    how: str
    yen: int


def bulk_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("bulk", __name__)

    @routes.post("/cases/together")
    @for_roles(*CASE_WORKERS)
    def preview() -> AnyResponse:
        to, chosen = _step(), _chosen(parts)
        if not chosen:
            return redirect(url_for("console.cases.mine", state=request.form.get("state") or None, none=1), 303)
        return _draw_preview(parts, chosen, to)

    @routes.post("/cases/together/confirmed")
    @for_roles(*CASE_WORKERS)
    def do() -> AnyResponse:
        batch, to = _batch(), _step()
        # Sent twice, by an impatient hand or after it was broken off, each case is brought on once, and none is left.
        noted = {act.details["case"] for act in _acts(parts, batch)}
        for wanted in request.form.getlist("case")[:MOST]:
            typed, _, seen = wanted.partition(":")
            case_no = read_case_no(typed)
            if case_no and case_no not in noted:
                _bring_on(parts, Wanted(batch, case_no, seen, to))
        return redirect(url_for("console.bulk.look", batch=batch), 303)

    @routes.get("/cases/together/<uuid:batch>")
    @for_roles(*CASE_WORKERS)
    def look(batch: UUID) -> Response:
        outcomes = _outcomes(_acts(parts, batch))
        if not outcomes:
            abort(404)
        done = [each for each in outcomes if each.how == DONE]
        drawn = page(parts, "bulk_result.html", outcomes=outcomes, done=done, sum=sum(each.yen for each in done))
        return make_response(drawn)

    return routes


def _draw_preview(parts: Parts, chosen: Sequence[Case], to: str) -> Response:
    planned = [_planned(parts, case, to) for case in chosen[:MOST]]
    goes = [each for each in planned if not each.why_not]
    drawn = page(
        parts,
        "bulk_preview.html",
        planned=planned,
        goes=goes,
        to=to,
        batch=uuid7(),
        sum=sum(each.yen for each in goes),
        letters=sum(each.told for each in goes),
        more=len(chosen) > MOST,
        most=MOST,
    )
    return make_response(drawn)


def _step() -> str:
    """A state in which no money moves, or GIVE_BACK by who may decide that."""
    to = request.form.get("to", "")
    if to == GIVE_BACK:
        if whoever().role not in (*DECIDERS, "admin"):
            abort(403)
        return to
    if to not in STATES or STATES[to] in NOT_BY_STAFF:
        abort(400)
    return to


def _batch() -> UUID:
    try:
        return UUID(request.form.get("batch", ""))
    except ValueError:
        abort(400)


def _chosen(parts: Parts) -> Sequence[Case]:
    """Those whose boxes are ticked, or all of a filter: one more than are taken at once, so that it can be told."""
    if request.form.get("all"):
        state = request.form.get("state", "")
        with autocommit(parts.db) as connection:
            wanted = state if state in STATES else None
            return cases.listed(connection, parts.campaigns, state=wanted, most=MOST + 1)
    numbers = [read_case_no(typed) for typed in request.form.getlist("case")[: MOST + 1]]
    found = [cases.by_no(parts.db, number) for number in numbers if number]
    return [case for case in found if case]


def _planned(parts: Parts, case: Case, to: str) -> Planned:
    yen = _yen(parts, case) if to == GIVE_BACK else 0
    why_not = _why_not(case, to, yen)
    told = to == GIVE_BACK or STATES[to] in case_decisions.TOLD
    return Planned(case, show_case_no(case.case_no), why_not, yen, told and case_decisions.is_reached(parts, case))


def _yen(parts: Parts, case: Case) -> int:
    """What its person told; 0 where that is not known."""
    details = open_details(parts, case)
    return (details.amount if details else 0) or 0


def _why_not(case: Case, to: str, yen: int) -> str:
    state = CaseState(case.state)
    if to == GIVE_BACK:
        if state is not CaseState.FOUND:
            return "notnow"
        if (case.found_by or "").casefold() == whoever().name.casefold():
            return "sameeyes"
        return "" if 1 <= yen <= case_decisions.MOST_YEN else "nosum"
    if STATES[to] not in NEXT[state]:
        return "notnow"
    return "notrestorable" if STATES[to] is CaseState.FOUND and case.kind not in HELD_KINDS else ""


def _bring_on(parts: Parts, wanted: Wanted) -> None:
    """If it still stands as it was seen; in any case it is noted, and what was done in the transaction that does it."""
    case = cases.by_no(parts.db, wanted.case_no)
    if case is None or case.state != wanted.seen:
        _note_alone(parts, wanted, "changed")
        return
    yen = _yen(parts, case) if wanted.to == GIVE_BACK else 0
    name = whoever().name

    def beside(connection: Connection) -> None:
        _note(connection, wanted, DONE, yen=yen, at=parts.clock.now())

    try:
        if wanted.to == GIVE_BACK:
            case_decisions.give_back(parts, case.case_no, yen, by=name, beside=beside)
        else:
            case_decisions.move(parts, case.case_no, STATES[wanted.to], by=name, beside=beside)
    except DecisionError as error:
        _note_alone(parts, wanted, type(error).__name__.lower())


def _note_alone(parts: Parts, wanted: Wanted, how: str) -> None:
    with transaction(parts.db) as connection:
        _note(connection, wanted, how, yen=0, at=parts.clock.now())


def _note(connection: Connection, wanted: Wanted, how: str, *, yen: int, at: datetime) -> None:
    details: dict[str, str | int] = {"case": wanted.case_no, "how": how, "given": yen}
    subject, actor = f"together:{wanted.batch}", whoever().name
    audit.add(connection, actor=actor, action="case.together", subject=subject, at=at, details=details)


def _acts(parts: Parts, batch: UUID) -> list[Act]:
    return audit.of_subjects(parts.db, [f"together:{batch}"])


def _outcomes(acts: Sequence[Act]) -> list[Outcome]:
    """One for each case, and of two that came at once the one that did it."""
    by_case: dict[str, Outcome] = {}
    for act in acts:
        case_no, how = act.details["case"], act.details["how"]
        if case_no not in by_case or how == DONE:
            by_case[case_no] = Outcome(case_no, show_case_no(case_no), how, act.details["given"])
    return list(by_case.values())
