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
from aiosmtplib import SMTPException, SMTPResponseException, SMTPServerDisconnected

from integrations.bulk import Letter, Standing
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendError, SendLater
from integrations.mail.channel import MailConfig
from integrations.mail.compose import sendable
from integrations.mail.relay import CLOSING, IDLE_AT_MOST, RelayAddress

ENHANCED = r"^\s*([245]\.\d{1,3}\.\d{1,3})\b"  # RFC 3463: 5.1.1 tells an unknown user from a blocked sender
# Amazon SES says in words what is not this person's own; of its sandbox, where nobody else is verified, the same.
# https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
NOT_VERIFIED = "Email address is not verified"
TOO_FAST, TOO_FAST_CODE = "Maximum sending rate exceeded", "454_429"  # as with a provider's own 429 no try is counted
WORD = 39  # bytes of UTF-8 in one encoded word: with "Subject: " before it a line stays within 76 (RFC 2047)
LINE = 57  # bytes of a line of base64, 76 characters


class MailBulk:
    """A BulkSender. return_path gives the envelope's sender for a reference, so that a bounce tells whose it is."""

    name = "smtp"

    def __init__(self, config: MailConfig, *, return_path: Callable[[str], str], connections: int = 8) -> None:
        self._relay = RelayAddress.parse(config.smtp_url)
        self._config = config
        self._return_path = return_path
        self._domain = config.mail_from.rpartition("@")[2]
        self._tls = ssl.create_default_context()
        self._kept: list[tuple[float, aiosmtplib.SMTP]] = []
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
        try:
            assert line.protocol  # noqa: S101 - it has just answered
            # No line of base64 or of our headers begins with a dot, so none is to be doubled.
            line.protocol.write(content + b".\r\n")
            response = await line.protocol.read_response(timeout=self._config.timeout)
        except (SMTPException, OSError):
            line.close()
            raise OutcomeUnknown("no-answer-after-data") from None
        await self._judge(line, response, Refused)
        self._keep(line)

    async def _announced(self, sender: str, recipient: str) -> aiosmtplib.SMTP:
        """A connection on which the relay waits for the message; one that it closed meanwhile is renewed once."""
        if kept := self._take():
            try:
                return await self._announce(kept, sender, recipient)
            except SMTPServerDisconnected:
                kept.close()
        line = await self._open()
        try:
            return await self._announce(line, sender, recipient)
        except (SMTPException, OSError) as wrong:
            line.close()
            raise SendLater(type(wrong).__name__) from None

    async def _announce(self, line: aiosmtplib.SMTP, sender: str, recipient: str) -> aiosmtplib.SMTP:
        for command, refused in (
            (f"MAIL FROM:<{sender}>", Misconfigured),
            (f"RCPT TO:<{recipient}>", Refused),
            ("DATA", Refused),
        ):
            await self._judge(line, await line.execute_command(command.encode()), refused)
        return line

    async def _judge(self, line: aiosmtplib.SMTP, response: aiosmtplib.SMTPResponse, refused: type[SendError]) -> None:
        """Raise what a reply other than yes means; the connection is kept unless it is over."""
        code, words = response
        if 200 <= code < 400:
            return
        told = search(ENHANCED, words)
        name = told[1] if told else str(code)
        if code == CLOSING:
            line.close()
            raise SendLater(str(code))
        try:
            await line.rset()
            self._keep(line)
        except (SMTPException, OSError):
            line.close()
        raise _meaning(code, words, refused)(TOO_FAST_CODE if TOO_FAST in words else name)

    def _take(self) -> aiosmtplib.SMTP | None:
        now = asyncio.get_running_loop().time()
        while self._kept:
            since, line = self._kept.pop()
            if now - since < IDLE_AT_MOST and line.is_connected:
                return line
            line.close()
        return None

    def _keep(self, line: aiosmtplib.SMTP) -> None:
        self._kept.append((asyncio.get_running_loop().time(), line))

    async def _open(self) -> aiosmtplib.SMTP:
        relay = self._relay
        line = aiosmtplib.SMTP(
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
            await line.connect()
            if line.is_ehlo_or_helo_needed:
                await line.ehlo()
        except (SMTPException, OSError, ValueError) as wrong:
            line.close()
            raise _opening_error(wrong) from None
        return line


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
