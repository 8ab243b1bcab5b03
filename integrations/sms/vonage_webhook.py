"""Receipts of Vonage: JSON, signed by a JWT over their hash (HS256, with the account's signature secret).

https://developer.vonage.com/en/messages/concepts/messages-status-callbacks
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

from integrations.channel import BadSignature
from integrations.sms.vonage import STATUSES

LEEWAY_SECONDS = 60  # their clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class VonageStatus:
    """What became of a message, in the words of receipts; reference is the letter's own, "" where it carries none."""

    reference: str
    provider_id: str
    status: str
    error_code: str


# One receipt: {"message_uuid": "aaaa…", "to": "8190…", "from": "8150…", "timestamp": "2023-05-01T14:00:00.000Z",
# "status": "rejected", "client_ref": "…", "error": {"type": "https://developer.vonage.com/…/messages#1260", …}}
def read_status(secret: str, headers: Mapping[str, str], body: bytes) -> VonageStatus:
    """A signed receipt; fields that make no sense are empty. Raises BadSignature. headers: by lower-case name."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            options={"require": ["iat"], "verify_aud": False},
            leeway=LEEWAY_SECONDS,
        )
    except jwt.PyJWTError:
        raise BadSignature from None
    digest = hashlib.sha256(body).hexdigest()
    if scheme.lower() != "bearer" or not hmac.compare_digest(str(claims.get("payload_hash", "")), digest):
        raise BadSignature
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    error = told.get("error")
    code = str(error.get("type", "")).rpartition("#")[2] if isinstance(error, dict) else ""
    status = STATUSES.get(str(told.get("status")), "")
    return VonageStatus(str(told.get("client_ref", "")), str(told.get("message_uuid", "")), status, code)
