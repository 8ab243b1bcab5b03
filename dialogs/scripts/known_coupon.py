"""A coupon by which people show what is theirs: inquiry number and day of the trip; part of other scripts."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from dialogs.coupon_questions import InquiryNumber
from dialogs.engine import Desk, Step
from dialogs.facts import campaign_terms
from dialogs.questions import LOST, Day
from dialogs.scripts.eligibility import LONGEST_STAY


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
