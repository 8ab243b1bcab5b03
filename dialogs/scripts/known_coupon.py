"""A coupon by which people show what is theirs: inquiry number and day of the trip; part of other scripts."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from dialogs.coupon_questions import InquiryNumber
from dialogs.engine import Desk, Step
from dialogs.facts import campaign_terms
from dialogs.questions import LOST, Day
from dialogs.rules.claim import show_receipt_no
from dialogs.scripts.eligibility import LONGEST_STAY
from dialogs.steps import Lookup, Say

TRIES = 3  # of number and date together; after that it is for staff


def coupon_known_by(
    desk: Desk, key: str, about: Mapping[str, Any] | None = None
) -> Generator[Step, Any, dict[str, str] | None]:
    """Its number and trip_date as a lookup takes them, asked under this key; None from who does not have the number.

    about: facts of the two questions beside the campaign's terms.
    """
    facts, latest = {**campaign_terms(desk.campaign), **(about or {})}, desk.campaign.dates.original_expiry
    number = yield InquiryNumber(
        key=f"{key}.number", pattern=desk.campaign.inquiry_number.pattern, shown=False, facts=facts
    )
    if number == LOST:
        return None
    day = yield Day(
        key=f"{key}.trip_date",
        earliest=latest - LONGEST_STAY,
        latest=latest,
        likely=latest,
        shown=False,
        facts=facts,
    )
    return {"number": number, "trip_date": day.isoformat()}


def knows_its_coupon(desk: Desk, key: str, receipt_no: str, *, lookup: str) -> Generator[Step, Any, bool]:
    """Inquiry number and day of a coupon in that application; nobody is told which of the two was wrong."""
    facts = {**campaign_terms(desk.campaign), "receipt_no": show_receipt_no(receipt_no)}
    for n in range(1, TRIES + 1):
        coupon = yield from coupon_known_by(desk, f"{key}[{n}]", facts)
        if coupon is None:
            return False
        shown = yield Lookup(f"{key}[{n}]", lookup, {"receipt_no": receipt_no, **coupon})
        if shown["coupon"] == "right":
            return True
        if shown["coupon"] == "too_often":
            return False
        if n < TRIES:
            yield Say(f"{key}[{n}].wrong", facts, wording="contact_told.wrong")
    return False
