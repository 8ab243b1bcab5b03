"""Beside everything else: an application is taken back by whom it belongs to, as long as its URL is not sent."""

from __future__ import annotations

from dialogs.engine import Desk, Walk
from dialogs.questions import PickReceipt, YesNo
from dialogs.rules.claim import show_receipt_no
from dialogs.scripts.finding import at_this_number
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
    done = yield Lookup("done", "withdraw", {"receipt_no": number})
    yield Say(f"withdraw_told.{done['withdrawn']}", facts)
    return Explained(done["withdrawn"])
