"""Trouble with a payment in the outage: (B)①, (B)② and ※上記以外の事象 (notice 1 and 2, (B) の方について).

The call centre looks into it and asks for four items. They are collected here, with what happened, and handed to staff
as one case; none of them has to be known. It stops nothing: what follows from (A) for the same coupon comes after it.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any

from dialogs.coupon_questions import Balance, InquiryNumber
from dialogs.engine import Desk, Step
from dialogs.facts import call_centre_or_deadline, campaign_terms
from dialogs.questions import LOST, CheckAnswers, PickOne, YesNo
from dialogs.reading.names import read_free_text, read_one_line
from dialogs.reading.times import LONGEST as LONGEST_TIME
from dialogs.reading.times import read_time_of_day
from dialogs.rules.cases import CaseDetails, show_case_no
from dialogs.rules.eligibility import CallCentreCase, Case
from dialogs.steps import Lookup, Moment, Say, digest_of
from dialogs.trouble_questions import UNKNOWN, Told

RESTORING = (CallCentreCase.B1, CallCentreCase.B2)
NUMBER = "trouble.number"
LONGEST_STORY, LONGEST_SHOP = 500, 80
ON_THE_CHECK = ("event", "expiry", "prefecture", NUMBER)  # beside all that is asked here


def trouble(desk: Desk, case: Case, kind: CallCentreCase) -> Generator[Step, Any, str]:
    """What it comes to, and a case for staff if they want one; gives the coupon's number as far as it was told."""
    told = yield Moment("trouble.told")
    yield from _explain(desk, kind, told)
    if desk.campaign.apply_is_over(told):
        return ""
    if not (yield YesNo(key="trouble.begin", shown=False)):
        yield Say("trouble.declined", wording=_items(kind))
        return ""
    number = (yield from _number(desk)) if case.coupon else ""
    about = {"kind": f"{kind}", "prefecture": case.prefecture or "", "number": number}
    known = yield Lookup("trouble.standing", "case_standing", about)
    if known["case"] == "none":
        details = yield from _details(case, kind, number)
        yield _check(details, kind)
        known = yield Lookup("trouble.case", "open_case", {"kind": f"{kind}", **details.plain()})
    yield from _handed_in(known)
    return number


def read_story(said: str) -> str:
    return read_free_text(said, most=LONGEST_STORY)


def read_shop(said: str) -> str:
    return read_one_line(said, most=LONGEST_SHOP)


def _explain(desk: Desk, kind: CallCentreCase, told: datetime) -> Generator[Step, Any, None]:
    """Who looks into it, what is given back and until when; whether somebody answers the telephone just now."""
    campaign = desk.campaign
    over = campaign.apply_is_over(told)
    yield Say("trouble.kind", wording=f"trouble.kind.{kind}")
    if over:
        late = "over" if told >= campaign.dates.receive_end else "late"
        yield Say("trouble.by_phone", wording=f"trouble.by_phone.{late}")
        yield Say("trouble.items", wording=_items(kind))
    elif kind in RESTORING:
        usable = told < campaign.dates.usable_end
        yield Say("trouble.restored", wording=f"trouble.restored.{'usable' if usable else 'points'}")
    sentence, facts = call_centre_or_deadline(campaign, told)
    yield Say("trouble.call_centre", facts, wording=sentence)


def _number(desk: Desk) -> Generator[Step, Any, str]:
    facts = {**campaign_terms(desk.campaign), "n": 1}
    number = yield InquiryNumber(key=NUMBER, pattern=desk.campaign.inquiry_number.pattern, facts=facts)
    return "" if number == LOST else str(number)


def _details(case: Case, kind: CallCentreCase, number: str) -> Generator[Step, Any, CaseDetails]:
    """What it was, where and when; for ① how it was paid, for ② how often; and how much."""
    words = "" if kind in RESTORING else (yield _in_words("what", read_story, LONGEST_STORY, options=()))
    shop = yield _in_words("shop", read_shop, LONGEST_SHOP)
    happened = yield _in_words("when", read_time_of_day, LONGEST_TIME)
    paid_by, times, amount = "", "", None
    if kind is CallCentreCase.B1:
        paid_by = yield PickOne(key="trouble.paid_by", options=("cash", "card", "other", UNKNOWN), apart=True)
        amount = yield Balance(key="trouble.paid", options=(UNKNOWN,), apart=True)
    if kind is CallCentreCase.B2:
        times = yield PickOne(key="trouble.times", options=("two", "more", UNKNOWN), apart=True)
        amount = yield Balance(key="trouble.each", options=(UNKNOWN,), apart=True)
    return CaseDetails(
        number=number,
        expiry=case.coupon.expiry if case.coupon else None,
        prefecture=case.prefecture or "",
        shop=shop,
        happened=happened,
        paid_by=paid_by,
        times=times,
        amount=amount,
        words=words,
    )


def _in_words(name: str, reader: Any, most: int, *, options: tuple[str, ...] = (UNKNOWN,)) -> Told:
    return Told(key=f"trouble.{name}", reader=reader, most=most, options=options, apart=True, facts={"most": most})


def _check(details: CaseDetails, kind: CallCentreCase) -> CheckAnswers:
    """A card of its own: what goes to staff has nothing to do with what is applied for."""
    return CheckAnswers(key="trouble.check", only=ON_THE_CHECK, about=digest_of(kind, details.plain()))


def _handed_in(known: Any) -> Generator[Step, Any, None]:
    """What became of it; of one that was there already, how it stands."""
    facts = {"case_no": show_case_no(known["case_no"])} if "case_no" in known else {}
    yield Say("trouble.case", facts, wording=f"trouble.case.{known['case']}")
    if "state" in known:
        yield Say("trouble.state", wording=f"trouble.state.{known['state']}")


def _items(kind: CallCentreCase) -> str:
    return f"trouble.items.{'four' if kind in RESTORING else 'other'}"
