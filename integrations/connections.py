"""Connections to one provider by asyncio, many at once, and what it means for a message when one breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from integrations.channel import Misconfigured, OutcomeUnknown, SendError, SendLater

BROKEN = (aiohttp.ClientError, TimeoutError)
IDLE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, of whatever status; headers are found in any case of their letters."""

    status: int
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Connections:
    """At most `most` at once, kept open; they belong to the loop that asked first. Times are seconds."""

    def __init__(self, most: int, *, connect_timeout: float, read_timeout: float) -> None:
        self._most = most
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout, sock_read=read_timeout)
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, url: str, **request: Any) -> Answer:
        """One request, by aiohttp's own words for it. Raises what stands in BROKEN."""
        session = self._session or self._opened()
        async with session.request(method, url, **request) as answer:
            return Answer(answer.status, await answer.read(), answer.headers)

    async def close(self) -> None:
        """Hang up."""
        if self._session:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=self._most, keepalive_timeout=IDLE_SECONDS)
        self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session


def broken(wrong: Exception, *, unreachable: str = "", no_answer: str = "") -> SendError:
    """Whatever broke before a connection stood was surely not sent; the codes are the error's name unless given."""
    name = type(wrong).__name__
    match wrong:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.InvalidURL():
            return Misconfigured(name)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return SendLater(unreachable or name)
        case _:
            return OutcomeUnknown(no_answer or name)
