"""How a webhook of ours is signed, by which its receiver knows that it is ours (https://www.standardwebhooks.com).

webhook-id: msg-1  webhook-timestamp: 1680656400  webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence


def signed_headers(keys: Sequence[bytes], webhook_id: str, body: bytes, *, at: int) -> dict[str, str]:
    """The headers of one try, a signature for each key, so that a receiver may know the new secret or still the old.

    at: seconds since 1970, when it is sent; a receiver refuses what is minutes off.
    """
    signatures = " ".join(_signature(key, f"{webhook_id}.{at}.".encode() + body) for key in keys)
    return {"webhook-id": webhook_id, "webhook-timestamp": str(at), "webhook-signature": signatures}


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
