"""What the tests of held applications share: a case told of a coupon, and a worker's look at what is due."""

from __future__ import annotations

from typing import Any

from bot import case_decisions, submission
from bot.asker import Asker
from bot.lookups import LOOKUPS
from bot.parts import Parts
from bot.store import cases, submissions
from bot.store.cases import MendedCase, NewCase
from bot.store.db import transaction
from bot.store.submissions import NewSubmission
from dialogs.rules.cases import CaseDetails, CaseState
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.refunds_house import application

FINDER, GIVER = "佐藤", "田中"


def number_of(serial: int) -> str:
    return f"A{serial:05}"


def applied(parts: Parts, serial: int, yen: int | None = 1000) -> NewSubmission:
    """An application on record with a coupon that is known."""
    import_coupons(parts.db, coupon(number_of(serial), yen))
    return application(parts, serial)


def planned_case(parts: Parts, number: str, kind: str = "B2", *, person: bytes = b"taro", **more: Any) -> Any:
    told = {"kind": kind, **CaseDetails(number=number, prefecture="09", shop="日光見本屋").plain()}
    asker = Asker(person, parts.campaign, "ja", parts.clock.now(), channel="line", **more)
    (row,) = LOOKUPS["open_case"](parts, told, asker).sends
    assert isinstance(row, NewCase | MendedCase)
    return row


def told_of(parts: Parts, number: str, kind: str = "B2", **more: Any) -> str:
    """A case about a coupon, told by somebody; gives its number."""
    row = planned_case(parts, number, kind, **more)
    with transaction(parts.db) as connection:
        assert cases.write(connection, row)
    return str(row.case_no)


def worker(parts: Parts) -> None:
    """Hand in, or ask after, whatever is due, as the worker does."""
    with transaction(parts.db) as connection:
        due = submissions.claim(connection, most=100)
    for each in due:
        submission.hand_in(parts, each)


def decide(parts: Parts, case_no: str, *states: CaseState) -> None:
    for state in states:
        case_decisions.move(parts, case_no, state, by=FINDER)


def found(parts: Parts, case_no: str, amount: int) -> str:
    """Taken up, found so, and given back; gives what it has become."""
    decide(parts, case_no, CaseState.CHECKING, CaseState.FOUND)
    return case_decisions.give_back(parts, case_no, amount, by=GIVER).state
