"""Beside everything else: the account of a refund is another one, because the bank sent the money back or before it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dialogs.engine import Desk, Step, Walk
from dialogs.facts import call_centre_now
from dialogs.questions import PickOne, PickReceipt
from dialogs.refund_questions import FIX, shown_holder
from dialogs.rules.campaign import JST
from dialogs.rules.claim import show_receipt_no
from dialogs.scripts.finding import at_this_number
from dialogs.scripts.known_coupon import knows_its_coupon
from dialogs.scripts.refund import Place, account_holder, account_place
from dialogs.steps import Explained, HandedOver, Lookup, Moment, Outcome, Revise, Say, digest_of

ACCOUNT = (
    *("transfer.bank", "transfer.bank_is", "transfer.branch", "transfer.branch_is", "transfer.type", "transfer.number"),
    *("transfer.symbol", "transfer.post_number", "transfer.holder"),
)


def account(desk: Desk) -> Walk:
    """Which refund, its coupon as a second factor, then the account on our own page; it is checked anew by staff."""
    yield from at_this_number()
    mine = yield Lookup("mine", "correctable", {})
    numbers = tuple(mine["receipt_nos"])
    if not numbers:
        return (yield from _told(desk, mine["why"]))
    number = numbers[0]
    if len(numbers) > 1:
        number = yield PickReceipt(key="mend.which", options=numbers, shown=False)
    if not (yield from knows_its_coupon(desk, "move", number, lookup="own_refund")):
        yield Say("contact_told.not_shown")
        return HandedOver("refund", again=())
    person = yield Lookup("person", "holder", {"receipt_no": number})
    if not person["name_kana"]:
        return (yield from _told(desk, "paying"))
    place = yield from account_place()
    holder = yield from account_holder(person["name_kana"])
    yield from _sure(place, holder)
    given = {"receipt_no": number, "holder": holder, **_plain(place)}
    mended = yield Lookup("mended", "correct_account", given)
    return (yield from _told(desk, mended["account"], receipt_no=show_receipt_no(number)))


def _sure(place: Place, holder: str) -> Generator[Step, Any, None]:
    facts = {
        "bank": place.bank_name or place.account.bank,
        "branch": place.branch_name or place.account.branch,
        "number": place.account.number,
        "holder": shown_holder(holder),
    }
    about = digest_of(holder, _plain(place))
    sure = yield PickOne(
        key="mend.sure", options=("as_it_is", FIX), about=about, private=True, shown=False, facts=facts
    )
    if sure == FIX:
        yield Revise(("mend.sure", *ACCOUNT))


def _plain(place: Place) -> dict[str, Any]:
    """As the lookup takes it."""
    account = place.account
    return {
        "bank": account.bank,
        "branch": account.branch,
        "type": f"{account.account_type}",
        "number": account.number,
        "check_again": account.check_again,
        "bank_name": place.bank_name,
        "branch_name": place.branch_name,
    }


def _told(desk: Desk, how: str, **facts: Any) -> Generator[Step, Any, Outcome]:
    """How it stands, and whom one can call about it."""
    now = yield Moment("told")
    paying = how == "corrected" and now.astimezone(JST).date() >= desk.campaign.dates.refund_pay_from
    yield Say(f"account_told.{how}", facts, wording=f"account_told.{how}_while_paying" if paying else "")
    sentence, opening = call_centre_now(desk.campaign, now)
    yield Say("contact_call", opening, wording=sentence)
    return Explained(how)
