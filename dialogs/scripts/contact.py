"""Beside everything else: the URL is to go elsewhere (rules.md §1.4(7)). Asked for here, done only by staff."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.engine import Desk, Step, Walk
from dialogs.facts import call_centre_now
from dialogs.questions import PickReceipt, YesNo
from dialogs.rules.claim import show_receipt_no
from dialogs.scripts.finding import at_this_number
from dialogs.scripts.known_coupon import knows_its_coupon
from dialogs.scripts.proof import not_proven, proven_target
from dialogs.steps import Explained, HandedOver, Lookup, Moment, Outcome, Say

TARGET = "move.target"


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
    if not (yield from knows_its_coupon(desk, "move", number, lookup="own_coupon")):
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


def _told(desk: Desk, key: str, **facts: Any) -> Generator[Step, Any, None]:
    """How it stands, and whom one can call about it."""
    yield Say(key, facts)
    sentence, opening = call_centre_now(desk.campaign, (yield Moment("told")))
    yield Say("contact_call", opening, wording=sentence)
