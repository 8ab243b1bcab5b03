"""The claims API on the wire: our dataclasses and the JSON of openapi.yaml, the same for both ends of it.

ClaimsError (dialogs.rules.claim)
├── MalformedClaim
│   └── Misshapen      what came is not what the document says; `faults` tells where and why, without the values
└── ClaimRefused       the backend understood the request and will never take it; `reason` is a word of the document
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator

from dialogs.rules.claim import (
    Account,
    Claim,
    ClaimsError,
    ClaimState,
    CouponFact,
    CouponRef,
    Decision,
    DeliveryTarget,
    MalformedClaim,
    is_receipt_no,
)

PROBLEM_TYPE = "urn:madoguchi:claims:"  # in front of the words of the document's table of problems
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
MOST_YEN = 2**31 - 1
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a body: a JSON pointer to it ("" is the whole) and a sentence that repeats no value."""

    pointer: str
    sentence: str


class Misshapen(MalformedClaim):
    """A body that the document does not allow."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.sentence}" for fault in faults))
        self.faults = faults


class ClaimRefused(ClaimsError):
    """The same request would be refused for ever: "key_reused", "receipt_no_taken", "unknown_campaign", …"""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _read_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("a date expected, for example 2023-02-24")


def _read_instant(value: object) -> datetime:
    if isinstance(value, datetime) and value.utcoffset() is not None:
        value = value.astimezone(UTC).isoformat()
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    raise ValueError("a time with its offset expected, for example 2023-04-05T10:00:00+09:00")


def _receipt_no(value: object) -> object:
    if isinstance(value, str) and is_receipt_no(value):
        return value
    raise ValueError("ten digits expected, the last of them a Luhn check digit")


_Date = Annotated[date, BeforeValidator(_read_date), PlainSerializer(lambda value: value.isoformat())]
_Instant = Annotated[datetime, BeforeValidator(_read_instant), PlainSerializer(lambda value: value.isoformat())]
_ReceiptNo = Annotated[str, BeforeValidator(_receipt_no)]
_Yen = Annotated[int, Field(ge=0, le=MOST_YEN)]
_Text = Annotated[str, Field(min_length=1, max_length=320)]
_Reason = Annotated[str, Field(pattern=r"\A\P{Cc}{0,200}\z")]
_Word = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_-]{0,39}\z")]


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Answer(BaseModel):
    # Whoever answers may know more than we ask for; whoever asks may not.
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _CouponRef(_Request):
    prefecture: str
    number: Annotated[str, Field(pattern=r"\A[^\s\p{Cc}]{1,40}\z")]
    trip_date: _Date


class _Target(_Request):
    kind: Literal["sms", "mail"]
    value: _Text


class _Claim(_Request):
    receipt_no: str
    coupons: tuple[_CouponRef, ...] = Field(strict=False)
    name: _Text
    contact: _Text
    target: _Target
    campaign: _Word
    campaign_version: Annotated[int, Field(ge=0, le=MOST_YEN)]
    acted_at: _Instant
    channel: _Word
    applicant_key: _Text


class _Cancellation(_Request):
    reason: _Reason


class _CouponFact(_Answer):
    expiry: _Date | None
    balance_after_extension: _Yen | None
    balance_at_snapshot: _Yen | None
    charged_to_app: bool | None
    account: Literal["none", "active", "withdrawn"] | None


class _Decision(_Answer):
    state: Literal["pending", "accepted", "rejected", "disputed", "duplicate", "cancelled"]
    amount: _Yen | None
    reason: _Reason
    existing_receipt_no: _ReceiptNo | None

    @model_validator(mode="after")
    def _belongs_together(self) -> _Decision:
        if self.state == "accepted" and not self.amount:
            raise ValueError("an accepted claim has an amount of at least 1 yen")
        if (self.state == "duplicate") != (self.existing_receipt_no is not None):
            raise ValueError("existing_receipt_no comes with the state duplicate and with no other")
        return self


class Problem(_Answer):
    """An error as RFC 9457 has it; `surely_not_done` is our extension member."""

    type: str
    title: str
    status: int
    detail: str = ""
    surely_not_done: bool = False

    @property
    def word(self) -> str:
        """The word of the document's table of problems, "" for a problem of others."""
        return self.type.removeprefix(PROBLEM_TYPE) if self.type.startswith(PROBLEM_TYPE) else ""


class Token(_Answer):
    """The token endpoint's answer, RFC 6749 §5.1; expires_in is seconds."""

    access_token: Annotated[str, Field(pattern=r"\A[\x21-\x7e]{1,4096}\z")]
    token_type: Annotated[str, Field(pattern=r"\A(?i:bearer)\z")]
    expires_in: Annotated[int, Field(ge=1, le=MOST_YEN)] = 300


