"""How an application stands, for whoever has its receipt number and reads a code at its delivery target.

GET  /status   the step that comes next: receipt number, code, or the status itself
POST /status   takes that step; no answer tells whether a receipt number exists. From the status on one may have the URL
               sent again, have it sent elsewhere, or take the application back: by the same scripts as in a chat
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, make_response, redirect, request, session
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from bot.filing import first_of, open_claim, standing_of
from bot.parts import Parts
from bot.store import conversations, known_claims, meter, submissions
from bot.store.db import transaction
from bot.store.known_claims import Known
from bot.store.submissions import Filed
from bot.store.vault import Unopenable
from bot.web import form
from bot.web.again import answered_by_get
from bot.web.drawing import TRAVELLERS, language, page
from bot.web.guard import address_key, check_csrf, limit_form, unseen
from bot.web.proving import fresh_ticket, judge, may_try, send_code, way_to
from bot.web.visitor import CHANNEL, bind, bound_conversation, take
from dialogs.facts import campaign_facts
from dialogs.message import Address, Inbound
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_code
from dialogs.reading.topics import BUTTON
from dialogs.rules.claim import read_receipt_no
from dialogs.standing import status_rows
from dialogs.words import words

SHOWN_FOR = timedelta(minutes=30)
LONGEST_NUMBER = 40
COOKIE = "cookie.status"
AFFAIRS = ("resend", "contact", "withdraw")
OF_REFUNDS = ("account", "withdraw")  # no URL goes to who is paid


@dataclass(frozen=True)
class Visit:
    """How far this browser has come: a code was sent (or seems so), and until when the status may be seen."""

    receipt_no: str
    ticket: str
    seen_until: str = ""


def status_pages(parts: Parts) -> Blueprint:
    """GET and POST /status."""
    routes = Blueprint("status", __name__)
    routes.before_request(limit_form)
    routes.after_request(unseen)
    answered_by_get(routes, parts)

    @routes.get("/status")
    def look() -> Response:
        visit = _visit(parts)
        if visit and visit.seen_until:
            return _shown(parts, visit)
        return _ask(parts, "code" if visit else "number")

    @routes.post("/status")
    def step() -> Response:
        check_csrf()
        if "again" in request.form:
            session.pop("status", None)
            return redirect("/status", 303)
        visit = _visit(parts)
        if visit and visit.seen_until and request.form.get("affair") in (*AFFAIRS, *OF_REFUNDS):
            return _begin_affair(parts, visit, request.form["affair"])
        return _check(parts, visit) if visit and "code" in request.form else _send_code(parts)

    return routes


def _begin_affair(parts: Parts, visit: Visit, name: str) -> Response:
    """In the conversation that this browser has, or in one that begins with it; the code has shown whose it is."""
    known, now = submissions.id_of(parts.db, visit.receipt_no), parts.clock.now()
    bound = bound_conversation(parts)
    user = parts.vault.fingerprint("web visitor", session["csrf"], "status", visit.receipt_no).hex()
    person = bound.person if bound else parts.vault.fingerprint(CHANNEL, user)
    if known is None:
        return _ask(parts, "number")
    with transaction(parts.db) as connection:
        known_claims.know(connection, Known(person, known, now))
    once = parts.vault.fingerprint("affair", user, request.form.get("page", ""), name).hex()
    address = Address(CHANNEL, str(bound.id) if bound else user)
    said = Inbound(once, address, now, "button", f"{BUTTON}{name}", language=language())
    taken = take(parts, said, person, bound.id if bound else None)
    begun = bound or conversations.by_person(parts.db, person)
    if begun is None:
        raise ServiceUnavailable
    bind(begun.id, status=session["status"])
    return form.shown(parts, begun, taken, TRAVELLERS)


def _send_code(parts: Parts) -> Response:
    typed = request.form.get("receipt", "")
    number = read_receipt_no(typed[:LONGEST_NUMBER])
    if number is None:
        return _ask(parts, "number", error=words(language()).say("page.status.number_form"), typed=typed)
    if not meter.left(parts.redis, meter.STATUS_MISSES, address_key(parts)):
        abort(429)
    ticket, tapped_before = fresh_ticket(parts, "status", number)
    filed = submissions.by_receipt_no(parts.db, number)
    if filed is None:
        meter.take(parts.redis, meter.STATUS_MISSES, address_key(parts))
    elif filed.claim and not tapped_before:
        # Whoever may have no more codes is told nothing else than everybody.
        claim = open_claim(parts, filed.claim)
        send_code(parts, claim.target, ticket, parts.campaigns.seen_by(filed), to=way_to(parts, claim.target, claim))
    _remember(parts, Visit(number, ticket))
    return redirect("/status", 303)


def _check(parts: Parts, visit: Visit) -> Response:
    """Wrong and unknown are one answer; after five of them another code is needed."""
    typed, spoken = request.form.get("code", ""), words(language())
    try:
        said = read_code(typed)
    except Unreadable as unread:
        why = spoken.say(f"why.{unread.reason}", **{**campaign_facts(parts.campaign), **unread.facts})
        return _ask(parts, "code", error=why, typed=typed)
    if not may_try(parts, visit.ticket):
        session.pop("status", None)
        return _ask(parts, "number", error=spoken.say("page.status.too_often"))
    found = _found(parts, visit, said)
    if found != "right":
        return _ask(parts, "code", error=spoken.say(f"page.status.{found}"), typed=typed)
    _remember(parts, replace(visit, seen_until=(parts.clock.now() + SHOWN_FOR).isoformat()))
    return redirect("/status", 303)


def _found(parts: Parts, visit: Visit, said: str) -> str:
    """right, wrong or expired; wrong for a receipt number that nobody has."""
    filed = submissions.by_receipt_no(parts.db, visit.receipt_no)
    if filed is None or filed.claim is None:
        meter.take(parts.redis, meter.STATUS_MISSES, address_key(parts))
        return "wrong"
    target, campaign = open_claim(parts, filed.claim).target, parts.campaigns.seen_by(filed)
    return judge(parts, visit.ticket, said, target=target, campaign=campaign)


def _shown(parts: Parts, visit: Visit) -> Response:
    """The application, and the one that it repeats if there is such a one."""
    filed = submissions.by_receipt_no(parts.db, visit.receipt_no)
    if filed is None:
        return _ask(parts, "number")
    first = first_of(parts, filed)
    tables = [_rows(parts, each) for each in (filed, first) if each]
    campaign = parts.campaigns.seen_by(filed)
    affairs = OF_REFUNDS if filed.refund else AFFAIRS
    drawn: dict[str, Any] = {"step": "shown", "tables": tables, "affairs": affairs, "nonce": secrets.token_urlsafe(9)}
    return make_response(page(parts, "status.html", campaign=campaign, error="", typed="", **drawn))


def _rows(parts: Parts, filed: Filed) -> Sequence[tuple[str, str]]:
    return status_rows(standing_of(parts, filed), language(), at=parts.clock.now())


def _ask(parts: Parts, step: str, *, error: str = "", typed: str = "") -> Response:
    nonce = secrets.token_urlsafe(9)
    return make_response(page(parts, "status.html", step=step, nonce=nonce, error=error, typed=typed, tables=()))


def _visit(parts: Parts) -> Visit | None:
    """How far this browser is; the number alone may be forgotten, what was shown is over after half an hour."""
    try:
        visit = Visit(**parts.vault.open_json(bytes.fromhex(session.get("status", "")), COOKIE))
    except Unopenable:
        return None
    until = datetime.fromisoformat(visit.seen_until) if visit.seen_until else None
    return None if until and parts.clock.now() >= until else visit


def _remember(parts: Parts, visit: Visit) -> None:
    """In the cookie, sealed: whether the number is known can be read from nothing."""
    session["status"] = parts.vault.seal_json(asdict(visit), COOKIE).hex()
    session.permanent = True
