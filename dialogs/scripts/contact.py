"""Beside everything else: the URL is to go elsewhere (rules.md §1.4(7)). Asked for here, done only by staff."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.engine import Desk, Step, Walk
from dialogs.facts import call_centre_now, campaign_terms
from dialogs.questions import PickReceipt, YesNo
from dialogs.rules.claim import show_receipt_no
from dialogs.scripts.finding import at_this_number
from dialogs.scripts.known_coupon import coupon_known_by
from dialogs.scripts.proof import not_proven, proven_target
from dialogs.steps import Explained, HandedOver, Lookup, Moment, Outcome, Say

TARGET = "move.target"
TRIES = 3  # of number and date together; after that it is for staff


def contact(desk: Desk) -> Walk:
    """Which application, its coupon as a second factor, the new target proven by a code; then it waits for staff."""
    yield from at_this_number()
    mine = yield Lookup("mine", "movable", {})
    numbers = tuple(mine["receipt_nos"])
    if not numbers:
        yield from _told(desk, f"contact_told.{mine['why']}")
        return Explained(mine["why"])
    number = numbers[0]
    if len(numbers) > 1:
        number = yield PickReceipt(key="move.which", options=numbers, shown=False)
    if number in mine["asked"]:
        return (yield from _asked_before(number))
    if not (yield from _knows_its_coupon(desk, number)):
        yield Say("contact_told.not_shown")
        return HandedOver("contact", again=())
    target = yield from proven_target(TARGET, "")
    if target is None:
        return (yield from not_proven(TARGET))
    asked = yield Lookup("asked", "change_contact", {"receipt_no": number, "kind": target.kind, "value": target.value})
    yield from _told(desk, f"contact_told.{asked['change']}", receipt_no=show_receipt_no(number))
    return Explained(asked["change"])


def _asked_before(number: str) -> Generator[Step, Any, Outcome]:
    """One change at a time: what was asked for waits, unless its person thinks better of it."""
    facts = {"receipt_no": show_receipt_no(number)}
    if not (yield YesNo(key="move.call_off", about=number, shown=False, in_words=True, facts=facts)):
        yield Say("contact_told.waits", facts)
        return Explained("waits")
    called_off = yield Lookup("called_off", "call_off_change", {"receipt_no": number})
    yield Say(f"contact_told.{called_off['change']}", facts)
    return Explained(called_off["change"])


def _knows_its_coupon(desk: Desk, number: str) -> Generator[Step, Any, bool]:
    """Inquiry number and day of a coupon in that application; nobody is told which of the two was wrong."""
    facts = {**campaign_terms(desk.campaign), "receipt_no": show_receipt_no(number)}
    for n in range(1, TRIES + 1):
        coupon = yield from coupon_known_by(desk, f"move[{n}]", facts)
        if coupon is None:
            return False
        given = {"receipt_no": number, **coupon}
        shown = yield Lookup(f"move[{n}]", "own_coupon", given)
        if shown["coupon"] == "right":
            return True
        if shown["coupon"] == "too_often":
            return False
        if n < TRIES:
            yield Say(f"move[{n}].wrong", facts, wording="contact_told.wrong")
    return False


def _told(desk: Desk, key: str, **facts: Any) -> Generator[Step, Any, None]:
    """How it stands, and whom one can call about it."""
    yield Say(key, facts)
    sentence, opening = call_centre_now(desk.campaign, (yield Moment("told")))
    yield Say("contact_call", opening, wording=sentence)
