"""LINE's side of the wire, as light as can be: answers every call 200 at once and notes when a reply came.

Run as a program: `python -m bench.stub PORT`. Beside LINE's own paths it knows GET /wait/N (answers when N replies are
there), GET /arrivals ({reply token: time on the machine's monotonic clock} and the number of pushes) and POST /forget.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

from bench.wire import answer, cut
from bot.lifeline import die_with_parent

REPLY_TOKEN = re.compile(rb'"replyToken": ?"([^"]+)"')
SENT = answer(b'{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}')


class Notes:
    """What has arrived since the last /forget, and who waits for how much of it."""

    def __init__(self) -> None:
        self.arrivals: dict[str, float] = {}
        self.pushes = 0
        self.waiting: list[tuple[int, asyncio.Transport]] = []

    def replied(self, token: str) -> None:
        self.arrivals.setdefault(token, time.monotonic())
        for number, transport in [one for one in self.waiting if one[0] <= len(self.arrivals)]:
            self.waiting.remove((number, transport))
            transport.write(answer(b"{}"))


class Line(asyncio.Protocol):
    """One connection; requests may come in any number of pieces."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while message := cut(self._unread):
            self._unread = self._unread[message.size :]
            self._take(message.head, message.body)

    def _take(self, head: bytes, body: bytes) -> None:
        target = head.split(b" ", 2)[1].decode()
        if target == "/v2/bot/message/reply" and (found := REPLY_TOKEN.search(body)):
            self._transport.write(SENT)
            self._notes.replied(found[1].decode())
        elif target.startswith("/wait/"):
            self._wait(int(target.removeprefix("/wait/")))
        elif target == "/arrivals":
            told = {"arrivals": self._notes.arrivals, "pushes": self._notes.pushes}
            self._transport.write(answer(json.dumps(told).encode()))
        elif target == "/forget":
            self._notes.__init__()  # type: ignore[misc]  # everything anew
            self._transport.write(answer(b"{}"))
        else:
            self._notes.pushes += target == "/v2/bot/message/push"
            self._transport.write(SENT)

    def _wait(self, number: int) -> None:
        if number <= len(self._notes.arrivals):
            self._transport.write(answer(b"{}"))
        else:
            self._notes.waiting.append((number, self._transport))


async def serve(port: int) -> None:
    notes = Notes()
    server = await asyncio.get_running_loop().create_server(lambda: Line(notes), "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(serve(int(sys.argv[1])))
