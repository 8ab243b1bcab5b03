"""A person's history: what was sent when by which way, and what came back.

GET  /console/history           a field for a receipt number, an inquiry number, a telephone number or a mail address
POST /console/history           looks; what was typed stands in no address
GET  /console/history/<uuid>    all of one right
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.plots import moment_label
from bot.console.unmasking import Veil, Veiled
from bot.deliveries.samples import masked_contact
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import right_history
from bot.store.right_history import Sought, Standing
from dialogs.letters import masked_target
from dialogs.reading import Unreadable
from dialogs.reading.contacts import in_japan, read_target
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.rules.claim import normalise_number, read_receipt_no, show_receipt_no

LONGEST = 200
READERS = ("agent", "supervisor")


@dataclass(frozen=True)
class Person:
    """A right as staff see it: number is the receipt's, or the end of a coupon's; where it goes is None once erased."""

    standing: Standing
    number: str
    applied: bool
    where: Veiled | None


def history_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("histories", __name__)

    @routes.get("/history")
    @for_roles(*READERS)
    def ask() -> Response:
        return make_response(page(parts, "history.html", people=(), typed="", missing=False))

    @routes.post("/history")
    @for_roles(*READERS)
    def find() -> AnyResponse:
        typed = request.form.get("sought", "")[:LONGEST].strip()
        found = right_history.search(parts.db, _sought(parts, typed)) if typed else []
        if len(found) == 1:
            return redirect(url_for("console.histories.look", right=found[0].id), 303)
        people = [_person(parts, standing) for standing in found]
        return make_response(page(parts, "history.html", people=people, typed=typed, missing=not found))

    @routes.get("/history/<uuid:right>")
    @for_roles(*READERS)
    def look(right: UUID) -> Response:
        standing = right_history.by_id(parts.db, right) or abort(404)
        shown = {
            "person": _person(parts, standing),
            "messages": right_history.messages(parts.db, right),
            "happened": right_history.happened(parts.db, right),
            "label": moment_label,
        }
        return make_response(page(parts, "history_of.html", **shown))

    return routes


def _sought(parts: Parts, typed: str) -> Sought:
    """Each kind of number that it may be; who is meant is only ever compared as a hash."""
    try:
        person = parts.vault.fingerprint(*read_target(typed))
    except Unreadable:
        person = None
    prefectures = {each.code for campaign in parts.campaigns.values() for each in campaign.prefectures}
    return Sought(read_receipt_no(typed) or "", person, normalise_number(typed), sorted(prefectures))


def _person(parts: Parts, standing: Standing) -> Person:
    number = show_receipt_no(standing.receipt_no) if standing.receipt_no else ""
    number = number or mask_inquiry_number(standing.coupon_number or "")
    return Person(standing, number, standing.receipt_no is not None, _where(parts, standing))


def _where(parts: Parts, standing: Standing) -> Veiled | None:
    veil = Veil(parts, f"right:{standing.id}")
    if standing.claim:
        target = open_claim(parts, standing.claim).target
        return veil.over("target", masked=masked_target(target), plain=_plain(target.kind, target.value))
    if standing.contacts is None:
        return None
    contacts = parts.vault.open_json(standing.contacts, "deliveries.contacts")
    masked, plain = (
        ", ".join(show(kind, value) for kind, value in contacts.items()) for show in (masked_contact, _plain)
    )
    return veil.over("contact", masked=masked, plain=plain)


def _plain(kind: str, value: str) -> str:
    return in_japan(value) if kind == "sms" else value
