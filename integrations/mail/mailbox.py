"""A mailbox that is read over IMAP (RFC 3501): each message is handed on, and marked only when that is done.

CannotRead    why, in a word that is never personal: see WHY
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST = 1 << 20  # bytes of a message that are read; reports stand at its beginning
AT_ONCE = 100

WHY: Mapping[str, str] = {
    "unreachable": "the server does not answer",
    "certificate": "its certificate is not valid for that name",
    "login_refused": "it refuses the user or the password",
    "no_folder": "there is no such folder",
    "broken": "the connection broke, or what it said makes no sense",
}


class CannotRead(Exception):
    """The mailbox cannot be read now; why is a key of WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def needs_a_person(self) -> bool:
        return self.why in ("certificate", "login_refused", "no_folder")


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """Where the mailbox is and how it is opened; what was taken is moved to the folder done ("": it stays, read)."""

    host: str
    port: int
    tls: bool
    starttls: bool
    folder: str
    done: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """imaps://user:pass@host:993/INBOX?done=Read or imap://…?starttls=1; raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("must look like imaps://user:password@host/INBOX")
        asked = parse_qs(parts.query)
        tls = parts.scheme == "imaps"
        return cls(
            parts.hostname,
            parts.port or (993 if tls else 143),
            tls,
            not tls and asked.get("starttls", ["0"])[-1] == "1",
            unquote(parts.path.strip("/")) or "INBOX",
            asked.get("done", [""])[-1],
            unquote(parts.username),
            unquote(parts.password or ""),
        )


class Mailbox:
    """One reader; a connection for each reading, for there is one in a minute."""

    def __init__(self, address: MailboxAddress, *, timeout: float = 20.0) -> None:
        self._address = address
        self._timeout = timeout
        self._tls = ssl.create_default_context()

    def waiting(self) -> int:
        """How many messages nobody has read; raises CannotRead."""
        with self._open() as line:
            return len(_unread(line))

    def read(self, take: Callable[[bytes], bool]) -> int:
        """Hand on up to AT_ONCE messages that nobody has read; gives how many. Raises CannotRead, and what take raises.

        take tells whether a message was its own; what was not stays where it is, marked for a person to look at.
        """
        with self._open() as line:
            numbers = _unread(line)[:AT_ONCE]
            for number in numbers:
                if raw := _fetched(line, number):
                    self._mark(line, number, own=take(raw))
            return len(numbers)

    def _mark(self, line: imaplib.IMAP4, number: str, *, own: bool) -> None:
        _said(line.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)" if own else r"(\Seen \Flagged)"))
        if not own or not self._address.done:
            return
        if "MOVE" in line.capabilities:
            _said(line.uid("MOVE", number, _quoted(self._address.done)))
            return
        _said(line.uid("COPY", number, _quoted(self._address.done)))
        _said(line.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in line.capabilities:  # EXPUNGE alone would take what others have marked as well
            _said(line.uid("EXPUNGE", number))

    @contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        line = self._dialled()
        try:
            self._sign_in(line)
            yield line
        except UnicodeError:  # a folder whose name is not ASCII: imaplib cannot say it
            raise CannotRead("no_folder") from None
        except (OSError, imaplib.IMAP4.error):
            raise CannotRead("broken") from None
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                line.logout()

    def _dialled(self) -> imaplib.IMAP4:
        address = self._address
        try:
            if address.tls:
                return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=self._tls, timeout=self._timeout)
            line = imaplib.IMAP4(address.host, address.port, timeout=self._timeout)
            if address.starttls:
                line.starttls(self._tls)
        except ssl.SSLCertVerificationError:
            raise CannotRead("certificate") from None
        except (OSError, imaplib.IMAP4.error):
            raise CannotRead("unreachable") from None
        return line

    def _sign_in(self, line: imaplib.IMAP4) -> None:
        try:
            line.login(self._address.user, self._address.password)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeError):
            # Without its cause: some servers repeat what they were told.
            raise CannotRead("login_refused") from None
        if line.select(_quoted(self._address.folder))[0] != "OK":
            raise CannotRead("no_folder")


def _unread(line: imaplib.IMAP4) -> list[str]:
    [numbers] = _said(line.uid("SEARCH", "UNSEEN")) or [b""]
    return (numbers or b"").decode("ascii").split()


def _fetched(line: imaplib.IMAP4, number: str) -> bytes:
    """A message's beginning without marking it as read; b"" when somebody else took it meanwhile."""
    # as answered: [(b"1 (UID 7 BODY[]<0> {1234}", b"From: …"), b")"], or [None]
    for part in _said(line.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)")):
        if isinstance(part, tuple):
            return bytes(part[1])
    return b""


def _said(answered: tuple[str, list[Any]]) -> list[Any]:
    if answered[0] != "OK":
        raise CannotRead("broken")
    return answered[1]


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
