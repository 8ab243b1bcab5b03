"""Money back in place of points (notice, 返金; rules.md §1.2 row 11): the private part of `apply` for who wants it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dialogs.engine import Desk, Step
from dialogs.personal import Contact, Name
from dialogs.questions import CheckAnswers, Day, PickOne
from dialogs.reading.bank import (
    JAPAN_POST,
    AccountType,
    BankAccount,
    read_account_number,
    read_japan_post,
    read_japan_post_symbol,
)
from dialogs.reading.holder import kana_matches_name, read_name_kana
from dialogs.reading.names import read_free_text, read_one_line
from dialogs.reading.postal import read_address, read_postal_code
from dialogs.refund_questions import FIX, Found, Holder, JapanPostNumber, PostalCode, Written
from dialogs.rules.claim import CouponRef, DeliveryTarget
from dialogs.rules.refund import RefundDetails
from dialogs.scripts.eligibility import LONGEST_STAY
from dialogs.scripts.proof import not_proven, proven_target
from dialogs.steps import Explained, Lookup, Outcome, Revise, Say, Submitted, digest_of

TARGET = "refund.target"
LONGEST_SEARCH = 40
LONGEST_LODGING = 80


@dataclass(frozen=True)
class Person:
    """ご本人情報."""

    name: str = field(repr=False)
    name_kana: str = field(repr=False)
    contact: str = field(repr=False)
    target: DeliveryTarget
    postal_code: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where the account is, in the names that the person saw."""

    account: BankAccount
    bank_name: str
    branch_name: str


def refund(desk: Desk, coupons: tuple[CouponRef, ...]) -> Generator[Step, Any, Outcome]:
    """Who, where they stayed, and their account: all of it on our own page, sent off once it was checked there."""
    consent = yield PickOne(key="refund.consent", options=("agree", "disagree"), private=True, shown=False)
    if consent == "disagree":
        return (yield from _no_consent("refund.consent"))
    person = yield from _person()
    if person is None:
        return (yield from not_proven(TARGET))
    lodging = (yield from _lodging(desk, coupons)) if "lodging_name" in desk.campaign.asks.refund else {}
    consent = yield PickOne(key="transfer.consent", options=("agree", "points", "disagree"), private=True)
    if consent == "points":
        yield Revise(("transfer.consent", "wish"))
    if consent == "disagree":
        return (yield from _no_consent("transfer.consent"))
    place = yield from account_place()
    holder = yield from account_holder(person.name_kana)
    yield CheckAnswers(private=True)
    details = RefundDetails(
        account=place.account,
        bank_name=place.bank_name,
        branch_name=place.branch_name,
        holder=holder,
        name=person.name,
        name_kana=person.name_kana,
        contact=person.contact,
        postal_code=person.postal_code,
        address=person.address,
        **lodging,
    )
    return Submitted(coupons, person.name, person.contact, person.target, refund=details)


def read_search(said: str) -> str:
    return " ".join(read_free_text(said, most=LONGEST_SEARCH).split())


def read_lodging(said: str) -> str:
    return read_one_line(said, most=LONGEST_LODGING)


def _no_consent(key: str) -> Generator[Step, Any, Explained]:
    yield Say(f"{key}.not_given", wording="no_consent")
    return Explained("no_consent", again=(key,))


def _person() -> Generator[Step, Any, Person | None]:
    """ご本人情報; None when no contact of theirs could be proven."""
    name = yield Name(key="name")
    kana = yield Written(key="refund.kana", reader=read_name_kana)
    contact = yield Contact(key="contact")
    target = yield from proven_target(TARGET, contact)
    if target is None:
        return None
    postal_code = yield PostalCode(key="refund.postal_code", reader=read_postal_code)
    address = yield Written(key="refund.address", reader=read_address)
    return Person(name, kana, contact, target, postal_code, address)


