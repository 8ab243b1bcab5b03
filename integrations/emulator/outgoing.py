"""HTTP to the counter: kept connections, a deadline, and errors that tell "never arrived" from "no answer".

Errors:
    Unreachable             no answer came
    +-- NeverArrived        and the request certainly did not arrive: no connection
"""

from __future__ import annotations

import http.client
import select
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.emulator.config import is_loopback

SEND_DEADLINE = 2.0


class Unreachable(Exception):
    """No answer came; the request may have arrived."""


class NeverArrived(Unreachable):
    """No connection was made, so the request did not arrive."""


@dataclass(frozen=True)
class Answer:
    """What the counter said; `ms` is how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    ms: float


class HttpSender:
    """Sends over connections that each thread keeps for itself, to this machine alone unless told otherwise."""

    def __init__(self, *, anywhere: bool = False) -> None:
        self._anywhere = anywhere
        self._kept = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def send(
        self, method: str, url: str, headers: Mapping[str, str], *, body: bytes = b"", timeout: float = SEND_DEADLINE
    ) -> Answer:
        """The answer to one request; raises NeverArrived or Unreachable. The URL's fragment is not sent."""
        parts = urlsplit(url)
        if not self._anywhere and not is_loopback(parts.hostname or ""):
            raise NeverArrived("the emulator sends to this machine only (EMULATOR_ALLOW_NON_LOOPBACK=1 lifts that)")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        started = time.monotonic()
        connection = self._connection(parts.scheme, parts.netloc, timeout)
        try:
            connection.request(method, target, body=body or None, headers=dict(headers))
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Unreachable(type(error).__name__) from error
        if response.will_close:
            connection.close()
        return Answer(response.status, dict(response.getheaders()), content, (time.monotonic() - started) * 1000)

    def close(self) -> None:
        """Close the connections of all threads; none may be sending."""
        for connection in self._all:
            connection.close()

    def _connection(self, scheme: str, netloc: str, timeout: float) -> http.client.HTTPConnection:
        kept: dict[tuple[str, str], http.client.HTTPConnection] = self._kept.__dict__.setdefault("connections", {})
        connection = kept.get((scheme, netloc))
        if connection is None:
            maker = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            connection = kept[scheme, netloc] = maker(netloc, timeout=timeout)
            self._all.append(connection)
        if connection.sock is not None and _has_ended(connection):
            connection.close()
        if connection.sock is None:
            try:
                connection.connect()
            except OSError as error:
                raise NeverArrived(type(error).__name__) from error
        connection.sock.settimeout(timeout)
        return connection


def _has_ended(connection: http.client.HTTPConnection) -> bool:
    """Whether the far side closed an idle connection: then something, its end, can be read from it."""
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))
