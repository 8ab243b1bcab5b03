"""A case to take away: on paper (A4, by the browser's own printing) and as JSON, with all that is known of it.

What is masked on its page is masked here too, unless somebody chooses otherwise; then that stands in the audit.

GET  /console/cases/<case_no>/paper          masked
POST /console/cases/<case_no>/paper          everything
GET  /console/cases/<case_no>/case.json      masked
POST /console/cases/<case_no>/case.json      everything
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response

from bot import shop_records
from bot.cases import open_details
from bot.console.case_history import history_of
from bot.console.case_page import CASE_WORKERS, case_or_404, contents
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.unmasking import AllOrNothing
from bot.console.visiting import whoever
from bot.parts import Parts
from bot.shop_records import Record
from bot.store import audit
from bot.store.cases import Case
from bot.store.db import transaction
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.reading.text import MASKED
from dialogs.rules.campaign import JST
from dialogs.rules.cases import show_case_no

FORM = "madoguchi.case/1"  # docs/case-export.schema.json
OWN_WORDS = ("shop", "happened", "words")


def case_files(parts: Parts) -> Blueprint:
    routes = Blueprint("case_files", __name__)

    @routes.get("/cases/<case_no>/paper")
    @for_roles(*CASE_WORKERS)
    def paper(case_no: str) -> Response:
        return _paper(parts, case_or_404(parts, case_no), bare=False)

    @routes.post("/cases/<case_no>/paper")
    @for_roles(*CASE_WORKERS)
    def bare_paper(case_no: str) -> Response:
        return _paper(parts, case_or_404(parts, case_no), bare=True)

    @routes.get("/cases/<case_no>/case.json")
    @for_roles(*CASE_WORKERS)
    def document(case_no: str) -> Response:
        return _document(parts, case_or_404(parts, case_no), bare=False)

    @routes.post("/cases/<case_no>/case.json")
    @for_roles(*CASE_WORKERS)
    def bare_document(case_no: str) -> Response:
        return _document(parts, case_or_404(parts, case_no), bare=True)

    return routes


def _paper(parts: Parts, case: Case, *, bare: bool) -> Response:
    _note(parts, case, "printed", bare=bare)
    veil = AllOrNothing(f"case:{case.case_no}", bare=bare)
    drawn = page(
        parts, "case_paper.html", **contents(parts, case, veil), bare=bare, at=parts.clock.now(), on_paper=True
    )
    return make_response(drawn)


def _document(parts: Parts, case: Case, *, bare: bool) -> Response:
    _note(parts, case, "exported", bare=bare)
    answer = Response(json.dumps(_plain(parts, case, bare=bare), ensure_ascii=False, indent=2) + "\n")
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{show_case_no(case.case_no)}.json"'
    return answer


def _note(parts: Parts, case: Case, how: str, *, bare: bool) -> None:
    """Before it is shown: whoever has it stands in the audit, whatever happens on the way."""
    details: dict[str, str | int] = {"masked": "no" if bare else "yes"}
    with transaction(parts.db) as connection:
        at, by = parts.clock.now(), whoever().name
        audit.add(connection, actor=by, action=f"case.{how}", subject=case.case_no, at=at, details=details)


def _plain(parts: Parts, case: Case, *, bare: bool) -> dict[str, Any]:
    details = open_details(parts, case)
    told = details.plain() if details else None
    if told and not bare:
        told |= {name: MASKED for name in OWN_WORDS if told[name]}
        told["number"] = mask_inquiry_number(told["number"])
    return {
        "form": FORM,
        "masked": not bare,
        "taken_at": _moment(parts.clock.now()),
        "taken_by": whoever().name,
        "case_no": show_case_no(case.case_no),
        "kind": case.kind,
        "state": case.state,
        "campaign": case.campaign,
        "campaign_version": case.campaign_version,
        "channel": case.channel,
        "told_at": _moment(case.acted_at),
        "changed_at": _moment(case.changed_at),
        "told": told,
        "found_by": case.found_by,
        "given_back_yen": case.restored,
        "shop_records": [_record(record, bare=bare) for record in shop_records.of_case(parts, case.case_no)],
        "history": [
            {"at": _moment(step.at), "by": step.who or None, "did": step.did, "yen": step.yen}
            for step in history_of(parts, case)
        ],
    }


def _record(record: Record, *, bare: bool) -> dict[str, Any]:
    shown = record.shown.plain() if record.shown else None
    if shown and not bare:
        shown |= {"number": mask_inquiry_number(shown["number"]), "words": MASKED if shown["words"] else ""}
    file = {"media_type": record.kind, "bytes": record.size} if record.kind else None
    return {
        "added_at": _moment(record.added_at),
        "added_by": record.added_by,
        "removed_by": record.removed_by,
        "shown": shown,
        "file": file,
    }


def _moment(at: datetime) -> str:
    return str(at.astimezone(JST).isoformat())
