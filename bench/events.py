"""What the persons of a run say to the counter, as LINE posts it: every event asks for a turn and a reply."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.wire import post

SECRET = "bench-channel-secret"
PATH = "/webhooks/line"
BEGAN = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)  # the apply script is open on that day
PAUSE = timedelta(seconds=30)  # between two words of one person

# From the greeting to the door of the private page, with one look-up of a coupon on the way.
STEPS = ("こんにちは", "1", "とちぎ", "2/24", "1", "1,000円", "1", "1", "{coupon}", "2/23", "いいえ")


@dataclass(frozen=True, slots=True)
class Posted:
    """A signed request and the token of the reply that it asks for."""

    request: bytes
    reply_token: str


def coupon_of(person: int) -> str:
    """The inquiry number of the coupon that this person holds."""
    return f"4401{person:06d}"


def conversations(run: str, persons: int, *, port: int, steps: int = len(STEPS)) -> Iterator[Posted]:
    """Everybody's first word, then everybody's second, and so on; `run` keeps the ids of runs apart."""
    for step in range(steps):
        for person in range(persons):
            yield _signed(_event(run, person, step), port)


def _event(run: str, person: int, step: int) -> dict[str, object]:
    at = BEGAN + step * PAUSE + timedelta(milliseconds=person)
    name = f"{run}-{person:06d}-{step:02d}"
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int(at.timestamp() * 1000),
        "source": {"type": "user", "userId": f"U{run}{person:0{32 - len(run)}x}"},
        "webhookEventId": name,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{name}",
        "message": {
            "id": name,
            "type": "text",
            "quoteToken": f"quote-{name}",
            "text": STEPS[step].format(coupon=coupon_of(person)),
        },
    }


def _signed(event: dict[str, object], port: int) -> Posted:
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "LineBotWebhook/2.0"}
    return Posted(post(PATH, body, {**headers, "X-Line-Signature": signature}, port=port), str(event["replyToken"]))
