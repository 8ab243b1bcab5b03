"""Beside everything else: an application is taken back by whom it belongs to, as long as its URL is not sent."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.claim_questions import LastFour
from dialogs.engine import Desk, Step, Walk
from dialogs.questions import LOST, PickReceipt, YesNo
from dialogs.rules.claim import show_receipt_no
from dialogs.scripts.finding import TRIES, at_this_number
from dialogs.steps import Explained, Lookup, Say


def withdraw(_: Desk) -> Walk:
    """Which one, really, and then it is taken back; the backend is told by the host."""
    yield from at_this_number()
    mine = yield Lookup("mine", "withdrawable", {})
    numbers = tuple(mine["receipt_nos"])
    if not numbers:
        yield Say(f"withdraw_told.{mine['why']}")
        return Explained(mine["why"])
    number = numbers[0]
    if len(numbers) > 1:
        number = yield PickReceipt(key="withdraw.which", options=numbers, shown=False)
    facts = {"receipt_no": show_receipt_no(number)}
    if not (yield YesNo(key="withdraw.sure", about=number, shown=False, facts=facts)):
        yield Say("withdraw_told.kept", facts)
        return Explained("kept")
    if mine.get("paper") and not (yield from _has_its_paper(number)):
        yield Say("withdraw_told.not_shown", facts)
        return Explained("not_shown")
    done = yield Lookup("done", "withdraw", {"receipt_no": number})
    yield Say(f"withdraw_told.{done['withdrawn']}", facts)
    return Explained(done["withdrawn"])


def _has_its_paper(receipt_no: str) -> Generator[Step, Any, bool]:
    """Whether the person knows the end of a coupon's number: whoever has got their telephone number does not.

    The receipt number would not tell them apart: what we send to that number names it.
    """
    for n in range(1, TRIES + 1):
        said = yield LastFour(key=f"withdraw.paper[{n}]")
        if said == LOST:
            break
        shown = yield Lookup(f"paper[{n}]", "own_paper", {"receipt_no": receipt_no, "digits": said, "n": n})
        if shown["coupon"] == "right":
            return True
        if shown["coupon"] == "too_often":
            break
        yield Say(f"withdraw.paper[{n}].wrong", wording="here_told.wrong")
    return False
