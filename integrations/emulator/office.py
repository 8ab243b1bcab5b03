"""An office's own system that the counter tells things: what it was told, each thing once, however often it came."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOLERANCE = 300  # seconds that a signature may be old, or ahead


@dataclass
class Told:
    """A webhook by its id; times: how often it came."""

    webhook_id: str
    body: dict[str, Any]
    times: int = 1


class Office:
    """What came, in its order."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets]
        self._told: dict[str, Told] = {}
        self._lock = threading.Lock()

    def knows(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether this was signed lately, by one of our secrets."""
        at = headers.get("webhook-timestamp", "")
        if not at.isdigit() or abs(time.time() - int(at)) > TOLERANCE:
            return False
        signed = f"{headers.get('webhook-id', '')}.{at}.".encode() + body
        good = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in self._keys]
        given = [each.removeprefix("v1,") for each in headers.get("webhook-signature", "").split()]
        return any(hmac.compare_digest(one, other) for one in good for other in given)

    def hear(self, webhook_id: str, body: dict[str, Any]) -> None:
        """Keep it, or only count it if it came before."""
        with self._lock:
            known = self._told.get(webhook_id)
            if known:
                known.times += 1
            else:
                self._told[webhook_id] = Told(webhook_id, body)

    def all(self, kind: str = "") -> list[Told]:
        """Everything that came, or what came of one kind, oldest first."""
        with self._lock:
            return [told for told in self._told.values() if kind in ("", told.body.get("type"))]
