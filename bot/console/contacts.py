"""Changes of where a URL goes: asked for by the person, decided by staff who have made sure who asks.

GET  /console/contacts                      those that wait; ?state= the decided ones
GET  /console/contacts/<receipt_no>         one, with its application
POST /console/contacts/<receipt_no>/<act>   approve, or refuse with a reason
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import contacts
from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.refund_words import acts
from bot.console.steps_picture import steps
from bot.console.unmasking import Veil, Veiled
from bot.console.visiting import whoever
from bot.contacts import ContactError
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import contact_changes, handoff_queue, overview
from bot.store.contact_changes import BY_PERSON, MOVES, Seen
from dialogs.letters import masked_target
from dialogs.reading.contacts import in_japan, mask_mail, mask_name, mask_phone
from dialogs.rules.claim import Claim, read_receipt_no, show_receipt_no

DECIDERS = ("agent", "supervisor")
ACTS = ("approve", "refuse")
WAITING = "requested"
LISTED = 200
LONGEST_REASON = 200


@dataclass(frozen=True)
class Line:
    """A change in the list; old and new are masked, "" where they are erased."""

    change: Seen
    shown_no: str
    old: str
    new: str


def contact_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("contacts", __name__)

    @routes.get("/contacts")
    @for_roles(*DECIDERS)
    def every() -> Response:
        state = request.args.get("state", "")
        state = state if state in MOVES else WAITING
        lines = [_line(parts, change) for change in contact_changes.in_state(parts.db, state, most=LISTED)]
        counts = contact_changes.counts(parts.db)
        return make_response(
            page(parts, "contacts.html", lines=lines, state=state, states=list(MOVES), counts=counts, most=LISTED)
        )

    @routes.get("/contacts/<receipt_no>")
    @for_roles(*DECIDERS)
    def look(receipt_no: str) -> Response:
        return _drawn(parts, _change(parts, receipt_no))

    @routes.post("/contacts/<receipt_no>/<act>")
    @for_roles(*DECIDERS)
    def decide(receipt_no: str, act: str) -> AnyResponse:
        if act not in ACTS:
            abort(404)
        return _decide(parts, _change(parts, receipt_no), act)

    return routes


def _decide(parts: Parts, change: Seen, act: str) -> AnyResponse:
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    slip = "reason" if act == "refuse" and not reason else "sure"
    if slip == "reason" or (act == "approve" and not request.form.get("sure")):
        return _drawn(parts, change, fault=slip, status=400)
    seen = request.form.get("seen", "")
    try:
        if act == "approve":
            contacts.approve(parts, change.receipt_no, seen=seen, by=whoever().name)
        else:
            contacts.refuse(parts, change.receipt_no, seen=seen, reason=reason, by=whoever().name)
    except ContactError as error:
        return _drawn(parts, _change(parts, change.receipt_no), fault=type(error).__name__.lower(), status=409)
    return redirect(url_for("console.contacts.look", receipt_no=change.receipt_no, done=act), 303)


def _change(parts: Parts, receipt_no: str) -> Seen:
    number = read_receipt_no(receipt_no)
    return (contact_changes.seen(parts.db, number) if number else None) or abort(404)


def _line(parts: Parts, change: Seen) -> Line:
    claim = _claim(parts, change)
    old = masked_target(claim.target) if claim and change.state == WAITING else ""
    new = masked_target(contacts.open_target(parts, change.target)) if change.target else ""
    return Line(change, show_receipt_no(change.receipt_no), old, new)


def _claim(parts: Parts, change: Seen) -> Claim | None:
    return open_claim(parts, change.claim) if change.claim else None


def _drawn(parts: Parts, change: Seen, *, fault: str = "", status: int = 200) -> Response:
    application = overview.application(parts.db, change.receipt_no)
    right = overview.right_of(parts.db, application.id) if application else None
    talks = bool(change.conversation and handoff_queue.of_conversation(parts.db, change.conversation))
    drawn = page(
        parts,
        "contact.html",
        change=change,
        application=application,
        steps=steps(MOVES, "contact.state", change.state, not_by_staff=BY_PERSON),
        shown_no=show_receipt_no(change.receipt_no),
        person=_person(parts, change),
        url_is_out=bool(right and right.state in ("sent", "delivered", "undelivered")),
        talks=talks,
        acts=acts(parts, change.receipt_no, kind="contact_change"),
        fault=fault,
    )
    return make_response(drawn, status)


def _person(parts: Parts, change: Seen) -> dict[str, Veiled]:
    """Who asks and where the URL is to go, each behind its veil; the old target is known only until it is changed."""
    shown, veil, claim = {}, Veil(parts, f"contact_change:{change.receipt_no}"), _claim(parts, change)
    if claim:
        contact = claim.contact
        masked = mask_mail(contact) if "@" in contact else mask_phone(in_japan(contact))
        shown["name"] = veil.over("name", masked=mask_name(claim.name), plain=claim.name)
        shown["contact"] = veil.over("contact", masked=masked, plain=contact)
        if change.state == WAITING:
            shown["old"] = veil.over("old", masked=masked_target(claim.target), plain=claim.target.value)
    if change.target:
        new = contacts.open_target(parts, change.target)
        shown["new"] = veil.over("new", masked=masked_target(new), plain=new.value)
    return shown
