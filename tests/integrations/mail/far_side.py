"""A mail relay on loopback: takes mail as it comes over the wire, or breaks off where a test tells it to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "counter", "s3cret/of:the@test"


@dataclass
class FarRelay:
    """What the relay took: (MAIL FROM, RCPT TO, bytes) in order, and how it is to answer next.

    answers maps a step (MAIL, RCPT, DATA, END) to the replies it gives instead of its own; "hang up" is one too.
    pipelining: it says that it takes several commands at once; pieces: all that came, as it came.
    """

    url: str = ""
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)
    pipelining: bool = False
    pieces: list[bytes] = field(default_factory=list)
    answers: dict[str, deque[str]] = field(
        default_factory=lambda: {s: deque() for s in ("MAIL", "RCPT", "DATA", "END")}
    )

    def next_at(self, step: str, reply: str) -> None:
        self.answers[step].append(reply)

    def hang_up_all(self) -> None:
        """As a relay does that restarts, or has heard nothing for minutes."""
        for line in self.lines[:1]:
            asyncio.run_coroutine_threadsafe(self._close_all(), line.loop).result()

    async def _close_all(self) -> None:
        for line in self.lines:
            if line.transport:
                line.transport.close()
        await asyncio.sleep(0.02)

    def closed_within(self, seconds: float) -> bool:
        """Whether the other side hangs up every connection within that time."""
        end = monotonic() + seconds
        while open_lines := [line for line in self.lines if line.transport and not line.transport.is_closing()]:
            if monotonic() > end:
                break
            sleep(0.01)
        return not open_lines


class Line(SMTP):
    far: FarRelay
    recipient: str

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self not in self.far.lines:
            self.far.lines.append(self)

    def data_received(self, data: bytes) -> None:
        self.far.pieces.append(data)
        super().data_received(data)

    async def told(self, step: str) -> bool:
        """Answer as the test said; False when it said nothing."""
        if not self.far.answers[step]:
            return False
        reply = self.far.answers[step].popleft()
        if reply == "hang up":
            self.transport.close()
        else:
            await self.push(reply)
            if reply.startswith("421"):
                self.transport.close()
        return True

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's
        if not await self.told("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's
        self.recipient = str(arg).removeprefix("TO:")  # as written; aiosmtpd takes the quotes off
        if not await self.told("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's
        if not await self.told("DATA"):
            await super().smtp_DATA(arg)


class Keep:
    def __init__(self, far: FarRelay) -> None:
        self.far = far

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's
        self, server: Line, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.far.pipelining else responses

    async def handle_DATA(self, server: Line, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        assert isinstance(envelope.content, bytes)
        reply = self.far.answers["END"].popleft() if self.far.answers["END"] else "250 2.0.0 Ok: queued as 4ABC01"
        if reply == "silence":
            await asyncio.sleep(60)  # until the other side hangs up
        if reply.startswith(("250", "hang up")):
            self.far.taken.append((str(envelope.mail_from), server.recipient, envelope.content))
        if reply == "hang up":
            server.transport.close()
        if reply.startswith("421"):
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return reply


class RelayController(Controller):
    def __init__(self, far: FarRelay, **options: Any) -> None:
        self.far = far
        super().__init__(Keep(far), hostname="127.0.0.1", port=0, **options)

    def factory(self) -> SMTP:
        line_class: type[Line] = type("BoundLine", (Line,), {"far": self.far})
        return line_class(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        # The port was left to the system; the base class would dial number 0.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def only_the_user(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@contextmanager
def running(**options: Any) -> Iterator[FarRelay]:
    """A relay on a free port of loopback, for as long as the block lasts; options are aiosmtpd's."""
    far = FarRelay()
    controller = RelayController(far, **options)
    controller.start()
    far.lines.clear()  # aiosmtpd has dialled itself once, to see that it listens
    far.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield far
    finally:
        far.hang_up_all()  # aiosmtpd stops listening and leaves its connections open
        controller.stop()
