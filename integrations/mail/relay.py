"""One mail through an SMTP relay (RFC 5321), knowing at each point whether it may have been taken."""

from __future__ import annotations

import re
import smtplib
import ssl
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from integrations.channel import Misconfigured, OutcomeUnknown, Refused, SendError, SendLater

# Relays hang up after some minutes without a word, and gateways in between forget a silent connection without telling
# either side, which would cost a whole time-out to find out.
IDLE_AT_MOST = 60.0

CLOSING = 421  # the server says so, and hangs up
QUEUED_AS = re.compile(rb"queued as ([\w.-]+)", re.IGNORECASE)


class _Gone(Exception):
    """The relay hung up before it had the message."""


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Where the relay listens and how it is spoken to."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """smtp://user:pass@host:port, smtps://… or smtp://…?starttls=1; raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("an SMTP URL looks like smtp://user:password@host:587?starttls=1 or smtps://…")
        tls = parts.scheme == "smtps"
        starttls = not tls and parse_qs(parts.query).get("starttls", ["0"])[-1] == "1"
        usual_port = 465 if tls else 587 if starttls else 25
        port = usual_port if parts.port is None else parts.port
        user, password = (unquote(part or "") for part in (parts.username, parts.password))
        return cls(parts.hostname, port, tls, starttls, user, password)


class Relay:
    """Connections that are kept open and used again: at most one for each thread that sends at the same moment."""

    def __init__(self, address: RelayAddress, *, host_name: str, timeout: float) -> None:
        self._address = address
        self._host_name = host_name
        self._timeout = timeout
        self._tls = ssl.create_default_context()
        self._kept: deque[tuple[float, smtplib.SMTP]] = deque()
        weakref.finalize(self, _hang_up_all, self._kept)

    def close(self) -> None:
        """Hang up all connections that are not in use; sending goes on with new ones."""
        _hang_up_all(self._kept)

    def greet(self) -> None:
        """Make a connection and keep it for the next message; raises SendError."""
        self._keep(self._open())

    def deliver(self, sender: str, recipient: str, message: bytes) -> str:
        """Hand the message over; gives the relay's queue id or ""; raises SendError."""
        line = self._announced(sender, recipient)
        try:
            # No line of a base64 body or of a folded header begins with a dot, so none is to be doubled.
            line.send(message + b".\r\n")
        except smtplib.SMTPServerDisconnected:
            # The dot that ends a message was in what could not be written: no server takes it without.
            raise SendLater("broken-off") from None
        try:
            code, words = line.getreply()
        except (smtplib.SMTPException, OSError):
            line.close()
            raise OutcomeUnknown("no-answer-after-data") from None
        self._judge(line, code, Refused)
        self._keep(line)
        queued = QUEUED_AS.search(words)
        return queued[1].decode("ascii", "replace") if queued else ""

    def _announced(self, sender: str, recipient: str) -> smtplib.SMTP:
        """A connection on which the relay waits for the message; one that it closed meanwhile is renewed once."""
        if kept := self._take():
            try:
                return self._announce(kept, sender, recipient)
            except _Gone:
                kept.close()
        try:
            return self._announce(self._open(), sender, recipient)
        except _Gone as gone:
            raise SendLater(str(gone)) from None

    def _announce(self, line: smtplib.SMTP, sender: str, recipient: str) -> smtplib.SMTP:
        try:
            self._judge(line, line.mail(sender)[0], Misconfigured, early=True)
            self._judge(line, line.rcpt(recipient)[0], Refused, early=True)
            self._judge(line, line.docmd("DATA")[0], Refused, early=True)
        except smtplib.SMTPException:
            line.close()
            raise _Gone("disconnected") from None
        return line

    def _judge(self, line: smtplib.SMTP, code: int, refused: type[SendError], *, early: bool = False) -> None:
        """Raise what a reply other than yes means; the connection is kept unless it is over."""
        if 200 <= code < 400:
            return
        if code == CLOSING or code < 200:
            line.close()
            if early:
                raise _Gone(str(code))
            raise SendLater(str(code)) if code == CLOSING else OutcomeUnknown("unreadable-answer")
        try:
            line.rset()
            self._keep(line)
        except smtplib.SMTPException:
            line.close()
        raise SendLater(str(code)) if code < 500 else refused(str(code))

    def _take(self) -> smtplib.SMTP | None:
        """The connection used last, if one is free that is not too old."""
        with suppress(IndexError):  # none is left
            while True:
                since, line = self._kept.pop()
                if monotonic() - since < IDLE_AT_MOST:
                    return line
                line.close()
        return None

    def _keep(self, line: smtplib.SMTP) -> None:
        self._kept.append((monotonic(), line))

    def _open(self) -> smtplib.SMTP:
        """A new connection, greeted, encrypted and signed in as the address says."""
        try:
            line = self._dial()
        except (OSError, UnicodeError) as wrong:  # smtplib's own errors are OSErrors too
            raise _opening_error(wrong) from None
        try:
            line.ehlo_or_helo_if_needed()
            if self._address.starttls:
                line.starttls(context=self._tls)
                line.ehlo_or_helo_if_needed()  # all said before is void, and mail() greets nobody by itself
            if self._address.user:
                line.login(self._address.user, self._address.password)
        except (OSError, UnicodeError) as wrong:
            line.close()
            raise _opening_error(wrong) from None
        return line

    def _dial(self) -> smtplib.SMTP:
        # Without a host name of ours smtplib would ask DNS for one.
        where = (self._address.host, self._address.port, self._host_name)
        if self._address.tls:
            return smtplib.SMTP_SSL(*where, timeout=self._timeout, context=self._tls)
        return smtplib.SMTP(*where, timeout=self._timeout)


def _opening_error(wrong: Exception) -> SendError:
    """Nothing was sent yet: either the relay is away for now, or a person has to look at our settings."""
    if isinstance(wrong, smtplib.SMTPResponseException):
        code = str(wrong.smtp_code)
        return Misconfigured(code) if wrong.smtp_code >= 500 else SendLater(code)
    name = type(wrong).__name__
    for_now = not isinstance(wrong, smtplib.SMTPException | ssl.SSLCertVerificationError | UnicodeError)
    return SendLater(name) if for_now or isinstance(wrong, smtplib.SMTPServerDisconnected) else Misconfigured(name)


def _hang_up_all(kept: deque[tuple[float, smtplib.SMTP]]) -> None:
    with suppress(IndexError):  # the end of what there was, whoever else takes from it
        while True:
            kept.pop()[1].close()