_Model = TypeVar("_Model", bound=BaseModel)


def read_model(model: type[_Model], body: bytes) -> _Model:
    """The body as that model; raises Misshapen."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _misshapen(error) from None


def _made(model: type[_Model], **fields: Any) -> _Model:
    try:
        return model(**fields)
    except ValidationError as error:
        raise _misshapen(error) from None


def _misshapen(error: ValidationError) -> Misshapen:
    # Only type, place and message: pydantic would also hand out the input, which is personal.
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return Misshapen(
        tuple(
            Fault("".join(f"/{part}" for part in fault["loc"]), fault["msg"].removeprefix("Value error, "))
            for fault in found
        )
    )


def _bytes(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()


def check_idempotency_key(key: str) -> None:
    """Raises MalformedClaim for a key that no header can carry or no table should keep."""
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise MalformedClaim("idempotency_key: 1 to 200 visible ASCII characters expected")


def ref_to_wire(ref: CouponRef) -> bytes:
    """Raises Misshapen for a number that no document could carry (control characters, over 40 characters)."""
    return _bytes(_ref_part(ref))


def ref_from_wire(body: bytes) -> CouponRef:
    """Raises MalformedClaim."""
    return _ref(read_model(_CouponRef, body))


def claim_to_wire(claim: Claim) -> bytes:
    """The same claim gives the same bytes, which may therefore be compared. Raises Misshapen."""
    part = _made(
        _Claim,
        receipt_no=claim.receipt_no,
        coupons=tuple(_ref_part(ref) for ref in claim.coupons),
        name=claim.name,
        contact=claim.contact,
        target=_made(_Target, kind=claim.target.kind, value=claim.target.value),
        campaign=claim.campaign,
        campaign_version=claim.campaign_version,
        acted_at=claim.acted_at,
        channel=claim.channel,
        applicant_key=claim.applicant_key,
    )
    return _bytes(part)


def claim_from_wire(body: bytes) -> Claim:
    """Raises MalformedClaim."""
    part = read_model(_Claim, body)
    return Claim(
        receipt_no=part.receipt_no,
        coupons=tuple(_ref(ref) for ref in part.coupons),
        name=part.name,
        contact=part.contact,
        target=DeliveryTarget(part.target.kind, part.target.value),
        campaign=part.campaign,
        campaign_version=part.campaign_version,
        acted_at=part.acted_at,
        channel=part.channel,
        applicant_key=part.applicant_key,
    )


def reason_to_wire(reason: str) -> bytes:
    """Raises Misshapen."""
    return _bytes(_made(_Cancellation, reason=reason))


def reason_from_wire(body: bytes) -> str:
    """Raises Misshapen."""
    return read_model(_Cancellation, body).reason


def fact_to_wire(fact: CouponFact) -> bytes:
    """Raises Misshapen."""
    part = _made(
        _CouponFact,
        expiry=fact.expiry,
        balance_after_extension=fact.balance_after_extension,
        balance_at_snapshot=fact.balance_at_snapshot,
        charged_to_app=fact.charged_to_app,
        account=None if fact.account is None else fact.account.value,
    )
    return _bytes(part)


def fact_from_wire(body: bytes) -> CouponFact:
    """Raises Misshapen."""
    part = read_model(_CouponFact, body)
    return CouponFact(
        expiry=part.expiry,
        balance_after_extension=part.balance_after_extension,
        balance_at_snapshot=part.balance_at_snapshot,
        charged_to_app=part.charged_to_app,
        account=None if part.account is None else Account(part.account),
    )


def decision_to_wire(decision: Decision) -> bytes:
    """Raises Misshapen for what no decision can be."""
    part = _made(
        _Decision,
        state=decision.state.value,
        amount=decision.amount,
        reason=decision.reason,
        existing_receipt_no=decision.existing_receipt_no,
    )
    return _bytes(part)


def decision_from_wire(body: bytes) -> Decision:
    """Raises Misshapen."""
    part = read_model(_Decision, body)
    return Decision(ClaimState(part.state), part.amount, part.reason, part.existing_receipt_no)


def _ref_part(ref: CouponRef) -> _CouponRef:
    return _made(_CouponRef, prefecture=ref.prefecture, number=ref.number, trip_date=ref.trip_date)


def _ref(part: _CouponRef) -> CouponRef:
    return CouponRef(part.prefecture, part.number, part.trip_date)
