"""Files of refunds for the bank: made by one, released by another, taken away, and paid.

GET  /console/refund-files                   what waits for a file, and the files
POST /console/refund-files                   make one; pay_on: the day of payment
GET  /console/refund-files/<number>
POST /console/refund-files/<number>/<act>    release, drop, paid
POST /console/refund-files/<number>/file     the bytes for the bank; every download is in the audit
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import refund_files
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.refund_words import acts, bank_of, number_of, opened
from bot.console.steps_picture import steps
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.refund_files import EXPORTED, first_pay_day, may_be_paid
from bot.refunds import RefundError
from bot.store import refund_files as kept
from bot.store import refund_history
from bot.store.db import autocommit
from bot.store.refund_files import MOVES, RefundFile
from bot.store.refund_history import Line
from dialogs.reading.contacts import mask_name
from dialogs.rules.claim import show_receipt_no
from integrations.zengin import ZenginError, load_sender

MONEY = ("finance",)
LISTED = 200
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Paid:
    """A line of a file as the page shows it, masked; "" where its data are erased."""

    line: Line
    shown_no: str
    holder: str
    account: str


def refund_file_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("refund_files", __name__)

    @routes.get("/refund-files")
    @for_roles(*MONEY)
    def every() -> Response:
        return _listed(parts)

    @routes.post("/refund-files")
    @for_roles(*MONEY)
    def make() -> AnyResponse:
        return _make(parts, request.form.get("pay_on", ""))

    @routes.get("/refund-files/<int:number>")
    @for_roles(*MONEY)
    def look(number: int) -> Response:
        return _drawn(parts, _file(parts, number))

    @routes.post("/refund-files/<int:number>/file")
    @for_roles(*MONEY)
    def take(number: int) -> Response:
        return _take(parts, _file(parts, number))

    @routes.post("/refund-files/<int:number>/<act>")
    @for_roles(*MONEY)
    def do(number: int, act: str) -> AnyResponse:
        if act not in DOES:
            abort(404)
        return _do(parts, _file(parts, number), act)

    return routes


DOES: Mapping[str, Callable[..., object]] = {
    "release": refund_files.release_file,
    "drop": refund_files.drop_file,
    "paid": refund_files.mark_paid,
}
SURE = ("release", "paid")  # looked at first, and it is said so


def _make(parts: Parts, day: str) -> AnyResponse:
    try:
        pay_on = date.fromisoformat(day) if day else None
    except ValueError:
        return _listed(parts, fault="day", status=400)
    path = parts.settings.refund_sender_file
    if path is None:
        return _listed(parts, fault="nosender", status=409)
    try:
        made = refund_files.make_file(parts, load_sender(path), by=whoever().name, pay_on=pay_on)
    except OSError:
        return _listed(parts, fault="badsender", status=409)
    except (RefundError, ZenginError) as error:
        return _listed(parts, fault=_word_for(error), status=409)
    return redirect(url_for("console.refund_files.look", number=made.number, done="made"), 303)


def _take(parts: Parts, file: RefundFile) -> Response:
    try:
        content = refund_files.export(parts, file.number, by=whoever().name)
    except RefundError as error:
        return _drawn(parts, file, fault=_word_for(error), status=409)
    answer = Response(content, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="refunds-{file.number}.txt"'
    return answer


def _do(parts: Parts, file: RefundFile, act: str) -> AnyResponse:
    if act in SURE and not request.form.get("sure"):
        return _drawn(parts, file, fault="sure", status=400)
    try:
        DOES[act](parts, file.number, by=whoever().name)
    except RefundError as error:
        return _drawn(parts, _file(parts, file.number), fault=_word_for(error), status=409)
    return redirect(url_for("console.refund_files.look", number=file.number, done=act), 303)


def _word_for(error: Exception) -> str:
    """Its key of refund_file.fault."""
    return type(error).__name__.lower()


def _file(parts: Parts, number: int) -> RefundFile:
    if not 1 <= number <= LARGEST_NUMBER:
        abort(404)
    with autocommit(parts.db) as connection:
        return kept.load(connection, number) or abort(404)


def _listed(parts: Parts, *, fault: str = "", status: int = 200) -> Response:
    campaign = parts.campaign
    first = first_pay_day(campaign, parts.clock.now())
    with autocommit(parts.db) as connection:
        waiting, total = kept.ready(connection, campaign.id)
        stopped = kept.stopped(connection, campaign.id, most=LISTED)
        files = kept.newest(connection, campaign.id, most=LISTED)
    drawn = page(
        parts,
        "refund_files.html",
        waiting=waiting,
        total=total,
        stopped=[show_receipt_no(number) for number in stopped],
        files=files,
        has_sender=parts.settings.refund_sender_file is not None,
        first_day=first,
        pay_on=request.form.get("pay_on") or first.isoformat(),
        fault=fault,
    )
    return make_response(drawn, status)


def _drawn(parts: Parts, file: RefundFile, *, fault: str = "", status: int = 200) -> Response:
    with autocommit(parts.db) as connection:
        stopped = kept.stopped_in(connection, file.number, most=LISTED) if file.state == "made" else ()
        shared = refund_history.shared_in(connection, file.number, most=LISTED) if file.state == "made" else ()
    drawn = page(
        parts,
        "refund_file.html",
        file=file,
        steps=steps(MOVES, "refund_file.state", file.state),
        lines=_lines(parts, file),
        shared=[show_receipt_no(number) for number in shared],
        stopped=[show_receipt_no(number) for number in stopped],
        most=LISTED,
        made_here=file.made_by.casefold() == whoever().name.casefold(),
        may_take=file.state in EXPORTED,
        may_be_paid=may_be_paid(file, parts.clock.now()),
        acts=acts(parts, str(file.number), kind="refund_file"),
        fault=fault,
    )
    return make_response(drawn, status)


def _lines(parts: Parts, file: RefundFile) -> Sequence[Paid]:
    with autocommit(parts.db) as connection:
        lines = refund_history.lines_of(connection, file.number, most=LISTED)
    return [_line(parts, line) for line in lines]


def _line(parts: Parts, line: Line) -> Paid:
    details, number = opened(parts, line.details), show_receipt_no(line.receipt_no)
    if details is None:
        return Paid(line, number, "", "")
    return Paid(line, number, mask_name(details.holder), f"{bank_of(details)} {number_of(details)}")
