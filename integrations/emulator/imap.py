"""The mailbox that returned mail comes to, over IMAP: as much of RFC 3501 as a reader of it needs.

Any user may sign in with the password of PASSWORD. INBOX holds what came to the address of returned mail; a message
lives on in the folder that it was moved to.
"""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "pass"  # noqa: S105 - the emulator's, which opens nothing
CAPABILITIES = "IMAP4rev1 UIDPLUS MOVE"
ARGUMENT = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')
LARGEST_LINE = 8192


@dataclass
class Message:
    """One message in a folder."""

    uid: int
    content: bytes = field(repr=False)
    flags: set[str] = field(default_factory=set)


class Folders:
    """The folders of the mailbox; safe for threads."""

    def __init__(self, *names: str) -> None:
        self._lock = threading.RLock()
        self._folders: dict[str, list[Message]] = {name: [] for name in ("INBOX", *names)}
        self._last = 0

    def keep(self, content: bytes, folder: str = "INBOX") -> None:
        """A message arrives."""
        with self._lock:
            self._last += 1
            self._folders[folder].append(Message(self._last, content))

    def names(self) -> list[str]:
        """Which folders there are."""
        return list(self._folders)

    def messages(self, folder: str = "INBOX") -> list[Message]:
        """What is in a folder."""
        with self._lock:
            return list(self._folders[folder])

    def find(self, folder: str, uid: int) -> Message | None:
        """The message of that number, while it is there."""
        return next((message for message in self.messages(folder) if message.uid == uid), None)

    def move(self, folder: str, uid: int, to: str) -> None:
        """Into another folder, under a new number."""
        with self._lock:
            if message := self.find(folder, uid):
                self._folders[folder].remove(message)
                self._last += 1
                self._folders[to].append(Message(self._last, message.content, message.flags))


class ImapServer(socketserver.ThreadingTCPServer):
    """Listens on its own threads; with a TLS context it speaks TLS from the first byte."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folders: Folders, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        super().__init__((host, port), _Session)
        self.folders = folders
        self.tls = tls
        self.port = int(self.server_address[1])
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="emulator-imap", daemon=True)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """One connection from its first byte to its last; who does not trust our certificate has none."""
        if self.tls is None:
            _Session(request, client_address, self)
            return
        with suppress(ssl.SSLError), self.tls.wrap_socket(request, server_side=True) as secured:
            _Session(secured, client_address, self)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and end the thread."""
        self.shutdown()
        self._thread.join(5)
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer
    folder = ""
    signed_in = False

    def handle(self) -> None:
        self._say(f"* OK [CAPABILITY {CAPABILITIES}] emulated mailbox")
        while line := self.rfile.readline(LARGEST_LINE):
            tag, *words = [_word(match) for match in ARGUMENT.finditer(line)]
            if not words:
                continue
            name = words[0].upper()
            if name == "UID" and len(words) > 1:
                name, words = f"UID {words[1].upper()}", words[1:]
            self._say(f"{tag} {self._answer(name, words[1:])}")
            if name == "LOGOUT":
                return

    def _answer(self, name: str, words: list[str]) -> str:
        if name in ("CAPABILITY", "NOOP", "LOGOUT"):
            self._say(f"* CAPABILITY {CAPABILITIES}" if name == "CAPABILITY" else "* OK")
            return "OK done"
        if name == "LOGIN":
            self.signed_in = words[-1:] == [PASSWORD]
            return "OK signed in" if self.signed_in else "NO [AUTHENTICATIONFAILED] wrong user or password"
        if not self.signed_in:
            return "BAD sign in first"
        if name == "SELECT":
            return self._select(words[0])
        known = {"UID SEARCH": self._search, "UID FETCH": self._fetch, "UID STORE": self._store, "UID MOVE": self._move}
        return known[name](words) if self.folder and name in known else "BAD unknown command"

    def _select(self, folder: str) -> str:
        if folder not in self.server.folders.names():
            return "NO [NONEXISTENT] no such folder"
        self.folder = folder
        self._say(f"* {len(self.server.folders.messages(folder))} EXISTS")
        return "OK [READ-WRITE] selected"

    def _search(self, _words: list[str]) -> str:
        unseen = [each.uid for each in self.server.folders.messages(self.folder) if r"\Seen" not in each.flags]
        self._say(" ".join(["* SEARCH", *map(str, unseen)]))
        return "OK found"

    def _fetch(self, words: list[str]) -> str:
        message = self.server.folders.find(self.folder, int(words[0]))
        if message:
            self._say(f"* 1 FETCH (UID {message.uid} BODY[]<0> {{{len(message.content)}}}")
            self.wfile.write(message.content)
            self._say(")")
        return "OK fetched"

    def _store(self, words: list[str]) -> str:
        if message := self.server.folders.find(self.folder, int(words[0])):
            message.flags |= set(words[2].strip("()").split())
        return "OK stored"

    def _move(self, words: list[str]) -> str:
        if words[1] not in self.server.folders.names():
            return "NO [TRYCREATE] no such folder"
        self.server.folders.move(self.folder, int(words[0]), words[1])
        return "OK moved"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _word(match: re.Match[bytes]) -> str:
    quoted, listed, plain = match.groups()
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted.decode())
    return (listed or plain).decode()
