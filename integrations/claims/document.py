"""The schemas of openapi.yaml as pydantic models, and how a body that is none of them is told.

ClaimsError (dialogs.rules.claim)
└── MalformedClaim
    └── Misshapen      what came is not what the document says; `faults` tells where and why, without the values
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator

from dialogs.rules.claim import MalformedClaim, is_receipt_no

PROBLEM_TYPE = "urn:madoguchi:claims:"  # in front of the words of the document's table of problems
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


class CouponRefPart(_Request):
    prefecture: str
    number: Annotated[str, Field(pattern=r"\A[^\s\p{Cc}]{1,40}\z")]
    trip_date: _Date


class TargetPart(_Request):
    kind: Literal["sms", "mail"]
    value: _Text


class ClaimPart(_Request):
    receipt_no: str
    coupons: tuple[CouponRefPart, ...] = Field(strict=False)
    name: _Text
    contact: _Text
    target: TargetPart
    campaign: _Word
    campaign_version: Annotated[int, Field(ge=0, le=MOST_YEN)]
    acted_at: _Instant
    channel: _Word
    applicant_key: _Text


class CancellationPart(_Request):
    reason: _Reason


class CouponFactPart(_Answer):
    expiry: _Date | None
    balance_after_extension: _Yen | None
    balance_at_snapshot: _Yen | None
    charged_to_app: bool | None
    account: Literal["none", "active", "withdrawn"] | None
    extended_to: _Date | None = None


class DecisionPart(_Answer):
    state: Literal["pending", "accepted", "rejected", "disputed", "duplicate", "cancelled"]
    amount: _Yen | None
    reason: _Reason
    existing_receipt_no: _ReceiptNo | None

    @model_validator(mode="after")
    def _belongs_together(self) -> DecisionPart:
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


def made(model: type[_Model], **fields: Any) -> _Model:
    """That model of our own values; raises Misshapen for what no document could carry."""
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
