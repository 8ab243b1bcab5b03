"""LINE's push to many people by asyncio, one request each: every person has a URL of their own, so multicast is not it.

What a status means:

2xx           sent
409           sent before, under the same retry key
400, 404, 422 Refused: no such person, or no number that LINE serves
401           token renewed once, then Misconfigured
403           Misconfigured
429           SendLater; the monthly limit: Refused, for those who are left are reached by the next way
5xx           OutcomeUnknown
no answer     OutcomeUnknown
no connection SendLater

A push carries the delivery's id as X-Line-Retry-Key, the same in every attempt: for a day the same again is harmless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import aiohttp
from pydantic.v1 import ValidationError  # the SDK's models are of pydantic 1

from integrations.bulk import Letter, Standing
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.line.channel import LineConfig
from integrations.line.drawing import draw_all
from integrations.line.sender import MONTHLY_LIMIT, plain, receipt
from integrations.line.tokens import Tokens

LINE = "https://api.line.me"
ACCEPTED_BEFORE = 409
MEANINGS: Mapping[int, type[SendError]] = {401: Misconfigured, 403: Misconfigured, 429: SendLater}


class LineBulk:
    """A BulkSender of pushes to who has talked with the account."""

    name = "line"
    path = "/v2/bot/message/push"

    def __init__(self, config: LineConfig, tokens: Tokens, *, connections: int = 64) -> None:
        self._config = config
        self._tokens = tokens
        self._connections = connections
        self._url = f"{config.api_base or LINE}{self.path}"
        self._session: aiohttp.ClientSession | None = None

    def units(self, letter: Letter) -> int:
        return 1

    async def send(self, letter: Letter) -> Receipt:
        body = {"to": self.recipient(letter), "messages": _drawn(letter)}
        token = await asyncio.to_thread(self._tokens.current)
        status, answer, headers = await self._posted(body, self.marks(letter), token)
        if status == 401:
            token = await asyncio.to_thread(self._tokens.renew, token)
            status, answer, headers = await self._posted(body, self.marks(letter), token)
        if 200 <= status < 300:
            return receipt(answer, headers.get("x-line-request-id", ""))
        if status == ACCEPTED_BEFORE:
            return receipt(answer, headers.get("x-line-accepted-request-id", ""))
        raise _refusal(status, answer, headers.get("retry-after", ""))

    async def find_sent(self, letter: Letter, *, since: datetime) -> Receipt | None:
        """LINE keeps no record that could be asked."""
        raise OutcomeUnknown("line_no_lookup")

    async def standing(self, provider_id: str) -> Standing | None:
        return None

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def recipient(self, letter: Letter) -> str:
        return letter.to

    def marks(self, letter: Letter) -> Mapping[str, str]:
        """The headers by which LINE, or we, know an attempt again."""
        return {"X-Line-Retry-Key": str(UUID(hex=letter.reference.partition(".")[0]))}

    async def _posted(self, body: Mapping[str, Any], marks: Mapping[str, str], token: str) -> tuple[int, bytes, Any]:
        session = self._session or self._opened()
        headers = {"Authorization": f"Bearer {token}", **marks}
        try:
            async with session.post(self._url, json=body, headers=headers, allow_redirects=False) as answer:
                return answer.status, await answer.read(), answer.headers
        except (aiohttp.ClientError, TimeoutError) as wrong:
            # Without its cause, which may hold the request.
            raise _wire_error(wrong) from None

    def _opened(self) -> aiohttp.ClientSession:
        config = self._config
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=config.connect_timeout, sock_read=config.read_timeout
            ),
        )
        return self._session


def _drawn(letter: Letter) -> list[Any]:
    assert letter.said  # noqa: S101 - the writer of letters gives it for these ways
    try:
        return [plain(message) for message in draw_all([letter.said])]
    except ValidationError:  # its text holds the value: nothing of it may go on
        raise Refused("line_not_drawable") from None


def _refusal(status: int, answer: bytes, retry_after: str) -> SendError:
    code = f"line_{status}"
    if status == 429 and MONTHLY_LIMIT.encode() in answer.lower():
        return Refused("line_monthly_limit")
    if status >= 500:
        return OutcomeUnknown(code)
    if status < 400:  # a redirect is none of LINE's answers: the base address is not LINE
        return Misconfigured(code)
    return MEANINGS.get(status, Refused)(code, float(retry_after) if retry_after.isdecimal() else None)


def _wire_error(wrong: Exception) -> SendError:
    """Whatever broke before a connection stood was surely not sent."""
    match wrong:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.InvalidURL():
            return Misconfigured(type(wrong).__name__)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return SendLater("line_unreachable")
        case _:
            return OutcomeUnknown("line_no_answer")
