"""The mail server: takes any mail, keeps it for the page, and bounces the addresses that are agreed to bounce."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from integrations.emulator import returned
from integrations.emulator.clock import Clock
from integrations.emulator.faults import Fault, Faults
from integrations.emulator.feed import Feed, Item
from integrations.emulator.imap import Folders
from integrations.emulator.store import Store
from integrations.emulator.wire import Exchange, Wire

# Local parts of addresses that are refused, with the answer to RCPT TO.
# Local parts, whatever digits they end with.
REFUSED_RECIPIENTS = {
    "no-such-user": "550 5.1.1 The email account that you tried to reach does not exist",
    "mailbox-full": "552 5.2.2 The recipient's mailbox is full",
    "try-later": "451 4.7.1 Greylisted, try again later",
    "blocked": "550 5.7.1 Too many mails from you",
}
REPLIES = {421: "421 4.3.2 Service shutting down", 451: "451 4.3.0 Try again later", 550: "550 5.7.1 Refused"}
TIMEOUT_SECONDS = 30.0
DELAY_SECONDS = 3.0


class MailBox:
    """The mails that arrived, by recipient."""

    def __init__(self, store: Store, feed: Feed, clock: Clock) -> None:
        self._store = store
        self._feed = feed
        self._clock = clock
        self._by_address: dict[str, list[Item]] = {}
        self.revived = [Item.revived("mail", saved) for saved in store.load("mail")]
        for item in sorted(self.revived, key=lambda item: item.born):
            self._index(item)

    def keep(self, sender: str, recipients: list[str], content: bytes) -> None:
        """A mail arrived: one copy for each recipient."""
        message = message_from_bytes(content, policy=policy.default)
        shown = _shown(message)
        for address in recipients:
            doc = {
                "seq": 0,
                "id": secrets.token_hex(12),
                "to": address,
                "from": str(message.get("From", sender)),
                "at": self._clock.now().isoformat(),
                **shown,
                # The server of the last hop writes it above all others (RFC 5321 §4.4).
                "headers": {"Return-Path": f"<{sender}>", **shown["headers"]},
            }
            item = Item("mail", address.lower(), doc)
            self._index(item)
            self._feed.note(item)
            self._store.put("mail", doc["id"], item.saved())

    def inbox(self, address: str) -> list[Item]:
        """What arrived for this address, oldest first."""
        return list(self._by_address.get(address.lower(), ()))

    def _index(self, item: Item) -> None:
        self._by_address.setdefault(item.owner, []).append(item)


def _shown(message: EmailMessage) -> dict[str, Any]:
    parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    texts = {kind: str(part.get_content()) if part is not None else "" for kind, part in parts.items()}
    return {
        "subject": str(message.get("Subject", "")),
        "text": texts["plain"],
        "html": texts["html"],
        "headers": {name: str(value) for name, value in message.items()},
    }


class Reception:
    """What aiosmtpd asks on the way of a mail."""

    def __init__(self, mailbox: MailBox, returned_to: Folders, faults: Faults, wire: Wire, clock: Clock) -> None:
        self._mailbox = mailbox
        self._returned = returned_to
        self._faults = faults
        self._wire = wire
        self._clock = clock

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name and form
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Take several commands at once, as most relays do (RFC 2920); aiosmtpd does, and does not say so."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and form
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept a recipient, or refuse it by the table."""
        local = address.partition("@")[0].lower()
        if (local := local.rstrip("0123456789")) in REFUSED_RECIPIENTS:
            return REFUSED_RECIPIENTS[local]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Keep the mail, with the troubles that are set."""
        started = time.monotonic()
        faults = self._faults.draw("smtp")
        answer = await self._suffer([fault for fault in faults if not fault.do.endswith("_after")], server)
        if not answer:
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self._mailbox.keep(envelope.mail_from or "", list(envelope.rcpt_tos), content)
            for recipient in envelope.rcpt_tos:
                if report := returned.answer(envelope.mail_from or "", recipient, content):
                    self._returned.keep(report)
            answer = await self._suffer([fault for fault in faults if fault.do.endswith("_after")], server)
        answer = answer or "250 2.0.0 OK: kept"
        self._record(session, envelope, answer, started)
        return answer

    async def _suffer(self, faults: list[Fault], server: SMTP) -> str:
        for fault in faults:
            kind = fault.do.partition("_")[0]
            if kind == "status":
                return REPLIES.get(fault.status, f"{fault.status} Emulated answer")
            if kind in {"delay", "timeout"}:
                await asyncio.sleep(fault.lasts(DELAY_SECONDS if kind == "delay" else TIMEOUT_SECONDS))
            if kind in {"drop", "timeout"}:
                server.transport.abort()  # type: ignore[union-attr]  # in DATA there is a transport
                return "421 4.3.2 Service shutting down"
        return ""

    def _record(self, session: Session, envelope: Envelope, answer: str, started: float) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self._wire.record(
            Exchange(
                at=self._clock.now().isoformat(),
                direction="in",
                party="smtp",
                method="DATA",
                url=f"smtp://{session.peer[0]}" if session.peer else "smtp://",
                status=int(answer[:3]),
                ms=(time.monotonic() - started) * 1000,
                headers={"MAIL FROM": envelope.mail_from or "", "RCPT TO": ", ".join(envelope.rcpt_tos)},
                body=content,
                response=answer.encode(),
            )
        )


class MailServer:
    """aiosmtpd on its own thread; any user and password may log in."""

    def __init__(self, reception: Reception, host: str, port: int) -> None:
        self._reception = reception
        self._host = host
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="emulator-smtp", daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        """Listen; `port` is the true one afterwards, also when 0 was asked for."""
        # aiosmtpd logs addresses, and warns at each login of a property that it sets itself.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._server = self._loop.run_until_complete(self._loop.create_server(self._protocol, self._host, self.port))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread.start()

    def stop(self) -> None:
        """Close the port and end the thread."""
        if self._server is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _protocol(self) -> SMTP:
        return SMTP(
            self._reception,
            hostname="mail.emulator.test",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=_let_in,
            loop=self._loop,
        )


def _let_in(*_asked: object) -> AuthResult:
    return AuthResult(success=True)
