"""Refunds to bank accounts: which there are, how each stands, whether it is right, and what the bank sent back.

GET  /console/refunds                       ?state= only those in it
GET  /console/refunds.csv                   the same, to take away; masked as on the page
GET  /console/refunds/<receipt_no>          one, masked
POST /console/refunds/<receipt_no>/<act>    check; uncheck and returned with their reason
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import refunds, returned_transfers
from bot.console.csv_files import csv_stream
from bot.console.door import for_roles
from bot.console.drawing import language, page
from bot.console.refund_words import acts, bank_of, findings, number_of, opened, person_of
from bot.console.steps_picture import steps
from bot.console.visiting import whoever
from bot.filing import open_claim
from bot.parts import Parts
from bot.refund_details import account_hash
from bot.refund_files import may_be_paid
from bot.refunds import RefundError
from bot.staff_words import staff_words
from bot.store import audit, disputes, overview, refund_history, refund_lists
from bot.store import refunds as kept
from bot.store.db import autocommit, transaction
from bot.store.refund_lists import LISTED_FIRST
from bot.store.refunds import BY_PERSON, MOVES, Refund
from dialogs.reading.contacts import mask_name
from dialogs.rules.claim import read_receipt_no, show_receipt_no
from dialogs.rules.refund import ReturnReason

LOOKERS, MONEY = ("agent", "supervisor", "finance"), ("finance",)
NOT_SENT = ("applied", "checked", "returned")  # while a decision about its coupon can still keep the money here
LISTED = 200
MOST_SHARED = 20
LONGEST_REASON = 200
COLUMNS = ("receipt_no", "state", "asked", "holder", "bank", "number", "amount", "reason")


@dataclass(frozen=True)
class Line:
    """A refund in the list, masked; "" where its data are erased."""

    refund: Refund
    shown_no: str
    holder: str
    bank: str
    number: str


class _Slip(Exception):
    """What was typed cannot be taken; the text is a key of refund.fault."""


def refund_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("refunds", __name__)

    @routes.get("/refunds")
    @for_roles(*LOOKERS)
    def every() -> Response:
        state = _asked_state()
        with autocommit(parts.db) as connection:
            counts = {each.state: each for each in refund_lists.counts(connection, parts.campaign.id)}
        lines = _lines(parts, state, most=LISTED)
        drawn = page(parts, "refunds.html", lines=lines, state=state, counts=counts, states=LISTED_FIRST, most=LISTED)
        return make_response(drawn)

    @routes.get("/refunds.csv")
    @for_roles(*MONEY)
    def take() -> Response:
        return _taken(parts, _asked_state())

    @routes.get("/refunds/<receipt_no>")
    @for_roles(*LOOKERS)
    def look(receipt_no: str) -> Response:
        return _drawn(parts, _refund(parts, receipt_no))

    @routes.post("/refunds/<receipt_no>/<act>")
    @for_roles(*MONEY)
    def do(receipt_no: str, act: str) -> AnyResponse:
        refund, reason = _refund(parts, receipt_no), " ".join(request.form.get("reason", "").split())
        if act not in DOES:
            abort(404)
        try:
            DOES[act](parts, refund.receipt_no, reason[:LONGEST_REASON])
        except _Slip as slip:
            return _drawn(parts, refund, fault=str(slip), status=400)
        except RefundError as error:
            return _drawn(parts, _refund(parts, receipt_no), fault=type(error).__name__.lower(), status=409)
        return redirect(url_for("console.refunds.look", receipt_no=refund.receipt_no, done=act), 303)

    return routes


def _asked_state() -> str:
    state = request.args.get("state", "")
    return state if state in MOVES else ""


def _lines(parts: Parts, state: str, *, most: int) -> Sequence[Line]:
    with autocommit(parts.db) as connection:
        found = refund_lists.listed(connection, parts.campaign.id, states=_states(state), most=most)
    return [_line(parts, refund) for refund in found]


def _states(state: str) -> Sequence[str]:
    return (state,) if state else LISTED_FIRST


def _line(parts: Parts, refund: Refund) -> Line:
    details, number = opened(parts, refund.details), show_receipt_no(refund.receipt_no)
    if details is None:
        return Line(refund, number, "", "", "")
    return Line(refund, number, mask_name(details.holder), bank_of(details), number_of(details))


def _taken(parts: Parts, state: str) -> Response:
    states, campaign, spoken = _states(state), parts.campaign.id, staff_words(language())
    count = refund_lists.how_many(parts.db, campaign, states=states)
    with transaction(parts.db) as connection:
        details: dict[str, str | int] = {"state": state, "rows": count}
        at = parts.clock.now()
        audit.add(connection, actor=whoever().name, action="refunds.taken", subject="refunds", at=at, details=details)
    rows = (_row(_line(parts, refund)) for refund in refund_lists.every(parts.db, campaign, states=states))
    return csv_stream("refunds", [spoken.say(f"refund.column.{each}") for each in COLUMNS], rows)


def _row(line: Line) -> Sequence[str | int]:
    spoken, refund = staff_words(language()), line.refund
    return (
        *(line.shown_no, spoken.say(f"refund.state.{refund.state}"), spoken.write(refund.acted_at)),
        *(line.holder, line.bank, line.number, refund.amount or "", _why(refund)),
    )


def _why(refund: Refund) -> str:
    """Why it came back, or was not right: the bank's reasons have words, a colleague's are their own."""
    key, spoken = f"refund.why.{refund.reason}", staff_words(language())
    return spoken.say(key) if spoken.has(key) else refund.reason


def _refund(parts: Parts, receipt_no: str) -> Refund:
    number = read_receipt_no(receipt_no)
    with autocommit(parts.db) as connection:
        found = kept.newest(connection, number) if number else None
    if found is None:
        abort(404)
    return found


def _drawn(parts: Parts, refund: Refund, *, fault: str = "", status: int = 200) -> Response:
    details, may = opened(parts, refund.details), whoever().role in (*MONEY, "admin")
    application = overview.application(parts.db, refund.receipt_no)
    claim = open_claim(parts, application.claim) if application and application.claim else None
    with autocommit(parts.db) as connection:
        files = refund_history.files_of(connection, refund.id)
        undecided = disputes.undecided(connection, refund.receipt_no) if refund.state in NOT_SENT else ()
        account = account_hash(parts.vault, details) if details else b""
        shared = refund_history.same_account(connection, account, refund.submission, most=MOST_SHARED)
    drawn = page(
        parts,
        "refund.html",
        refund=refund,
        application=application,
        steps=steps(MOVES, "refund.state", refund.state, not_by_staff=BY_PERSON),
        shown_no=show_receipt_no(refund.receipt_no),
        person=person_of(parts, refund, details, bare=may) if details else {},
        findings=findings(details, application, claim) if details else (),
        why=_why(refund),
        acts=acts(parts, refund.receipt_no, kind="refund"),
        files=files,
        undecided=undecided,
        shared=[show_receipt_no(number) for number in shared],
        stopped=any(each.stops for each in undecided),
        may_be_back=any(each.live and may_be_paid(each, parts.clock.now()) for each in files),
        may=may,
        fault=fault,
        reasons=list(ReturnReason),
    )
    return make_response(drawn, status)


def _check(parts: Parts, receipt_no: str, _: str) -> None:
    refunds.check(parts, receipt_no, seen=request.form.get("seen", ""), by=whoever().name)


def _uncheck(parts: Parts, receipt_no: str, reason: str) -> None:
    if not reason:
        raise _Slip("reason")
    refunds.uncheck(parts, receipt_no, reason=reason, by=whoever().name)


def _returned(parts: Parts, receipt_no: str, reason: str) -> None:
    if reason not in list(ReturnReason):
        raise _Slip("bank_reason")
    if not request.form.get("sure"):
        raise _Slip("sure")
    returned_transfers.take_back(parts, receipt_no, reason=ReturnReason(reason), by=whoever().name)


DOES: Mapping[str, Callable[[Parts, str, str], None]] = {"check": _check, "uncheck": _uncheck, "returned": _returned}
