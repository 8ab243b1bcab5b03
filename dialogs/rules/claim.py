"""A claim and those who decide on it: the data that the conversation and every claims backend share.

ClaimsError
├── BackendUnavailable   the backend gave no answer; `surely_not_done` says whether it can have acted
└── MalformedClaim       what should be a claim, a coupon or a receipt number is none (a ValueError too)
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

MAX_COUPONS = 10  # rules.md §1.4(9); a campaign may allow fewer, never more
RECEIPT_NUMBERS = 10**9  # nine free digits and one check digit


class ClaimsError(Exception):
    """Something about a claim went wrong; never carries personal data."""


class BackendUnavailable(ClaimsError):
    """The backend is down, slow or talks nonsense.

    `surely_not_done`: the call cannot have had an effect (no connection, a refusal). When False it may have been
    carried out: ask `status` before anything is sent again, and repeat only with the same idempotency key.
    """

    def __init__(self, reason: str, *, surely_not_done: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.surely_not_done = surely_not_done


class MalformedClaim(ClaimsError, ValueError):
    """A claim, a coupon or a receipt number has a shape that it cannot have."""


class Account(StrEnum):
    """The app account of the person who holds the coupon, as it is when the URL is sent (rules.md §1.4(8))."""

    NONE = "none"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CouponRef:
    """Which coupon: JIS X 0401 prefecture ("09"), normalised inquiry number, date of the trip.

    A coupon is unique by (prefecture, number), see `key`; the trip date only proves that it is one's own.
    Raises MalformedClaim for a number that `normalise_number` would change.
    """

    prefecture: str
    number: str
    trip_date: date

    def __post_init__(self) -> None:
        if not re.fullmatch(r"0[1-9]|[1-3]\d|4[0-7]", self.prefecture, re.ASCII):
            raise MalformedClaim("prefecture: two digits of JIS X 0401 expected, for example 09")
        if not self.number or self.number != normalise_number(self.number):
            raise MalformedClaim("number: expected as normalise_number() gives it")

    @property
    def key(self) -> tuple[str, str]:
        """What at most one live claim may carry, across all channels (rules.md §1.4(9))."""
        return self.prefecture, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponFact:
    """What is known of a coupon, told by a backend or by its holder; None is unknown. Money is whole yen.

    `balance_after_extension` is read at 2/27 00:00 (condition A), `balance_at_snapshot` at 4/1 00:00 (A②, the amount).
    `extended_to` is the last day on which a coupon that was restored can be used; `expiry` stays that of the paper.
    """

    expiry: date | None = None
    balance_after_extension: int | None = None
    balance_at_snapshot: int | None = None
    charged_to_app: bool | None = None
    account: Account | None = None
    extended_to: date | None = None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nothing by that reference; "unknown", "other date" and "taken" look alike, so that a guesser learns nothing."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The backend could not be asked just now; `reason` is a word for the log."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryTarget:
    """受取案内配信先: a mobile number in E.164 (`sms`) or a mail address (`mail`), never both (rules.md D-PAPER)."""

    kind: Literal["sms", "mail"]
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An application under A②, as the person submitted it.

    `acted_at` is the instant of the person's own act, which the deadline is judged by. `applicant_key` is opaque, equal
    for the same person and tells nothing about them. `channel` is the door they came through: line, sms, mail, web.
    Raises MalformedClaim for what no application can be.
    """

    receipt_no: str
    coupons: tuple[CouponRef, ...]
    name: str = field(repr=False)
    contact: str = field(repr=False)
    target: DeliveryTarget
    campaign: str
    campaign_version: int
    acted_at: datetime
    channel: str
    applicant_key: str

    def __post_init__(self) -> None:
        if not is_receipt_no(self.receipt_no):
            raise MalformedClaim("receipt_no: ten digits with a right check digit expected")
        if not 1 <= len(self.coupons) <= MAX_COUPONS:
            raise MalformedClaim(f"coupons: 1 to {MAX_COUPONS} expected")
        if len({coupon.key for coupon in self.coupons}) < len(self.coupons):
            raise MalformedClaim("coupons: one is listed twice")
        if len({coupon.prefecture for coupon in self.coupons}) > 1:
            raise MalformedClaim("coupons: all of one prefecture expected")
        if self.acted_at.utcoffset() is None:
            raise MalformedClaim("acted_at: a time with its offset expected, for example 2023-04-05T10:00:00+09:00")


class ClaimState(StrEnum):
    """Where a claim stands. PENDING waits for a balance, a check or the backend; DISPUTED for staff."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPUTED = "disputed"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a backend says of a claim.

    `amount` is the sum of yen, None until it is fixed. `reason` is a word for programs ("no_match", "no_balance"), ""
    where there is nothing to explain. `existing_receipt_no` comes with DUPLICATE alone: the same person's live claim.
    """

    state: ClaimState
    amount: int | None = None
    reason: str = ""
    existing_receipt_no: str | None = None


class ClaimsBackend(Protocol):
    """Who knows the coupons and decides on claims. One contract test runs over every implementation."""

    def find_coupon(self, ref: CouponRef) -> CouponFact | NoMatch | Unavailable:
        """Facts of the coupon whose prefecture, number and trip date all match; never raises."""
        ...

    def submit(self, claim: Claim, *, idempotency_key: str) -> Decision:
        """Hand in a claim; the same key again gives the first decision again. Raises BackendUnavailable."""
        ...

    def status(self, receipt_no: str) -> Decision | NoMatch:
        """The decision as it stands today. Raises BackendUnavailable."""
        ...

    def cancel(self, receipt_no: str, reason: str, *, idempotency_key: str) -> Decision:
        """Withdraw a live claim and free its coupons; one already ended keeps its state. Raises BackendUnavailable."""
        ...


def normalise_number(text: str) -> str:
    """An inquiry number as it is stored and compared: NFKC, upper case, without spaces and dashes of any kind."""
    return re.sub(r"[\s\-\u2010-\u2015\u2212\u30fc]", "", unicodedata.normalize("NFKC", text).upper())


def make_receipt_no(random_int: int) -> str:
    """A receipt number (ten digits, the last a Luhn check) from a random 0 <= random_int < RECEIPT_NUMBERS."""
    if not 0 <= random_int < RECEIPT_NUMBERS:
        raise MalformedClaim(f"random_int: 0 to {RECEIPT_NUMBERS - 1} expected")
    payload = f"{random_int:09d}"
    return payload + str(-_luhn_sum(payload + "0") % 10)


def is_receipt_no(text: str) -> bool:
    """Whether the text is a receipt number as it is stored: ten ASCII digits whose check digit is right."""
    return re.fullmatch(r"\d{10}", text, re.ASCII) is not None and _luhn_sum(text) % 10 == 0


def read_receipt_no(text: str) -> str | None:
    """A receipt number as people write it (full width, hyphens, spaces), as it is stored; None if it is none."""
    number = normalise_number(text)
    return number if is_receipt_no(number) else None


def show_receipt_no(receipt_no: str) -> str:
    """As people are shown it: 1234-5678-90."""
    return f"{receipt_no[:4]}-{receipt_no[4:8]}-{receipt_no[8:]}"


def last_four(receipt_no: str) -> str:
    """The digits by which a message proves that it comes from us (rules.md §3, smishing)."""
    return receipt_no[-4:]


def _luhn_sum(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(doubled) + sum(int(digit) for digit in digits[::-2])
