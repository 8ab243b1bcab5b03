"""LINE's webhook: events built as LINE builds them, signed over the raw body, delivered and redelivered.

A request body, as the counter gets it:
{"destination": "U…", "events": [{"type": "message", "message": {"type": "text", "id": "…", "quoteToken": "…",
 "text": "こんにちは"}, "webhookEventId": "01G…", "deliveryContext": {"isRedelivery": false},
 "timestamp": 1680656400000, "source": {"type": "user", "userId": "U…"}, "replyToken": "…", "mode": "active"}]}
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from integrations.emulator.clock import Clock, CounterClock
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.courier import Call, Courier, Job
from integrations.emulator.line_tokens import ReplyTokens
from integrations.emulator.outgoing import Answer, NeverArrived, Unreachable

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HELD_TRIES = 3  # an event that the counter answers with errors stops holding up its successors after so many tries
WITHOUT_REPLY_TOKEN = frozenset({"unfollow", "unsend", "delivery"})
WITHOUT_SOURCE = frozenset({"delivery"})


def signature(secret: str, body: bytes) -> str:
    """The x-line-signature of a raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def ulid(epoch_ms: int) -> str:
    """A webhookEventId: 48 bits of time and 80 of chance, in 26 letters."""
    number = (epoch_ms << 80) | secrets.randbits(80)
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def bot_user_id(channel_id: str) -> str:
    """The account's own user id, which webhooks carry as `destination`; the same at each start."""
    return "U" + hashlib.sha256(channel_id.encode()).hexdigest()[:32]


class LineEvents:
    """Makes an event of what a person did, and hands it to the courier."""

    def __init__(self, clock: Clock, counter_clock: CounterClock, courier: Courier) -> None:
        self._clock = clock
        self._counter_clock = counter_clock
        self._courier = courier

    def happened(self, user_id: str, kind: str, **details: Any) -> str:
        """The event's webhookEventId; `details` are the properties that this kind of event has."""
        self._counter_clock.adopt()
        at = self._clock.epoch_ms()
        event: dict[str, Any] = {
            "type": kind,
            **details,
            "webhookEventId": ulid(at),
            "deliveryContext": {"isRedelivery": False},
            "timestamp": at,
            "mode": "active",
        }
        if kind not in WITHOUT_SOURCE:
            event["source"] = {"type": "user", "userId": user_id}
        if kind not in WITHOUT_REPLY_TOKEN:
            event["replyToken"] = secrets.token_hex(16)
        data = {"event": event, "user_id": user_id, "event_at": self._clock.life()}
        self._courier.add(Job(kind="webhook", lane=f"line:{user_id}", data=data))
        return str(event["webhookEventId"])


class WebhookRoute:
    """Delivers events to the counter's webhook."""

    def __init__(self, config: EmulatorConfig, replies: ReplyTokens) -> None:
        self._config = config
        self._replies = replies
        self._url = f"{config.counter_url}/webhooks/line"
        self._destination = bot_user_id(config.line_channel_id)

    def prepare(self, job: Job) -> Call:
        """The signed request; the reply token's minute begins."""
        event = job.data["event"] | {"deliveryContext": {"isRedelivery": job.tries > 0}}
        if "replyToken" in event:
            self._replies.deliver(event["replyToken"], job.data["user_id"], job.data["event_at"])
        body = json.dumps({"destination": self._destination, "events": [event]}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": signature(self._config.line_channel_secrets[0], body),
        }
        return Call("line", self._url, headers, body, self._config.webhook_deadline)

    def again(self, job: Job, outcome: Answer | Unreachable) -> float | None:
        """Redelivery follows whatever is no 2xx."""
        if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
            return None
        waits = self._config.redelivery_waits
        return waits[job.tries - 1] if job.tries <= len(waits) else None

    def holds(self, job: Job, outcome: Answer | Unreachable) -> bool:
        """A counter that is not there keeps the order; one that only dislikes this event gets the next ones."""
        return isinstance(outcome, NeverArrived) or job.tries < HELD_TRIES
