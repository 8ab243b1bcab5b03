"""A second provider of SMS: Vonage's Messages API, with its Reports API to look up what became of a message.

https://developer.vonage.com/en/api/messages, https://developer.vonage.com/en/api/reports, and for `bot check`
https://developer.vonage.com/en/api/account, https://developer.vonage.com/en/api/application.v2
"""

from __future__ import annotations

import json
import time
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from integrations.bulk import Letter, Standing
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, SendError
from integrations.connections import BROKEN, Connections, broken
from integrations.sms.codes import vonage_meaning
from integrations.sms.segments import segments

VONAGE = "https://api.nexmo.com"
ACCOUNTS = "https://rest.nexmo.com"
TOKEN_SECONDS = 900
RENEW_BEFORE = 60.0
LONGEST_REPORT = timedelta(hours=24)

# What Vonage says of a message, in the words of receipts that bot.deliveries.outcomes knows.
STATUSES = {"submitted": "sent", "delivered": "delivered", "rejected": "undelivered", "undeliverable": "undelivered"}


class NotOurs(Exception):
    """The private key is another application's."""


@dataclass(frozen=True, slots=True)
class VonageConfig:
    """An application of Vonage's with its private key (PEM), and the account's key and secret, which reports need.

    An empty api_base is the real Vonage; status_url is the public address of our receipts; times are seconds.
    """

    application_id: str
    private_key: str = field(repr=False)
    api_key: str
    api_secret: str = field(repr=False)
    sender: str
    status_url: str
    api_base: str = ""
    connect_timeout: float = 2
    read_timeout: float = 10


class VonageBulk:
    """A BulkSender; connections: how many posts may be on the wire at once."""

    name = "vonage"

    def __init__(self, config: VonageConfig, *, connections: int = 64) -> None:
        self._config = config
        self._connections = Connections(
            connections, connect_timeout=config.connect_timeout, read_timeout=config.read_timeout
        )
        key = b64encode(f"{config.api_key}:{config.api_secret}".encode()).decode()
        self._as_account = {"Authorization": f"Basic {key}"}
        self._token, self._token_ends = "", 0.0

    def units(self, letter: Letter) -> int:
        return segments(letter.text)

    async def send(self, letter: Letter) -> Receipt:
        message = {
            "message_type": "text",
            "channel": "sms",
            "to": letter.to.removeprefix("+"),
            "from": self._config.sender.removeprefix("+"),
            "text": letter.text,
            "client_ref": letter.reference,
            "webhook_url": self._config.status_url,
            "ttl": max(letter.lasts, 1),
        }
        headers = {"Authorization": f"Bearer {self._current_token()}"}
        answer = await self._asked("POST", "/v1/messages", headers, body=message)
        uuid = answer.get("message_uuid")
        if not isinstance(uuid, str):
            raise OutcomeUnknown("no-uuid")
        return Receipt(uuid)

    async def find_sent(self, letter: Letter, *, since: datetime) -> Receipt | None:
        """By our reference, which no other attempt has, among what went to that number in the day after `since`."""
        ends = min(since + LONGEST_REPORT, datetime.now(UTC) + timedelta(seconds=1))
        asked = {"date_start": _time(since), "date_end": _time(ends), "to": letter.to.removeprefix("+")}
        try:
            records = await self._records(asked)
        except SendError as wrong:
            raise OutcomeUnknown(wrong.code) from None
        same = [str(each["message_id"]) for each in records if each.get("client_ref") == letter.reference]
        return Receipt(same[0]) if same else None

    async def standing(self, provider_id: str) -> Standing | None:
        records = await self._records({"id": provider_id})
        if not records:
            return Standing("", "")  # reports come some minutes after the message
        code = str(records[0].get("error_code") or "")
        return Standing(STATUSES.get(str(records[0].get("status")), ""), "" if code == "0" else code)

    async def balance(self) -> float:
        """Euros that are left to pay with. Raises SendError."""
        # as answered: {"value": 10.28, "autoReload": false}
        answer = await self._asked("GET", "/account/get-balance", self._as_account, base=ACCOUNTS)
        value = answer.get("value")
        if not isinstance(value, int | float):
            raise OutcomeUnknown("unreadable-answer")
        return float(value)

    async def check_key(self) -> None:
        """That the application is there, and signed for by our private key; raises NotOurs, SendError."""
        # as answered: {"id": "78d3…", "name": "…", "keys": {"public_key": "-----BEGIN PUBLIC KEY-----\n…"}, …}
        answer = await self._asked("GET", f"/v2/applications/{self._config.application_id}", self._as_account)
        try:
            theirs = load_pem_public_key(answer["keys"]["public_key"].encode())
        except (LookupError, TypeError, AttributeError, ValueError):
            raise OutcomeUnknown("unreadable-answer") from None
        try:
            ours = load_pem_private_key(self._config.private_key.encode(), None).public_key()
        except (ValueError, TypeError):  # without its cause, which may name the key
            raise Misconfigured("no-private-key") from None
        if ours != theirs:
            raise NotOurs

    async def close(self) -> None:
        await self._connections.close()

    async def _records(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        # as answered: {"records": [{"message_id": "aaaa…", "client_ref": "…", "status": "delivered", "error_code": 0}]}
        query = {"account_id": self._config.api_key, "product": "MESSAGES", "direction": "outbound", **asked}
        answer = await self._asked("GET", f"/v2/reports/records?{urlencode(query)}", self._as_account)
        records = answer.get("records", [])
        if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
            raise OutcomeUnknown("unreadable-answer")
        return records

    def _current_token(self) -> str:
        if time.monotonic() > self._token_ends - RENEW_BEFORE:
            now = int(time.time())
            claims = {"application_id": self._config.application_id, "iat": now, "exp": now + TOKEN_SECONDS}
            try:
                self._token = jwt.encode({**claims, "jti": uuid4().hex}, self._config.private_key, algorithm="RS256")
            except (ValueError, TypeError, jwt.PyJWTError):  # without its cause, which may name the key
                raise Misconfigured("no-private-key") from None
            self._token_ends = time.monotonic() + TOKEN_SECONDS
        return self._token

    async def _asked(
        self, method: str, path: str, headers: dict[str, str], *, body: Any = None, base: str = VONAGE
    ) -> dict[str, Any]:
        url = f"{self._config.api_base or base}{path}"
        try:
            answer = await self._connections.ask(method, url, headers=headers, json=body)
        except BROKEN as wrong:
            # Without its cause: it may name the number.
            raise broken(wrong) from None
        if answer.status >= 400:
            raise _refusal(answer.status, answer.content, answer.headers.get("Retry-After", ""))
        try:
            told = json.loads(answer.content)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise OutcomeUnknown("unreadable-answer")
        return told


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _refusal(status: int, content: bytes, retry_after: str) -> SendError:
    # as answered: {"type": "https://developer.vonage.com/api-errors/messages#1120", "title": "…", "detail": "…"}
    try:
        code = str(json.loads(content)["type"]).rpartition("#")[2]
    except (ValueError, LookupError, TypeError):
        code = ""
    known = code if code.isdecimal() and status != 429 else str(status)
    return vonage_meaning(known, status)(known, float(retry_after) if retry_after.isdecimal() else None)
