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

from pydantic.v1 import ValidationError  # the SDK's models are of pydantic 1

from integrations.bulk import Letter, Standing
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.connections import BROKEN, Answer, Connections, broken
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
        self._tokens = tokens
        self._connections = Connections(
            connections, connect_timeout=config.connect_timeout, read_timeout=config.read_timeout
        )
        self._url = f"{config.api_base or LINE}{self.path}"

    def units(self, letter: Letter) -> int:
        return 1

    async def send(self, letter: Letter) -> Receipt:
        body = {"to": self.recipient(letter), "messages": _drawn(letter)}
        token = await asyncio.to_thread(self._tokens.current)
        answer = await self._posted(body, self.marks(letter), token)
        if answer.status == 401:
            token = await asyncio.to_thread(self._tokens.renew, token)
            answer = await self._posted(body, self.marks(letter), token)
        if 200 <= answer.status < 300:
            return receipt(answer.content, answer.headers.get("x-line-request-id", ""))
        if answer.status == ACCEPTED_BEFORE:
            return receipt(answer.content, answer.headers.get("x-line-accepted-request-id", ""))
        raise _refusal(answer.status, answer.content, answer.headers.get("retry-after", ""))

    async def find_sent(self, letter: Letter, *, since: datetime) -> Receipt | None:
        """LINE keeps no record that could be asked."""
        raise OutcomeUnknown("line_no_lookup")

    async def standing(self, provider_id: str) -> Standing | None:
        return None

    async def close(self) -> None:
        await self._connections.close()

    def recipient(self, letter: Letter) -> str:
        return letter.to

    def marks(self, letter: Letter) -> Mapping[str, str]:
        """The headers by which LINE, or we, know an attempt again."""
        return {"X-Line-Retry-Key": str(UUID(hex=letter.reference.partition(".")[0]))}

    async def _posted(self, body: Mapping[str, Any], marks: Mapping[str, str], token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", **marks}
        try:
            return await self._connections.ask("POST", self._url, json=body, headers=headers, allow_redirects=False)
        except BROKEN as wrong:
            # Without its cause, which may hold the request.
            raise broken(wrong, unreachable="line_unreachable", no_answer="line_no_answer") from None


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
