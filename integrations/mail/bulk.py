"""Mail by the thousand through an SMTP relay: connections that are kept, and a message of which little is made anew."""

from __future__ import annotations

import asyncio
import ssl
from binascii import b2a_base64
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from re import search

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from integrations.bulk import Letter, Standing
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.mail.channel import MailConfig
from integrations.mail.compose import sendable
from integrations.mail.line import GO_ON, Line, Reply
from integrations.mail.relay import CLOSING, IDLE_AT_MOST, RelayAddress

ENHANCED = r"^\s*([245]\.\d{1,3}\.\d{1,3})\b"  # RFC 3463: 5.1.1 tells an unknown user from a blocked sender
# Amazon SES says in words what is not this person's own; of its sandbox, where nobody else is verified, the same.
# https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
NOT_VERIFIED = "Email address is not verified"
TOO_FAST, TOO_FAST_CODE = "Maximum sending rate exceeded", "454_429"  # as with a provider's own 429 no try is counted
WORD = 39  # bytes of UTF-8 in one encoded word: with "Subject: " before it a line stays within 76 (RFC 2047)
LINE = 57  # bytes of a line of base64, 76 characters


class _Gone(Exception):
    """The relay hung up before it had the message."""


class MailBulk:
    """A BulkSender. return_path gives the envelope's sender for a reference, so that a bounce tells whose it is."""

    name = "smtp"

    def __init__(self, config: MailConfig, *, return_path: Callable[[str], str], connections: int = 8) -> None:
        self._relay = RelayAddress.parse(config.smtp_url)
        self._config = config
        self._return_path = return_path
        self._domain = config.mail_from.rpartition("@")[2]
        self._tls = ssl.create_default_context()
        self._kept: list[tuple[float, Line]] = []
        self._room = asyncio.Semaphore(connections)

    def units(self, letter: Letter) -> int:
        return 1

    async def send(self, letter: Letter) -> Receipt:
        recipient = sendable(letter.to)
        message_id = f"{letter.reference.partition('.')[0]}@{self._domain}"
        content = self._written(letter, recipient, message_id)
        async with self._room:
            await self._deliver(self._return_path(letter.reference), recipient, content)
        return Receipt(message_id)

    async def find_sent(self, letter: Letter, *, since: datetime) -> Receipt | None:
        """A relay answers no such question; every attempt has the same Message-ID, which lets servers drop a double."""
        raise OutcomeUnknown("mail-has-no-lookup")

    async def standing(self, provider_id: str) -> Standing | None:
        return None

    async def close(self) -> None:
        while self._kept:
            self._kept.pop()[1].close()

    def _written(self, letter: Letter, recipient: str, message_id: str) -> bytes:
        return b"".join(
            [
                _head(self._config, letter.sender_name or self._config.sender_name),
                f"To: {recipient}\r\nMessage-ID: <{message_id}>\r\nDate: {_date()}\r\n".encode(),
                b"Subject: " + _encoded_words(letter.subject) + b"\r\n",
                _unsubscribe(letter.unsubscribe) if letter.unsubscribe else b"",
                b"\r\n",
                _base64(letter.text.encode()),
            ]
        )

    async def _deliver(self, sender: str, recipient: str, content: bytes) -> None:
        line = await self._announced(sender, recipient)
        # No line of base64 or of our headers begins with a dot, so none is to be doubled.
        replies = await line.say(content + b".\r\n")
        if not replies:
            raise OutcomeUnknown("no-answer-after-data")
        await self._judge(line, replies[0], Refused)
        self._keep(line)

    async def _announced(self, sender: str, recipient: str) -> Line:
        """A connection on which the relay waits for the message; one that it closed meanwhile is renewed once."""
        if kept := self._take():
            try:
                return await self._announce(kept, sender, recipient)
            except _Gone:
                kept.close()
        try:
            return await self._announce(await self._open(), sender, recipient)
        except _Gone:
            raise SendLater("disconnected") from None

    async def _announce(self, line: Line, sender: str, recipient: str) -> Line:
        commands = (f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n")
        replies = await line.ask(*(command.encode() for command in commands))
        waiting = len(replies) == len(commands) and replies[-1].code == GO_ON
        for reply, refused in zip(replies, (Misconfigured, Refused, Refused), strict=False):
            await self._judge(line, reply, refused, waiting=waiting)
        if not waiting or not line.is_open:
            line.close()
            raise _Gone
        return line

    async def _judge(self, line: Line, reply: Reply, refused: type[SendError], *, waiting: bool = False) -> None:
        """Raise what a reply other than yes means; the connection is kept unless it is over.

        waiting: the relay waits for the message all the same, and gets an empty one, which goes to nobody (RFC 2920).
        """
        code, words = reply
        if 200 <= code < 400:
            return
        told = search(ENHANCED, words)
        name = told[1] if told else str(code)
        if code == CLOSING:
            line.close()
            raise SendLater(str(code))
        if (not waiting or await line.say(b".\r\n")) and await line.say(b"RSET\r\n"):
            self._keep(line)
        raise _meaning(code, words, refused)(TOO_FAST_CODE if TOO_FAST in words else name)

    def _take(self) -> Line | None:
        now = asyncio.get_running_loop().time()
        while self._kept:
            since, line = self._kept.pop()
            if now - since < IDLE_AT_MOST and line.is_open:
                return line
            line.close()
        return None

    def _keep(self, line: Line) -> None:
        self._kept.append((asyncio.get_running_loop().time(), line))

    async def _open(self) -> Line:
        relay = self._relay
        opening = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.tls,
            start_tls=relay.starttls,
            username=relay.user or None,
            password=relay.password or None,
            local_hostname=self._config.host_name or self._domain,
            timeout=self._config.timeout,
            tls_context=self._tls,
        )
        try:
            await opening.connect()
            if opening.is_ehlo_or_helo_needed:
                await opening.ehlo()
            assert opening.transport  # noqa: S101 - it has just answered
        except (SMTPException, OSError, ValueError) as wrong:
            opening.close()
            raise _opening_error(wrong) from None
        # From here on it would wait for each answer before it says more, at four times the way there and back.
        pipelining = opening.supports_extension("pipelining")
        return Line(opening.transport, pipelining=pipelining, timeout=self._config.timeout)


