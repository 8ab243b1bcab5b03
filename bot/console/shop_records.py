"""What the shop's till or terminal shows about a case: typed in or attached, seen, taken away.

POST /console/cases/<case_no>/records                  day, time, yen, number, words, file: at least one of them
GET  /console/cases/<case_no>/records/<uuid>           the file; that it was seen stands in the audit
POST /console/cases/<case_no>/records/<uuid>/removal   its words and its file are erased at once
"""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import shop_records
from bot.console.case_page import CASE_WORKERS, DECIDERS, Slip, case_or_404, draw_case
from bot.console.door import for_roles, with_file
from bot.console.handing_out import handed_out
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.shop_records import RecordError, Shown
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_yen
from dialogs.reading.text import tidy

FIELDS = ("day", "time", "yen", "number", "words")
LONGEST_NUMBER, LONGEST_WORDS = 60, 1000


class _Slip(Exception):
    """What was typed into a field cannot be read; the text is the field."""


def record_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("shop_records", __name__)

    @routes.post("/cases/<case_no>/records")
    @for_roles(*CASE_WORKERS)
    @with_file
    def add(case_no: str) -> AnyResponse:
        case, sent = case_or_404(parts, case_no), request.files.get("file")
        typed = {name: request.form.get(name, "") for name in FIELDS}
        try:
            shop_records.add(
                parts, case.case_no, _shown(typed), content=sent.read() if sent else b"", by=whoever().name
            )
        except _Slip as slip:
            return draw_case(parts, case, Slip(f"record_{slip}", f"record_{slip}", typed, 400))
        except RecordError as error:
            return draw_case(parts, case, Slip(type(error).__name__.lower(), "record_file", typed, 400))
        return redirect(url_for("console.cases.look", case_no=case.case_no, _anchor="records"), 303)

    @routes.get("/cases/<case_no>/records/<uuid:record>")
    @for_roles(*CASE_WORKERS)
    def see(case_no: str, record: UUID) -> Response:
        case = case_or_404(parts, case_no)
        found = shop_records.see(parts, case.case_no, record, by=whoever().name)
        if found is None:
            abort(404)
        return handed_out(*found, name=f"{case.case_no}-{record.hex[-6:]}")

    @routes.post("/cases/<case_no>/records/<uuid:record>/removal")
    @for_roles(*DECIDERS)
    def remove(case_no: str, record: UUID) -> AnyResponse:
        case = case_or_404(parts, case_no)
        if not shop_records.remove(parts, case.case_no, record, by=whoever().name):
            abort(404)
        return redirect(url_for("console.cases.look", case_no=case.case_no, _anchor="records"), 303)

    return routes


def _shown(typed: dict[str, str]) -> Shown:
    yen = typed["yen"].strip()
    try:
        amount = read_yen(yen) if yen else None
    except Unreadable:
        raise _Slip("yen") from None
    return Shown(
        day=_day(typed["day"]),
        time=_time(typed["time"]),
        amount=amount,
        number=_words(typed, "number", LONGEST_NUMBER),
        words=_words(typed, "words", LONGEST_WORDS),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise _Slip("day") from None


def _time(typed: str) -> str:
    try:
        return time.fromisoformat(typed.strip()).strftime("%H:%M") if typed.strip() else ""
    except ValueError:
        raise _Slip("time") from None


def _words(typed: dict[str, str], name: str, longest: int) -> str:
    try:
        return tidy(typed[name], limit=longest, lines=True) if typed[name].strip() else ""
    except Unreadable as why:
        if why.reason == "empty":  # nothing but characters that draw nothing
            return ""
        raise _Slip(name) from None
