"""A mailing made of a list: a file is sent in and looked through, and planned once somebody has seen what it comes to.

GET  /console/deliveries/plan         a name, a file of balances and contacts, and whether applicants get theirs with it
POST /console/deliveries/plan         what is wrong with it and what it would be; nothing is planned
POST /console/deliveries/plan/<key>   plans it (plan), or forgets the file (drop)
GET  /console/deliveries/plan/<key>/bad-rows.csv   all that is wrong with the file
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from bot.console.csv_files import csv_file
from bot.console.door import for_roles, with_file
from bot.console.drawing import language, page
from bot.console.visiting import whoever
from bot.deliveries import cells, preview, samples, uploads
from bot.deliveries.planning import Busy, CannotPlan, Found, Told, look_through, plan, problems
from bot.deliveries.uploads import LARGEST, Upload
from bot.list_files import KEPT_PROBLEMS, Problem
from bot.parts import Parts
from bot.staff_words import staff_words
from bot.store import applicants, mailings

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
LINES_SHOWN = 8
MOST_APPLICANTS = 10_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class BadLine:
    """What is wrong with a list, in the words of whoever looks; column is "" where it is the whole line."""

    line: int
    column: str
    reason: str


class _Slip(Exception):
    """What was sent in cannot be taken, or is not to be had any more; the text is a key of deliveries.plan.slip."""


def delivery_plan(parts: Parts) -> Blueprint:
    routes = Blueprint("delivery_plan", __name__)

    @routes.get("/deliveries/plan")
    @for_roles("supervisor")
    def ask() -> Response:
        return _form(parts)

    @routes.post("/deliveries/plan")
    @for_roles("supervisor")
    @with_file
    def look() -> Response:
        try:
            upload = _upload(parts)
            key = uploads.keep(parts, upload, by=whoever().id)
        except _Slip as slip:
            return _form(parts, str(slip))
        except redis.RedisError as error:
            log.warning("mailing_list.not_kept", error=type(error).__name__)
            return _form(parts, "away")
        return _looked(parts, upload, key)

    @routes.post("/deliveries/plan/<key>")
    @for_roles("supervisor")
    def do(key: str) -> AnyResponse:
        return _gone_on(parts, key)

    @routes.get("/deliveries/plan/<key>/bad-rows.csv")
    @for_roles("supervisor")
    def take(key: str) -> Response:
        try:
            upload = _kept(parts, key)
        except _Slip as slip:
            return _form(parts, str(slip))
        header = [staff_words(language()).say(f"deliveries.column.{each}") for each in ("line", "column", "reason")]
        bad = _said(problems(parts, upload.content))
        return csv_file("bad-rows", header, [(each.line, each.column, each.reason) for each in bad])

    @routes.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> Response:
        return _form(parts, "too_large", status=413)

    return routes


def _upload(parts: Parts) -> Upload:
    name, accepted = request.form.get("name", "").strip(), "accepted_claims" in request.form
    sent = request.files.get("file")
    content = sent.read() if sent else b""
    if not NAME.fullmatch(name):
        raise _Slip("name")
    if mailings.by_name(parts.db, name):
        raise _Slip("taken")
    if len(content) > LARGEST:
        raise _Slip("too_large")
    if not content and not accepted:
        raise _Slip("nobody")
    if accepted and _are_many(parts):
        raise _Slip("many")
    return Upload(name, content, accepted)


def _kept(parts: Parts, key: str) -> Upload:
    try:
        upload = uploads.kept(parts, key, by=whoever().id)
    except redis.RedisError as error:
        log.warning("mailing_list.not_found", error=type(error).__name__)
        raise _Slip("away") from None
    if upload is None:
        raise _Slip("gone")
    return upload


def _gone_on(parts: Parts, key: str) -> AnyResponse:
    """What was looked at is planned, or forgotten."""
    try:
        upload = _kept(parts, key)
    except _Slip as slip:
        return _form(parts, str(slip))
    if "drop" in request.form:
        uploads.drop(parts, key, by=whoever().id)
        return redirect(url_for("console.deliveries.every"), 303)
    return _planned(parts, upload, key)


def _are_many(parts: Parts) -> bool:
    """Whether it would take a page too long to open the claim of each applicant."""
    return applicants.how_many(parts.db, parts.campaign.id, most=MOST_APPLICANTS + 1) > MOST_APPLICANTS


def _planned(parts: Parts, upload: Upload, key: str) -> AnyResponse:
    if upload.accepted_claims and _are_many(parts):
        return _form(parts, "many")
    without = "without_bad_rows" in request.form
    try:
        found = plan(parts, upload.source(whoever().name), upload.name, Told(), without_bad_rows=without)
    except CannotPlan as error:
        return _looked(parts, upload, key, why="busy" if isinstance(error, Busy) else "moved")
    if found.planned is None:
        return _looked(parts, upload, key, why="bad_rows" if found.bad_rows else "moved")
    uploads.drop(parts, key, by=whoever().id)
    mailing = mailings.by_name(parts.db, upload.name)
    assert mailing  # noqa: S101 - it was made just now, and none is ever taken away
    return redirect(url_for("console.deliveries.look", mailing=mailing.id, done="plan"), 303)


def _form(parts: Parts, slip: str = "", *, status: int = 400) -> Response:
    typed = {} if status == 413 else request.form
    drawn = page(
        parts,
        "delivery_plan.html",
        slip=slip,
        typed=typed,
        largest=LARGEST // 1024 // 1024,
        most=MOST_APPLICANTS,
        columns=_columns(),
    )
    return make_response(drawn, status if slip else 200)


def _columns() -> list[dict[str, Any]]:
    """What a list may hold, each with the headings that are read for it."""
    return [
        {
            "name": name,
            "required": name in cells.REQUIRED,
            "in_japanese": [heading for heading, column in cells.ALIASES.items() if column == name],
        }
        for name in cells.COLUMNS
    ]


def _looked(parts: Parts, upload: Upload, key: str, *, why: str = "") -> Response:
    found = look_through(parts, upload.source(whoever().name), Told())
    drawn = page(
        parts,
        "delivery_plan_look.html",
        upload=upload,
        key=key,
        found=found,
        bad=_said(found.problems),
        cut=len(found.problems) == KEPT_PROBLEMS,
        left_out=_left_out(found),
        seen=preview.of_found(parts, found),
        samples=samples.of_found(parts, found),
        why=why,
    )
    return make_response(drawn, 409 if why else 200)


def _said(found: Iterable[Problem]) -> list[BadLine]:
    """What is wrong, in the language of whoever looks."""
    say = staff_words(language()).say

    def named(column: object) -> str:
        return say(f"bad_rows.column.{column}") if column else ""

    return [
        BadLine(
            each.line,
            named(each.column),
            say(f"bad_rows.why.{each.key}", **{**each.facts, "column": named(each.facts.get("column"))}),
        )
        for each in found
    ]


def _left_out(found: Found) -> list[dict[str, Any]]:
    """What is left out and why, with the first of its lines."""
    return [
        {"why": why, "rows": finding.rows, "lines": list(finding.lines[:LINES_SHOWN])}
        for why, finding in found.left_out.items()
        if finding.rows
    ]
