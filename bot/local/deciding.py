"""What `bot cases decide …` and `bot claims release` do and print; who does it stands in the audit."""

from __future__ import annotations

from bot import case_decisions
from bot.local.cases_view import NoCaseNo, NoSuchCase
from bot.local.opened import opened
from bot.local.typed import receipt_no as typed_receipt_no
from bot.parts import Parts
from bot.settings import Settings
from bot.store import cases, holds
from bot.store.cases import Case
from bot.store.db import autocommit
from dialogs.rules.cases import CaseState, read_case_no, show_case_no
from dialogs.rules.claim import read_receipt_no, show_receipt_no


def move_case(settings: Settings, typed: str, to: CaseState, *, by: str) -> None:
    """Bring a case on; raises NoCaseNo, NoSuchCase, DecisionError, NoName, psycopg.Error."""
    with opened(settings) as (parts, screen):
        case = case_decisions.move(parts, _found(parts, typed).case_no, to, by=by)
        screen.print(_told(parts, case))


def give_back(settings: Settings, typed: str, amount: int, *, by: str) -> None:
    """Say how much is given back; raises as move_case() does."""
    with opened(settings) as (parts, screen):
        case = case_decisions.give_back(parts, _found(parts, typed).case_no, amount, by=by)
        screen.print(_told(parts, case))


def release_claim(settings: Settings, typed: str, *, by: str) -> None:
    """Let a held application go on; raises NoReceiptNo, NotHeld, NoName, psycopg.Error."""
    number = typed_receipt_no(typed)
    with opened(settings) as (parts, screen):
        case_decisions.release(parts, number, by=by)
        screen.print(f"{show_receipt_no(number)} goes on: it is asked after, and its URL follows.")


def _found(parts: Parts, typed: str) -> Case:
    """By its own number, or by the receipt number of an application with its coupon."""
    own, receipt_no = read_case_no(typed), read_receipt_no(typed)
    if own and (case := cases.by_no(parts.db, own)):
        return case
    about = cases.about(parts.db, receipt_no) if receipt_no else []
    if len(about) == 1:
        return about[0]
    if about:
        numbers = ", ".join(show_case_no(case.case_no) for case in about)
        raise NoSuchCase(f"Several cases are about coupons of that application: {numbers}. Say which.")
    if own is None:
        raise NoCaseNo("That is no case number: it has a C and ten digits, for example C-1234-5678-97.")
    raise NoSuchCase(f"No case has the number {show_case_no(own)}.")


def _told(parts: Parts, case: Case) -> str:
    """How it stands now, and what that means for the applications with its coupon."""
    lines = [f"Case {show_case_no(case.case_no)} is {case.state}.", *_by_hand(parts, case)]
    with autocommit(parts.db) as connection:
        lines += [
            f"Application {show_receipt_no(number)}: {_means(case, state)}."
            for number, state in holds.of_case(connection, case.case_no)
        ]
    return "\n".join(lines)


def _by_hand(parts: Parts, case: Case) -> list[str]:
    if not case_decisions.is_by_hand(parts, case):
        return []
    return [
        f"The {case.restored:,} yen are to be given back by hand: the coupon is on no list, or its URL or transfer is "
        "out already. Its person is asked to call."
    ]


def _means(case: Case, state: str) -> str:
    if state == "accepted" and case.restored:
        return f"paid already, without these {case.restored:,} yen: they have to be given back by hand"
    if state == "accepted":
        return "its URL is out, or it stands in a file for the bank: it was not held"
    return "held until the case is decided" if state == "held" else f"{state}, it goes on"
