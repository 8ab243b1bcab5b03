"""The claims API on the wire: our dataclasses and the JSON of openapi.yaml, the same for both ends of it.

ClaimsError (dialogs.rules.claim)
├── MalformedClaim
│   └── Misshapen      (document) what came, or should go, is not what the document says
└── ClaimRefused       the backend understood the request and will never take it; `reason` is a word of the document
"""

from __future__ import annotations

import re

from pydantic import BaseModel

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
)
from integrations.claims.document import (
    CancellationPart,
    ClaimPart,
    CouponFactPart,
    CouponRefPart,
    DecisionPart,
    TargetPart,
    made,
    read_model,
)

IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class ClaimRefused(ClaimsError):
    """The same request would be refused for ever: "key_reused", "receipt_no_taken", "unknown_campaign", …"""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_idempotency_key(key: str) -> None:
    """Raises MalformedClaim for a key that no header can carry or no table should keep."""
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise MalformedClaim("idempotency_key: 1 to 200 visible ASCII characters expected")


def ref_to_wire(ref: CouponRef) -> bytes:
    """Raises Misshapen for a number that no document could carry (control characters, over 40 characters)."""
    return _bytes(_ref_part(ref))


def ref_from_wire(body: bytes) -> CouponRef:
    """Raises MalformedClaim."""
    return _ref(read_model(CouponRefPart, body))


def claim_to_wire(claim: Claim) -> bytes:
    """The same claim gives the same bytes, which may therefore be compared. Raises Misshapen."""
    part = made(
        ClaimPart,
        receipt_no=claim.receipt_no,
        coupons=tuple(_ref_part(ref) for ref in claim.coupons),
        name=claim.name,
        contact=claim.contact,
        target=made(TargetPart, kind=claim.target.kind, value=claim.target.value),
        campaign=claim.campaign,
        campaign_version=claim.campaign_version,
        acted_at=claim.acted_at,
        channel=claim.channel,
        applicant_key=claim.applicant_key,
    )
    return _bytes(part)


def claim_from_wire(body: bytes) -> Claim:
    """Raises MalformedClaim."""
    part = read_model(ClaimPart, body)
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
    return _bytes(made(CancellationPart, reason=reason))


def reason_from_wire(body: bytes) -> str:
    """Raises Misshapen."""
    return read_model(CancellationPart, body).reason


def fact_to_wire(fact: CouponFact) -> bytes:
    """Raises Misshapen."""
    part = made(
        CouponFactPart,
        expiry=fact.expiry,
        balance_after_extension=fact.balance_after_extension,
        balance_at_snapshot=fact.balance_at_snapshot,
        charged_to_app=fact.charged_to_app,
        account=None if fact.account is None else fact.account.value,
        extended_to=fact.extended_to,
    )
    return _bytes(part)


def fact_from_wire(body: bytes) -> CouponFact:
    """Raises Misshapen."""
    part = read_model(CouponFactPart, body)
    return CouponFact(
        expiry=part.expiry,
        balance_after_extension=part.balance_after_extension,
        balance_at_snapshot=part.balance_at_snapshot,
        charged_to_app=part.charged_to_app,
        account=None if part.account is None else Account(part.account),
        extended_to=part.extended_to,
    )


def decision_to_wire(decision: Decision) -> bytes:
    """Raises Misshapen for what no decision can be."""
    part = made(
        DecisionPart,
        state=decision.state.value,
        amount=decision.amount,
        reason=decision.reason,
        existing_receipt_no=decision.existing_receipt_no,
    )
    return _bytes(part)


def decision_from_wire(body: bytes) -> Decision:
    """Raises Misshapen."""
    part = read_model(DecisionPart, body)
    return Decision(ClaimState(part.state), part.amount, part.reason, part.existing_receipt_no)


def _ref_part(ref: CouponRef) -> CouponRefPart:
    return made(CouponRefPart, prefecture=ref.prefecture, number=ref.number, trip_date=ref.trip_date)


def _ref(part: CouponRefPart) -> CouponRef:
    return CouponRef(part.prefecture, part.number, part.trip_date)


def _bytes(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()
