"""A dispute as its page shows it: both claims side by side, and which of them knows the coupon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response

from bot import claims
from bot.console.case_history import steps_of
from bot.console.drawing import page
from bot.console.steps_picture import steps
from bot.console.unmasking import Veil, Veiled
from bot.parts import Parts
from bot.store import coupons, disputes, refunds
from bot.store.db import autocommit
from bot.store.disputes import Dispute, Side
from bot.store.refunds import Refund
from dialogs.letters import masked_target
from dialogs.reading.contacts import in_japan, mask_mail, mask_name, mask_phone
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.rules.claim import CouponRef, DeliveryTarget, show_receipt_no
from dialogs.rules.disputes import BY_ITSELF, NEXT, OVER, DisputeState


@dataclass(frozen=True)
class Seen:
    """One of the two claims; who is {} once it is erased. knows: number and day are those of a coupon on our list.

    refund: the transfer that it asks for in place of points.
    """

    side: Side
    shown_no: str
    who: Mapping[str, Veiled]
    channel: str
    kind: str
    knows: bool
    refund: Refund | None


@dataclass(frozen=True)
class Line:
    """A dispute in the list; its coupon by the end of its number."""

    dispute: Dispute
    first_no: str
    later_no: str
    coupon: str
    applied: datetime


def lines_of(parts: Parts, *, state: str, most: int) -> Sequence[Line]:
    return [masked_line(line) for line in disputes.listed(parts.db, state=state or None, most=most)]


def masked_line(line: disputes.Line) -> Line:
    return Line(
        line.dispute,
        show_receipt_no(line.first_no),
        show_receipt_no(line.later_no),
        mask_inquiry_number(line.dispute.number),
        line.applied,
    )


def draw_dispute(parts: Parts, dispute: Dispute, *, fault: str = "") -> Response:
    """The page of a dispute, with what could not be done just now."""
    subject, state, number = f"dispute:{dispute.id}", DisputeState(dispute.state), dispute.number
    with autocommit(parts.db) as connection:
        sides = disputes.sides(connection, dispute)
        known = [bool(coupons.find(connection, [_ref(dispute, side)])) for side in sides]
        asked = [refunds.live(connection, side.receipt_no) for side in sides]
    first, later = (_seen(parts, *each) for each in zip(sides, known, asked, strict=True))
    veiled = Veil(parts, subject).over("told", masked=mask_inquiry_number(number), plain=number)
    drawn = page(
        parts,
        "dispute.html",
        dispute=dispute,
        number=veiled,
        columns=(("holder", first), ("challenger", later)),
        steps=steps(NEXT, "dispute.state", state, not_by_staff=BY_ITSELF),
        history=steps_of(parts, [subject]),
        may_propose=DisputeState.PROPOSED in NEXT[state],
        is_over=state in OVER,
        fault=fault,
    )
    return make_response(drawn, 409 if fault else 200)


def _ref(dispute: Dispute, side: Side) -> CouponRef:
    return CouponRef(dispute.prefecture, dispute.number, side.trip_date)


def _seen(parts: Parts, side: Side, knows: bool, refund: Refund | None) -> Seen:
    words = claims.told(parts.vault, side.body)
    who: dict[str, Veiled] = {}
    if words:
        veil, contact = Veil(parts, f"application:{side.receipt_no}"), words["contact"]
        target = DeliveryTarget(words["target"]["kind"], words["target"]["value"])
        masked = mask_mail(contact) if "@" in contact else mask_phone(in_japan(contact))
        who = {
            "name": veil.over("name", masked=mask_name(words["name"]), plain=words["name"]),
            "contact": veil.over("contact", masked=masked, plain=contact),
            "target": veil.over("target", masked=masked_target(target), plain=target.value),
        }
    channel, kind = words.get("channel", ""), words.get("target", {}).get("kind", "")
    return Seen(side, show_receipt_no(side.receipt_no), who, channel, kind, knows, refund)
