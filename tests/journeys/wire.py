"""LINE webhooks written by hand: events that a phone cannot be made to send, or not in that order."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import httpx

from integrations.emulator.line_webhook import signature, ulid
from tests.journeys.house import House


def event(house: House, user: str, kind: str = "message", *, before: float = 0, **more: Any) -> dict[str, Any]:
    """An event of that person as LINE writes it, which happened `before` seconds ago."""
    at = int((house.emulator.clock.now() - timedelta(seconds=before)).timestamp() * 1000)
    return {
        "type": kind,
        "webhookEventId": ulid(at),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": at,
        "source": {"type": "user", "userId": user},
        "replyToken": secrets.token_hex(16),
        "mode": "active",
        **more,
    }


def text(house: House, user: str, words: str, *, before: float = 0, **more: Any) -> dict[str, Any]:
    """A text of that person."""
    message = {"type": "text", "id": secrets.token_hex(8), "quoteToken": "q", "text": words}
    return event(house, user, before=before, message=message, **more)


def deliver(house: House, *events: dict[str, Any]) -> int:
    """Sign these events, send them as one webhook, and give the counter's answer."""
    body = json.dumps({"destination": "U" + "0" * 32, "events": list(events)}, ensure_ascii=False).encode()
    signed = signature(house.values["LINE_CHANNEL_SECRETS"].split(",")[0], body)
    headers = {"x-line-signature": signed, "Content-Type": "application/json"}
    sent = httpx.post(f"{house.url}/webhooks/line", content=body, headers=headers, timeout=60, trust_env=False)
    return sent.status_code


def moment(of: str) -> datetime:
    """A time of the notice, in Japan."""
    return datetime.fromisoformat(f"{of}+09:00")
