"""Cases for staff: trouble with a payment in the outage, as its person told it (rules.md §1.2, rows 2-4).

What the call centre asks for (notice (B)) is collected here before it is asked; whatever is not known stays empty.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from dialogs.rules.claim import is_receipt_no, make_receipt_no, normalise_number, show_receipt_no

SIGN = "C"  # so that nobody takes a case's number for the receipt number of an application


class CaseState(StrEnum):
    """Where a case stands. The decision has two steps: was it so, and then what is given back, or what else is done."""

    OPENED = "opened"
    CHECKING = "checking"
    FOUND = "found"
    NOT_FOUND = "not_found"
    ANSWERED = "answered"
    RESTORED = "restored"
    TO_POINTS = "to_points"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


# The whole machine: from each state to those that may follow. `answered` ends a trouble that gives nothing back;
# `to_points` is §1.3 after 3/31, when no time is left in which a restored balance could be used.
NEXT: Mapping[CaseState, tuple[CaseState, ...]] = {
    CaseState.OPENED: (CaseState.CHECKING, CaseState.WITHDRAWN),
    CaseState.CHECKING: (CaseState.FOUND, CaseState.NOT_FOUND, CaseState.ANSWERED, CaseState.OPENED),
    CaseState.FOUND: (CaseState.RESTORED, CaseState.TO_POINTS),
    CaseState.NOT_FOUND: (CaseState.CLOSED, CaseState.CHECKING),
    CaseState.ANSWERED: (CaseState.CLOSED, CaseState.CHECKING),
    CaseState.RESTORED: (CaseState.CLOSED,),
    CaseState.TO_POINTS: (CaseState.CLOSED,),
    CaseState.CLOSED: (),
    CaseState.WITHDRAWN: (),
}
BY_PERSON = ((CaseState.OPENED, CaseState.WITHDRAWN),)
# While one of these kinds stands so, what was applied for with its coupon waits: one reward for both (§1.4(2)).
HELD_KINDS = ("B1", "B2")
HOLDING = (CaseState.OPENED, CaseState.CHECKING, CaseState.FOUND)
OVER = tuple(state for state, following in NEXT.items() if not following)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetails:
    """What was told of a trouble. "" and None: not known. happened is a time of day («18:30») or the person's words.

    amount in yen: what was paid otherwise (B①), or one of the payments (B②).
    """

    number: str = field(default="", repr=False)
    expiry: date | None = field(default=None, repr=False)
    prefecture: str = field(default="", repr=False)
    shop: str = field(default="", repr=False)
    happened: str = field(default="", repr=False)
    paid_by: str = field(default="", repr=False)
    times: str = field(default="", repr=False)
    amount: int | None = field(default=None, repr=False)
    words: str = field(default="", repr=False)

    def plain(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self) | {"expiry": self.expiry and self.expiry.isoformat()}


def details_from(plain: Mapping[str, Any]) -> CaseDetails:
    """What plain() gave; what an older form of it lacks is not known."""
    known = {name: plain[name] for name in CaseDetails.__slots__ if name in plain}
    expiry = known.get("expiry")
    return CaseDetails(**{**known, "expiry": date.fromisoformat(expiry) if expiry else None})


def make_case_no(random_int: int) -> str:
    """A case's number from a random 0 <= random_int < RECEIPT_NUMBERS; with a check digit, as a receipt number."""
    return SIGN + make_receipt_no(random_int)


def read_case_no(text: str) -> str | None:
    """A case's number as people write it, with or without its letter, as it is stored; None if it is none."""
    number = normalise_number(text).removeprefix(SIGN)
    return SIGN + number if is_receipt_no(number) else None


def show_case_no(case_no: str) -> str:
    """As people are shown it: C-1234-5678-97."""
    return f"{SIGN}-{show_receipt_no(case_no.removeprefix(SIGN))}"
