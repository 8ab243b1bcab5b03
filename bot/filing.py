"""From a finished conversation to an application on record, and how a person's applications stand."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store import holds, submissions
from bot.store.conversations import Conversation
from bot.store.known_claims import Whose
from bot.store.submissions import Filed, NewSubmission
from dialogs.letters import masked_target
from dialogs.message import Inbound
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.rules.claim import RECEIPT_NUMBERS, Claim, make_receipt_no
from dialogs.standing import CouponStanding, Standing
from dialogs.steps import Submitted
from integrations.claims.wire import claim_from_wire, claim_to_wire

PLACE = "submissions.claim"
URL_STATES = {"sent": "sent", "delivered": "sent", "undelivered": "failed", "refused": "failed", "cancelled": ""}
REWARD_STATES = {"chosen": "chosen", "issuing": "chosen", "issued": "ready", "code_shown": "shown", "failed": "failed"}
DAYS_A_YEAR = 366  # a claim is kept a day or two longer rather than shorter


def application(
    parts: Parts, conversation: Conversation, submitted: Submitted, said: Inbound
) -> tuple[Claim, NewSubmission]:
    """The claim with a receipt number of its own, and its row; the backend is asked later, by a worker."""
    campaign = parts.campaigns.seen_by(conversation)
    claim = Claim(
        receipt_no=make_receipt_no(secrets.randbelow(RECEIPT_NUMBERS)),
        coupons=submitted.coupons,
        name=submitted.name,
        contact=submitted.contact,
        target=submitted.target,
        campaign=campaign.id,
        campaign_version=campaign.version,
        acted_at=said.at,
        channel=conversation.channel,
        # The proven target says who somebody is, whichever door they came through.
        applicant_key=parts.vault.fingerprint("applicant", submitted.target.kind, submitted.target.value).hex(),
    )
    row = NewSubmission(
        id=uuid7(),
        receipt_no=claim.receipt_no,
        conversation=conversation.id,
        channel=conversation.channel,
        person=conversation.person,
        campaign=campaign.id,
        campaign_version=campaign.version,
        acted_at=said.at,
        claim=seal_claim(parts, claim),
        target=parts.vault.fingerprint(claim.target.kind, claim.target.value),
        filed_by=said.extra.get("by"),
        subjects=subjects_of(parts, claim),
        erase_at=said.at + timedelta(days=DAYS_A_YEAR * campaign.retention.claims_years),
    )
    return claim, row


def subjects_of(parts: Parts, claim: Claim) -> list[bytes]:
    """The coupons of a claim, as cases about them are found."""
    return [holds.subject_of(parts.vault, coupon.prefecture, coupon.number) for coupon in claim.coupons]


def seal_claim(parts: Parts, claim: Claim) -> bytes:
    """A claim as a submission's row keeps it."""
    return parts.vault.seal(claim_to_wire(claim), PLACE)


def open_claim(parts: Parts, sealed: bytes) -> Claim:
    """The claim of a submission's row."""
    return claim_from_wire(parts.vault.open(sealed, PLACE))


def standings(parts: Parts, whose: Whose) -> list[Standing]:
    """How a person's applications stand, newest first; after one that repeats another, that one."""
    mine = submissions.of_person(parts.db, whose)
    known = {filed.receipt_no for filed in mine}
    firsts = {filed.receipt_no: first_of(parts, filed) for filed in mine if filed.existing_receipt_no not in known}
    both = [each for filed in mine for each in (filed, firsts.get(filed.receipt_no)) if each]
    return [standing_of(parts, filed) for filed in both]


def standing_of(parts: Parts, filed: Filed) -> Standing:
    claim = open_claim(parts, filed.claim) if filed.claim else None
    return Standing(
        receipt_no=filed.receipt_no,
        state=filed.state,
        acted_at=filed.acted_at,
        campaign=parts.campaigns.seen_by(filed),
        amount=filed.amount,
        existing_receipt_no=filed.existing_receipt_no,
        url=URL_STATES.get(filed.url, "planned") if filed.url else "",
        reward=REWARD_STATES.get(filed.right or "", ""),
        coupons=tuple(
            CouponStanding(mask_inquiry_number(coupon.number), coupon.trip_date)
            for coupon in (claim.coupons if claim else ())
        ),
        target=masked_target(claim.target) if claim else "",
        refund=filed.refund or "",
        why=filed.reason,
    )


def first_of(parts: Parts, later: Filed) -> Filed | None:
    """The application that a duplicate repeats, if its URL goes to the same target: then it is the same person's."""
    first = submissions.by_receipt_no(parts.db, later.existing_receipt_no) if later.existing_receipt_no else None
    if first is None or first.claim is None or later.claim is None:
        return None
    return first if open_claim(parts, first.claim).target == open_claim(parts, later.claim).target else None


def idempotency_key(submission: UUID) -> str:
    """The same for every try of an application, so that a backend that has it already says so."""
    return str(submission)
