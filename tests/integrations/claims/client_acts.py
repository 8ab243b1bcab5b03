"""What the tests of the client ask of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dialogs.rules.claim import BackendUnavailable, Claim, CouponRef, Decision, DeliveryTarget, make_receipt_no
from integrations.claims.client import HttpClaims

RECEIPT_NO = make_receipt_no(1)
REF = CouponRef("09", "A00001", date(2023, 2, 23))
CLAIM = Claim(
    receipt_no=RECEIPT_NO,
    coupons=(REF,),
    name="栃木 花子",
    contact="+819011112222",
    target=DeliveryTarget("sms", "+819011112222"),
    campaign="tochigi-2023-02",
    campaign_version=1,
    acted_at=datetime(2023, 4, 5, 1, tzinfo=UTC),
    channel="line",
    applicant_key="hanako",
)


def submit(client: HttpClaims) -> Decision:
    return client.submit(CLAIM, idempotency_key="k1")


def failure(client: HttpClaims) -> tuple[str, bool]:
    with pytest.raises(BackendUnavailable) as down:
        submit(client)
    return down.value.reason, down.value.surely_not_done
