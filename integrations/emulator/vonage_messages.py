"""Texts that came through Vonage: they show on the same phones, and their receipts are signed as Vonage signs them."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.courier import Call, Job
from integrations.emulator.feed import Item
from integrations.emulator.outgoing import Answer, Unreachable
from integrations.emulator.twilio_messages import TwilioMessages

ERRORS = "https://developer.vonage.com/api-errors/messages#"
CALLBACK_DEADLINE = 15.0
PAUSE = 0.5
MOST_TRIES = 8  # the real one goes on for a day
SHOWN_AS = {"submitted": "sent", "delivered": "delivered", "rejected": "undelivered"}


@dataclass
class Text:
    """One text; created is the real time, as Vonage's reports have it."""

    uuid: str
    item: Item
    client_ref: str
    url: str
    created: datetime
    status: str = "submitted"
    code: int = 0


class VonageMessages:
    """All texts, by their uuid."""

    def __init__(self, phones: TwilioMessages) -> None:
        self._phones = phones
        self._texts: dict[str, Text] = {}
        self._lock = threading.Lock()

    def create(self, message: dict[str, Any]) -> Text:
        """A new text; it shows on the phone at once."""
        item = self._phones.create(f"+{message['from']}", f"+{message['to']}", message["text"])
        reference, url = str(message.get("client_ref", "")), str(message.get("webhook_url", ""))
        text = Text(str(uuid.uuid4()), item, reference, url, datetime.now(UTC))
        with self._lock:
            self._texts[text.uuid] = text
        return text

    def find(self, message_uuid: str) -> Text | None:
        """The text of this uuid."""
        return self._texts.get(message_uuid)

    def to_number(self, number: str) -> list[Text]:
        """What went to this number, oldest first."""
        with self._lock:
            return [text for text in self._texts.values() if text.item.doc["to"] == f"+{number}"]

    def advance(self, text: Text, status: str, code: int) -> None:
        """Move it on."""
        text.status, text.code = status, code
        self._phones.advance(text.item, SHOWN_AS[status], code or None)


class VonageRoute:
    """Moves a text on when its time has come, and tells the counter."""

    def __init__(self, config: EmulatorConfig, texts: VonageMessages) -> None:
        self._config = config
        self._texts = texts

    def prepare(self, job: Job) -> Call | None:
        """The signed receipt, or None when none was asked for."""
        text = self._texts.find(job.data["uuid"])
        if text is None:
            return None
        status, code = job.data["status"], job.data["code"]
        self._texts.advance(text, status, code)
        if not text.url:
            return None
        body = json.dumps(self._receipt(text, status, code)).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._signature(body)}"}
        return Call("vonage", text.url, headers, body, CALLBACK_DEADLINE)

    def again(self, job: Job, outcome: Answer | Unreachable) -> float | None:
        """Whatever is no 2xx is told again."""
        if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
            return None
        return PAUSE * job.tries if job.tries <= MOST_TRIES else None

    def holds(self, job: Job, outcome: Answer | Unreachable) -> bool:
        """No order is promised."""
        return False

    def _receipt(self, text: Text, status: str, code: int) -> dict[str, Any]:
        told = {
            "message_uuid": text.uuid,
            "channel": "sms",
            "to": text.item.doc["to"].removeprefix("+"),
            "from": text.item.doc["from"].removeprefix("+"),
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "status": status,
            "client_ref": text.client_ref,
        }
        return told | ({"error": {"type": f"{ERRORS}{code}", "title": code, "detail": "…"}} if code else {})

    def _signature(self, body: bytes) -> str:
        claims = {
            "iat": int(time.time()),
            "jti": secrets.token_hex(16),
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(body).hexdigest(),
            "api_key": self._config.vonage_api_key,
            "application_id": self._config.vonage_application_id,
        }
        return jwt.encode(claims, self._config.vonage_signature_secret, algorithm="HS256")
