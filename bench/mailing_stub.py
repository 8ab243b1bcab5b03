"""Twilio's and a mail relay's side of the wire, as light as can be: they take everything at once.

`python -m bench.mailing_stub HTTP_PORT SMTP_PORT`. GET /count gives {"texts": …, "mails": …} since POST /forget.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bench.wire import answer, cut
from bot.lifeline import die_with_parent

counted = {"texts": 0, "mails": 0}
TAKEN = json.dumps({"sid": "SM" + "0" * 32, "status": "queued", "error_code": None, "to": "", "body": ""})


class Twilio(asyncio.Protocol):
    """One connection; requests may come in any number of pieces."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._unread = b""

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while message := cut(self._unread):
            self._unread = self._unread[message.size :]
            target = message.head.split(b" ", 2)[1]
            if target == b"/count":
                self._transport.write(answer(json.dumps(counted).encode()))
            elif target == b"/forget":
                counted.update(texts=0, mails=0)
                self._transport.write(answer(b"{}"))
            else:
                counted["texts"] += 1
                self._transport.write(answer(TAKEN.encode()).replace(b"200 OK", b"201 Created", 1))


REPLIES = {b"EHLO": b"250-stub\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Relay(asyncio.Protocol):
    """As much of SMTP as clients say, several commands at once as well (RFC 2920)."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._unread, self._in_data = b"", False
        transport.write(b"220 stub\r\n")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if replies := b"".join(iter(self._next, b"")):
            self._transport.write(replies)

    def _next(self) -> bytes:
        """The reply to what comes next, b"" when it is not there yet."""
        end = b"\r\n.\r\n" if self._in_data else b"\r\n"
        line, found, rest = self._unread.partition(end)
        if not found:
            return b""
        self._unread = rest
        if self._in_data:
            self._in_data = False
            counted["mails"] += 1
            return b"250 ok\r\n"
        command = line[:4].upper()
        self._in_data = command == b"DATA"
        return REPLIES.get(command, b"250 ok\r\n")


async def serve(http_port: int, smtp_port: int) -> None:
    loop = asyncio.get_running_loop()
    twilio = await loop.create_server(Twilio, "127.0.0.1", http_port, backlog=1024)
    relay = await loop.create_server(Relay, "127.0.0.1", smtp_port, backlog=1024)
    async with twilio, relay:
        await twilio.serve_forever()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