@lru_cache(maxsize=64)
def _head(config: MailConfig, sender_name: str) -> bytes:
    """The headers that are the same in every mail of one sender, encoded once."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Mailbox(sender_name, addr_spec=config.mail_from)
    if config.reply_to:
        mail["Reply-To"] = config.reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = 'text/plain; charset="utf-8"'
    mail["Content-Transfer-Encoding"] = "base64"
    return mail.as_bytes().removesuffix(b"\r\n")


def _unsubscribe(url: str) -> bytes:
    return f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()


def _base64(text: bytes) -> bytes:
    lines = [b2a_base64(text[at : at + LINE], newline=False) for at in range(0, len(text), LINE)]
    return b"\r\n".join([*lines, b""])


@lru_cache(maxsize=1)
def _date_at(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def _date() -> str:
    return _date_at(int(datetime.now(UTC).timestamp()))


@lru_cache(maxsize=20_000)  # subjects that differ in four digits alone
def _encoded_words(subject: str) -> bytes:
    """RFC 2047, no character cut in two; a line each."""
    if subject.isascii():
        return subject.encode()
    words, word = [], b""
    for sign in subject:
        if len(word) + len(sign.encode()) > WORD:
            words.append(word)
            word = b""
        word += sign.encode()
    return b"\r\n ".join(b"=?utf-8?b?" + b2a_base64(each, newline=False) + b"?=" for each in [*words, word])


def _meaning(code: int, words: str, refused: type[SendError]) -> type[SendError]:
    if NOT_VERIFIED in words:
        return Misconfigured
    return SendLater if code < 500 else refused


def _opening_error(wrong: Exception) -> SendError:
    """Nothing was sent yet: either the relay is away for now, or a person has to look at our settings."""
    if isinstance(wrong, SMTPResponseException):
        code = str(wrong.code)
        return Misconfigured(code) if wrong.code >= 500 else SendLater(code)
    name = type(wrong).__name__
    return Misconfigured(name) if isinstance(wrong, ssl.SSLCertVerificationError | ValueError) else SendLater(name)
