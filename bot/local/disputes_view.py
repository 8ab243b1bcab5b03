"""What the commands of `bot disputes` do and print; nothing of whose the claims are is shown."""

from __future__ import annotations

from rich.table import Table

from bot import disputes
from bot.disputes import NoSuchDispute
from bot.local.opened import opened
from bot.local.typed import receipt_no as typed_receipt_no
from bot.parts import Parts
from bot.settings import Settings
from bot.store import disputed_applications
from bot.store import disputes as kept
from bot.store.disputes import Dispute
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.rules.campaign import JST
from dialogs.rules.claim import last_four, show_receipt_no
from dialogs.rules.disputes import Answer

MOST_LISTED = 200


def list_disputes(settings: Settings, state: str | None) -> None:
    """Print the disputes, and what is decided elsewhere; raises psycopg.Error."""
    with opened(settings) as (parts, screen):
        found = kept.listed(parts.db, state=state, most=MOST_LISTED)
        elsewhere = disputed_applications.elsewhere(parts.db, most=MOST_LISTED)
        table = Table("Later application", "First application", "Coupon", "State", "Proposed", "Began", box=None)
        for line in found:
            one = line.dispute
            began = f"{line.applied.astimezone(JST):%Y-%m-%d %H:%M}"
            coupon = mask_inquiry_number(one.number)
            numbers = show_receipt_no(line.later_no), show_receipt_no(line.first_no)
            table.add_row(*numbers, coupon, one.state, one.answer or "", began)
        screen.print(table if found else "There is no dispute." if state is None else f"No dispute is {state}.")
        if elsewhere:
            numbers_there = ", ".join(show_receipt_no(each.receipt_no) for each in elsewhere)
            screen.print(f"Decided by another claims backend: {numbers_there}")


def propose_answer(settings: Settings, receipt_no: str, coupon: str, answer: Answer, *, by: str) -> None:
    """Raises NoReceiptNo, DisputeError, NoName, psycopg.Error."""
    number = typed_receipt_no(receipt_no)
    with opened(settings) as (parts, screen):
        disputes.propose(parts, _named(parts, number, coupon).id, answer, by=by)
        screen.print(f"Proposed: {answer}. Now another person confirms it.")


def confirm_answer(settings: Settings, receipt_no: str, coupon: str, answer: Answer, *, by: str) -> None:
    """Raises as propose_answer() does."""
    number = typed_receipt_no(receipt_no)
    with opened(settings) as (parts, screen):
        state = disputes.decide(parts, _named(parts, number, coupon).id, answer, by=by)
        screen.print(f"The dispute is {state}.")


def _named(parts: Parts, receipt_no: str, coupon: str) -> Dispute:
    """By the receipt number of the later application, and the end of the coupon's number where that is not enough."""
    found = [one for one in kept.of_claim(parts.db, receipt_no) if one.number.endswith(coupon)]
    if len(found) == 1:
        return found[0]
    if found:
        ends = ", ".join(last_four(one.number) for one in found)
        raise NoSuchDispute(f"Several coupons of {show_receipt_no(receipt_no)} are disputed: say --coupon {ends}.")
    raise NoSuchDispute(f"No open dispute is about {show_receipt_no(receipt_no)}.")
