"""An application found through another door than it came by: shown to be somebody's, once and for that door alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.filing import open_claim
from bot.parts import Parts
from bot.store import known_claims, submissions
from bot.store.known_claims import Candidate, Known, Whose
from dialogs.reading.numbers import LAST
from dialogs.rules.claim import DeliveryTarget


def how_many_here(parts: Parts, whose: Whose) -> int:
    """Applications whose URL goes to the very number that somebody writes from, not yet shown to be theirs."""
    return len(known_claims.at_this_target(parts.db, whose))


def shown_here(parts: Parts, whose: Whose, digits: str, *, at: datetime) -> tuple[Known, ...]:
    """Those of them whose receipt number, or a coupon's number, ends in these digits.

    The number is proven by its channel. The digits tell who has the papers from who has got a number that was another's
    before; applications of both may go to it, so each is shown by its own.
    """
    here = known_claims.at_this_target(parts.db, whose)
    return tuple(Known(whose.person, each.id, at) for each in here if digits in _endings(parts, each))


def _endings(parts: Parts, filed: Candidate) -> set[str]:
    coupons = open_claim(parts, filed.claim).coupons
    return {filed.receipt_no[-LAST:], *(coupon.number[-LAST:] for coupon in coupons)}


def target_of(parts: Parts, receipt_no: str) -> DeliveryTarget | None:
    """Where the URL of that application goes; None for a number that nobody has, or an application that is erased."""
    filed = submissions.by_receipt_no(parts.db, receipt_no)
    return open_claim(parts, filed.claim).target if filed and filed.claim else None


def id_of(parts: Parts, receipt_no: str) -> UUID | None:
    """The application by that number."""
    return submissions.id_of(parts.db, receipt_no)
