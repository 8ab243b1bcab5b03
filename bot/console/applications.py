"""One application: how it stands, whose it is (masked), its coupons, its URL.

GET /console/applications/<receipt_no>
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response

from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.search import SEARCHERS
from bot.console.unmasking import Veil, Veiled
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import contact_changes, handoff_queue, overview, refunds
from bot.store.db import autocommit
from bot.store.refunds import Refund
from dialogs.letters import masked_target
from dialogs.reading.contacts import in_japan, mask_mail, mask_name, mask_phone
from dialogs.rules.claim import Claim, read_receipt_no, show_receipt_no


def application_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("applications", __name__)

    @routes.get("/applications/<receipt_no>")
    @for_roles(*SEARCHERS)
    def look(receipt_no: str) -> Response:
        number = read_receipt_no(receipt_no)
        found = overview.application(parts.db, number) if number else None
        if found is None:
            abort(404)
        claim = open_claim(parts, found.claim) if found.claim else None
        right = overview.right_of(parts.db, found.id)
        with_staff = bool(found.conversation and handoff_queue.of_conversation(parts.db, found.conversation))
        drawn = page(
            parts,
            "application.html",
            found=found,
            claim=claim,
            person=_person(parts, found.receipt_no, claim) if claim else {},
            right=right,
            receipts=overview.receipts_of(parts.db, right.message) if right and right.message else (),
            with_staff=with_staff,
            number=show_receipt_no(found.receipt_no),
            refund=_refund_of(parts, found.receipt_no),
            change=contact_changes.seen(parts.db, found.receipt_no),
        )
        return make_response(drawn)

    return routes


def _refund_of(parts: Parts, receipt_no: str) -> Refund | None:
    with autocommit(parts.db) as connection:
        return refunds.newest(connection, receipt_no)


def _person(parts: Parts, receipt_no: str, claim: Claim) -> dict[str, Veiled]:
    veil, contact = Veil(parts, f"application:{receipt_no}"), claim.contact
    masked = mask_mail(contact) if "@" in contact else mask_phone(in_japan(contact))
    return {
        "name": veil.over("name", masked=mask_name(claim.name), plain=claim.name),
        "contact": veil.over("contact", masked=masked, plain=contact),
        "target": veil.over("target", masked=masked_target(claim.target), plain=claim.target.value),
    }
