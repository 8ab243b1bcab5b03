"""Twilio's Messages resource by asyncio, many at once; the SDK's own client for it sends again after any error.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from integrations.bulk import Letter, Standing
from integrations.channel import OutcomeUnknown, Receipt, SendError
from integrations.connections import BROKEN, Connections, broken
from integrations.sms.channel import CLOCK_SKEW, CONNECTION_OVERRIDES, LOOKED_THROUGH, SmsConfig
from integrations.sms.codes import meaning
from integrations.sms.segments import segments

TWILIO = "https://api.twilio.com"
SHORTEST, LONGEST = 1, 36_000  # seconds that Twilio takes for validity_period
FORM = "application/x-www-form-urlencoded"


class TwilioBulk:
    """A BulkSender; connections: how many posts may be on the wire at once."""

    name = "twilio"

    def __init__(self, config: SmsConfig, *, connections: int = 64) -> None:
        self._config = config
        self._connections = Connections(
            connections, connect_timeout=config.connect_timeout, read_timeout=config.read_timeout
        )
        self._messages = f"{config.api_base or TWILIO}/2010-04-01/Accounts/{config.account_sid}/Messages"
        sender = "MessagingServiceSid" if config.sender.startswith("MG") else "From"
        self._same = f"&{urlencode({sender: config.sender})}&StatusCallback="
        key = b64encode(f"{config.account_sid}:{config.auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {key}", "Content-Type": FORM}

    def units(self, letter: Letter) -> int:
        return segments(letter.text)

    async def send(self, letter: Letter) -> Receipt:
        body = urlencode({"To": letter.to, "Body": letter.text, "ValidityPeriod": _within_twilios(letter.lasts)})
        answer = await self._asked("POST", ".json", body=body + self._same + self._callback(letter))
        sid = answer.get("sid")
        if not isinstance(sid, str):
            raise OutcomeUnknown("no-sid")
        return Receipt(sid)

    async def find_sent(self, letter: Letter, *, since: datetime) -> Receipt | None:
        """By number, text and time of making: Twilio's own filter knows the time of sending alone."""
        query = urlencode({"To": letter.to, "PageSize": LOOKED_THROUGH})
        try:
            page = await self._asked("GET", f".json?{query}")
        except SendError as wrong:
            raise OutcomeUnknown(wrong.code) from None
        earliest = (since - CLOCK_SKEW).replace(microsecond=0)
        try:
            same = [each["sid"] for each in page["messages"] if _is(each, letter, earliest=earliest)]
        except (LookupError, TypeError, ValueError, AttributeError):
            raise OutcomeUnknown("unreadable-answer") from None
        if not same and len(page["messages"]) == LOOKED_THROUGH:
            raise OutcomeUnknown("too-many-to-look-through")
        return Receipt(same[0]) if same else None

    async def standing(self, provider_id: str) -> Standing | None:
        message = await self._asked("GET", f"/{provider_id}.json")
        return Standing(str(message.get("status", "")), str(message.get("error_code") or ""))

    async def close(self) -> None:
        await self._connections.close()

    def _callback(self, letter: Letter) -> str:
        return quote_plus(f"{self._config.status_callback_url}?d={letter.reference}{CONNECTION_OVERRIDES}")

    async def _asked(self, method: str, path: str, *, body: str | None = None) -> Any:
        data = body and body.encode()
        try:
            answer = await self._connections.ask(method, f"{self._messages}{path}", data=data, headers=self._headers)
        except BROKEN as wrong:
            # Without its cause: it may name the number.
            raise broken(wrong) from None
        if answer.status >= 400:
            raise _refusal(answer.status, answer.content, answer.headers.get("Retry-After", ""))
        return _json(answer.content)


def _within_twilios(seconds: int) -> int:
    return min(max(seconds, SHORTEST), LONGEST)


def _is(message: Any, letter: Letter, *, earliest: datetime) -> bool:
    made = parsedate_to_datetime(message["date_created"])
    return made >= earliest and bool(message["body"].strip() == letter.text.strip())


def _json(content: bytes) -> Any:
    try:
        answer = json.loads(content)
    except ValueError:
        raise OutcomeUnknown("unreadable-answer") from None
    if not isinstance(answer, dict):
        raise OutcomeUnknown("unreadable-answer")
    return answer


def _refusal(status: int, content: bytes, retry_after: str) -> SendError:
    try:
        given = json.loads(content).get("code")
    except (ValueError, AttributeError):
        given = None
    code = str(given if isinstance(given, int) else status)
    return meaning(code, status)(code, float(retry_after) if retry_after.isdecimal() else None)