def _lodging(desk: Desk, coupons: tuple[CouponRef, ...]) -> Generator[Step, Any, dict[str, Any]]:
    """ご宿泊に関する情報; who came for a day arrives and leaves on it."""
    name = yield Written(key="lodging.name", reader=read_lodging)
    expiry, trip_date = desk.campaign.dates.original_expiry, coupons[0].trip_date
    check_in: date = yield Day(
        key="lodging.check_in", earliest=expiry - LONGEST_STAY, latest=expiry, likely=trip_date, private=True
    )
    check_out: date = yield Day(
        key="lodging.check_out",
        earliest=check_in,
        latest=check_in + LONGEST_STAY,
        likely=max(expiry, check_in),
        private=True,
    )
    return {"lodging_name": name, "check_in": check_in, "check_out": check_out}


def account_place() -> Generator[Step, Any, Place]:
    """口座番号: the bank, and then what its kind of account is known by."""
    bank, bank_name = yield from _searched("transfer.bank", "banks", {}, none="bank_not_found")
    if bank == JAPAN_POST:
        return (yield from _japan_post(bank_name))
    branch, branch_name = yield from _searched("transfer.branch", "branches", {"bank": bank}, none="branch_not_found")
    account_type = yield PickOne(key="transfer.type", options=tuple(map(str, AccountType)), private=True)
    number = yield Written(key="transfer.number", reader=read_account_number)
    return Place(BankAccount(bank, branch, AccountType(account_type), number), bank_name, branch_name)


def _searched(key: str, name: str, where: dict[str, str], *, none: str) -> Generator[Step, Any, tuple[str, str]]:
    """Code and name of a bank or branch: typed, looked up, and picked from what was found."""
    said = yield Written(key=key, reader=read_search, about=where.get("bank", ""), shown=False)
    sought = {**where, "said": said}
    found = yield Lookup(key, name, sought)
    names = {place["code"]: place["name"] for place in found["found"]}
    if not names:
        yield Say(f"{key}.none", wording=none)
        yield Revise((key,))
    picked = f"{key}_is"
    code = yield Found(
        key=picked,
        options=(*names, FIX),
        names=names,
        more=found.get("more", False),
        about=digest_of(name, sought),
        facts={"n": len(names)},
    )
    if code == FIX:
        yield Revise((picked, key))
    return code, names[code]


def _japan_post(bank_name: str) -> Generator[Step, Any, Place]:
    """By 記号 and 番号, from which the account's branch and number follow (rules.md §3, ゆうちょ)."""
    symbol = yield Written(key="transfer.symbol", reader=read_japan_post_symbol)
    number = yield JapanPostNumber(key="transfer.post_number", symbol=symbol)
    account = read_japan_post(symbol, number)
    if account.check_again:
        answer = yield PickOne(
            key="transfer.check_again",
            options=("as_it_is", FIX),
            about=digest_of(symbol, {"number": number}),
            private=True,
            shown=False,
            facts={"symbol": symbol, "number": number},
        )
        if answer == FIX:
            yield Revise(("transfer.check_again", "transfer.symbol", "transfer.post_number"))
    found = yield Lookup("transfer.post_branch", "branches", {"bank": JAPAN_POST, "said": account.branch})
    names = {place["code"]: place["name"] for place in found["found"]}
    if not names.get(account.branch):
        yield Say("transfer.symbol.none", wording="symbol_not_found")
        yield Revise(("transfer.symbol", "transfer.post_number"))
    return Place(account, bank_name, names[account.branch])


def account_holder(name_kana: str) -> Generator[Step, Any, str]:
    """口座名義; another name than the applicant's is asked about once more, and then staff look at it."""
    holder: str = yield Holder(key="transfer.holder", name_kana=name_kana)
    if not kana_matches_name(holder, name_kana):
        answer = yield PickOne(
            key="transfer.holder_ok",
            options=("as_it_is", FIX),
            about=digest_of(holder, {"name": name_kana}),
            private=True,
            shown=False,
        )
        if answer == FIX:
            yield Revise(("transfer.holder_ok", "transfer.holder"))
    return holder
