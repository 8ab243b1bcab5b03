"""Receipts of Vonage are believed by their signature, also where two clocks do not agree to the second."""

from __future__ import annotations

import hashlib
import json
import time

import jwt
import pytest

from integrations.channel import BadSignature
from integrations.sms.vonage_webhook import read_status

SECRET = "signature-secret-of-an-account!!"
BODY = json.dumps({"message_uuid": "aaaa", "status": "delivered", "client_ref": "bbbb.1"}).encode()


def signed(ahead: int) -> dict[str, str]:
    claims = {"iat": int(time.time()) + ahead, "payload_hash": hashlib.sha256(BODY).hexdigest()}
    return {"authorization": f"Bearer {jwt.encode(claims, SECRET, algorithm='HS256')}"}


@pytest.mark.parametrize("ahead", [-30, 0, 30])
def test_a_clock_that_is_half_a_minute_off_takes_no_receipt_from_us(ahead: int) -> None:
    assert "bbbb.1" == read_status(SECRET, signed(ahead), BODY).reference


def test_one_from_far_ahead_is_refused() -> None:
    with pytest.raises(BadSignature):
        read_status(SECRET, signed(600), BODY)
