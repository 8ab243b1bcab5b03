"""The same person through another door (docs/architecture.md): what shows that an application is theirs.

By SMS the number itself is proven, for the provider vouches for it; yet a number changes hands, so that something of
the papers is asked for once. By every other door it is the receipt number and a code at the application's own contact.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.claim_questions import LastFour, ReceiptNumber
from dialogs.engine import Desk, Step, Walk
from dialogs.questions import LOST
from dialogs.scripts.proof import proven_by_claim
from dialogs.steps import STATUS, Explained, Lookup, Say

TRIES = 3
RECEIPT_NO = "find.receipt_no"


def at_this_number() -> Generator[Step, Any, bool]:
    """Whether applications whose URL goes to this very number were just shown to be the person's; asked only if any."""
    here = yield Lookup("here", "claims_here", {})
    if not here["waiting"]:
        return False
    for n in range(1, TRIES + 1):
        said = yield LastFour(key=f"here[{n}].digits")
        if said == LOST:
            break
        shown = yield Lookup(f"here[{n}]", "show_here", {"digits": said, "n": n})
        if shown["claim"] == "right":
            return True
        if shown["claim"] == "too_often":
            break
        yield Say(f"here[{n}].wrong", wording="here_told.wrong")
    yield Say("here_told.not_shown")
    return False


def status(_: Desk) -> Walk:
    """How it all stands, also what was begun through another door."""
    yield from at_this_number()
    return Explained(STATUS)


def find(_: Desk) -> Walk:
    """Beside everything else: an application that was sent off elsewhere, by its number and a code."""
    if (yield from at_this_number()):
        return Explained(STATUS)
    number = yield ReceiptNumber(key=RECEIPT_NO)
    yield Say("find_told.code_sent")
    if not (yield from proven_by_claim(RECEIPT_NO, number)):
        yield Say("find_told.not_found")
        return Explained("not_found")
    yield Lookup("known", "know_claim", {"receipt_no": number})
    yield Say("find_told.found")
    return Explained(STATUS)
