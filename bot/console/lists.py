"""Lists to take away as CSV, masked as on their pages; who took how many lines stands in the audit.

GET  /console/cases.csv           ?state= only those in it
GET  /console/disputes.csv        ?state= the same
GET  /console/applications.csv    ?state= the same
POST /console/search.csv          q: what a search finds
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request

from bot.console.case_page import CASE_WORKERS
from bot.console.csv_files import csv_file, csv_stream
from bot.console.dispute_page import Line, masked_line
from bot.console.door import for_roles
from bot.console.drawing import language
from bot.console.search import LONGEST, SEARCHERS, Hit, found_by, hit_of
from bot.console.visiting import whoever
from bot.filing import open_claim
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import audit, cases, disputes, overview
from bot.store.cases import Case
from bot.store.db import transaction
from dialogs.letters import masked_target
from dialogs.reading.contacts import mask_name
from dialogs.reading.prefectures import prefecture_name
from dialogs.rules.cases import CaseState, show_case_no
from dialogs.rules.claim import show_receipt_no
from dialogs.rules.disputes import DisputeState

TAKE_ALL = ("supervisor", "finance")  # of every prefecture, so not for each agent
OF_CASES = ("number", "kind", "state", "told", "channel", "changed", "found_by", "yen")
OF_DISPUTES = ("coupon", "prefecture", "state", "first", "later", "opened", "changed", "proposed_by", "decided_by")
OF_APPLICATIONS = ("receipt_no", "state", "applied", "channel", "name", "target", "amount")

Row = Sequence[str | int]


def list_files(parts: Parts) -> Blueprint:
    routes = Blueprint("lists", __name__)

    @routes.get("/cases.csv")
    @for_roles(*CASE_WORKERS)
    def of_cases() -> Response:
        state = _state(list(CaseState)) or None
        _note(parts, "cases", cases.how_many(parts.db, parts.campaigns, state=state))
        rows = (_case(case) for case in cases.every(parts.db, parts.campaigns, state=state))
        return csv_stream("cases", _header(OF_CASES), rows)

    @routes.get("/disputes.csv")
    @for_roles(*CASE_WORKERS)
    def of_disputes() -> Response:
        state = _state(list(DisputeState)) or None
        _note(parts, "disputes", disputes.how_many(parts.db, state=state))
        rows = (_dispute(masked_line(line)) for line in disputes.every(parts.db, state=state))
        return csv_stream("disputes", _header(OF_DISPUTES), rows)

    @routes.get("/applications.csv")
    @for_roles(*TAKE_ALL)
    def of_applications() -> Response:
        state = request.args.get("state") or None
        _note(parts, "applications", overview.how_many(parts.db, state=state))
        rows = (_application(parts, line) for line in overview.every_application(parts.db, state=state))
        return csv_stream("applications", _header(OF_APPLICATIONS), rows)

    @routes.post("/search.csv")
    @for_roles(*SEARCHERS)
    def of_search() -> Response:
        found = found_by(parts, request.form.get("q", "").strip()[:LONGEST])
        rows = [_hit(hit_of(parts, line)) for line in found.lines]
        _note(parts, "search", len(rows))
        return csv_file("search", _header(OF_APPLICATIONS), rows)

    return routes


def _state(known: Sequence[str]) -> str:
    asked = request.args.get("state", "")
    return asked if asked in [f"{state}" for state in known] else ""


def _note(parts: Parts, name: str, rows: int) -> None:
    with transaction(parts.db) as connection:
        at, by = parts.clock.now(), whoever().name
        audit.add(connection, actor=by, action=f"{name}.taken", subject=name, at=at, details={"rows": rows})


def _header(columns: Sequence[str]) -> list[str]:
    spoken = staff_words(language())
    return [spoken.say(f"lists.column.{each}") for each in columns]


def _case(case: Case) -> Row:
    spoken = staff_words(language())
    return (
        *(show_case_no(case.case_no), spoken.say(f"case.kind.{case.kind}"), spoken.say(f"case.state.{case.state}")),
        *(spoken.write(case.acted_at), spoken.say(f"channel.{case.channel}"), spoken.write(case.changed_at)),
        *(case.found_by or "", case.restored if case.restored is not None else ""),
    )


def _dispute(line: Line) -> Row:
    spoken = staff_words(language())
    return (
        *(
            line.coupon,
            prefecture_name(line.dispute.prefecture, language()),
            spoken.say(f"dispute.state.{line.dispute.state}"),
        ),
        *(line.first_no, line.later_no, spoken.write(line.applied), _moved(line)),
        *(line.dispute.proposed_by or "", line.dispute.decided_by or ""),
    )


def _application(parts: Parts, line: overview.Line) -> Row:
    claim = open_claim(parts, line.claim) if line.claim else None
    own = (mask_name(claim.name), masked_target(claim.target)) if claim else ("", "")
    amount = line.amount if line.amount is not None else ""
    return (*_stands(line.receipt_no, line.state), *_came(line), *own, amount)


def _moved(line: Line) -> str:
    """When staff did something about it last; "" where nobody has."""
    return staff_words(language()).write(line.dispute.changed_at) if line.dispute.proposed_by else ""


def _hit(hit: Hit) -> Row:
    return (*_stands(hit.receipt_no, hit.state), *_came(hit), hit.name, hit.target, "")


def _stands(receipt_no: str, state: str) -> tuple[str, str]:
    spoken, key = staff_words(language()), f"application.state.{state}"
    return show_receipt_no(receipt_no), spoken.say(key) if spoken.has(key) else state


def _came(line: overview.Line | Hit) -> tuple[str, str]:
    spoken = staff_words(language())
    return spoken.write(line.acted_at), spoken.say(f"channel.{line.channel}")
