"""A connection to a relay that has greeted us: commands out, and their replies back in the same order."""

from __future__ import annotations

import asyncio
from typing import NamedTuple, cast

LONGEST = 32_768  # bytes of a reply; no real one has a tenth of it
GO_ON = 354  # the reply to DATA; the message follows


class Reply(NamedTuple):
    """words: the text of all its lines."""

    code: int
    words: str


class Line(asyncio.Protocol):
    """Takes over a connection after its opening, by whoever opened it; belongs to one message at a time.

    pipelining: the relay has said that it takes several commands in one piece (RFC 2920). timeout: in seconds, for all
    the replies of a piece.
    """

    def __init__(self, transport: asyncio.BaseTransport, *, pipelining: bool, timeout: float) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._pipelining = pipelining
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._unread = b""
        self._words: list[bytes] = []
        self._size = 0
        self._replies: list[Reply] = []
        self._awaited = 0
        self._complete: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    async def ask(self, *commands: bytes) -> list[Reply]:
        """The replies to commands, up to the first no where each has to wait for the one before; see say()."""
        if self._pipelining:
            return await self.say(b"".join(commands), replies=len(commands))
        heard: list[Reply] = []
        for command in commands:
            heard += (reply := await self.say(command))
            if not reply or reply[0].code >= 400:
                break
        return heard

    async def say(self, words: bytes, *, replies: int = 1) -> list[Reply]:
        """Write words and wait for so many replies; fewer come from a relay that hangs up or is silent too long."""
        if not self.is_open:
            return []
        self._replies, self._awaited = [], replies
        self._complete = self._loop.create_future()
        self._deadline = self._loop.time() + self._timeout
        if self._watch is None:
            self._watch = self._loop.call_at(self._deadline, self._look)
        self._transport.write(words)
        try:
            await self._complete
        finally:
            self._complete = None
        return self._replies

    def close(self) -> None:
        self._transport.abort()
        if self._watch:
            self._watch.cancel()

    def data_received(self, data: bytes) -> None:
        *lines, self._unread = (self._unread + data).split(b"\n")
        self._size += len(data)
        if self._size > LONGEST or not all(map(self._read, lines)):
            self._transport.abort()

    def _read(self, line: bytes) -> bool:
        """Whether it is a line of a reply that is waited for."""
        if not line[:3].isdigit() or self._complete is None or self._complete.done():
            return False
        self._words.append(line[4:].strip())
        if line[3:4] != b"-":
            self._replies.append(Reply(int(line[:3]), b"\n".join(self._words).decode(errors="replace")))
            self._words, self._size = [], len(self._unread)
            if len(self._replies) == self._awaited:
                self._complete.set_result(None)
        return True

    def connection_lost(self, _wrong: Exception | None) -> None:
        if self._complete and not self._complete.done():
            self._complete.set_result(None)

    def _look(self) -> None:
        # One timer for many messages: to set and cancel one for each costs more than to read its replies.
        self._watch = None
        if self._complete is None or not self.is_open:
            return
        if self._loop.time() >= self._deadline:
            self._transport.abort()
        else:
            self._watch = self._loop.call_at(self._deadline, self._look)
