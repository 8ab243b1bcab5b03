"""What went over the wire, both ways, as the inspector shows it: secrets masked, ready to paste as curl."""

from __future__ import annotations

import re
import shlex
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEPT = 500
LONGEST_BODY = 64 * 1024
MASK = "****"
SECRET_HEADERS = ("x-api-key", "api-access-token")
SECRET_FIELDS = re.compile(r'((?:client_secret|access_token|client_assertion)"?[=:]\s*"?)[^&"\s]+')


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; status 0 means that no answer came."""

    at: str
    direction: str
    party: str
    method: str
    url: str
    status: int
    ms: float
    headers: Mapping[str, str]
    body: bytes
    response: bytes = b""
    note: str = ""


class Wire:
    """The last exchanges, numbered."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, Exchange]] = deque(maxlen=KEPT)
        self._seq = 0
        self._lock = threading.Lock()

    def record(self, exchange: Exchange) -> None:
        """Keep it; masking waits until somebody looks."""
        with self._lock:
            self._seq += 1
            self._kept.append((self._seq, exchange))

    def since(self, seq: int = 0) -> list[dict[str, Any]]:
        """Exchanges with a number above `seq`, oldest first, as the page API gives them."""
        with self._lock:
            newer = [(number, exchange) for number, exchange in self._kept if number > seq]
        return [_shown(number, exchange) for number, exchange in newer]


def _shown(seq: int, exchange: Exchange) -> dict[str, Any]:
    headers = {name: _masked(name, value) for name, value in exchange.headers.items()}
    body = _text(exchange.body)
    return {
        "seq": seq,
        "at": exchange.at,
        "direction": exchange.direction,
        "party": exchange.party,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "ms": round(exchange.ms, 1),
        "headers": headers,
        "body": body,
        "response": _text(exchange.response),
        "note": exchange.note,
        "curl": _curl(exchange, headers, body),
    }


def _masked(name: str, value: str) -> str:
    if name.lower() in SECRET_HEADERS:
        return MASK
    if name.lower() != "authorization":
        return value
    scheme, _, _ = value.partition(" ")
    return f"{scheme} {MASK}"


def _text(body: bytes) -> str:
    shown = body[:LONGEST_BODY].decode("utf-8", errors="replace")
    return SECRET_FIELDS.sub(rf"\g<1>{MASK}", shown)


def _curl(exchange: Exchange, headers: Mapping[str, str], body: str) -> str:
    if exchange.party == "smtp":
        return ""
    skipped = {"host", "content-length", "connection", "accept-encoding", "user-agent"}
    words = ["curl", "-X", exchange.method, exchange.url]
    for name, value in headers.items():
        if name.lower() not in skipped:
            words += ["-H", f"{name}: {value}"]
    if body:
        words += ["--data-raw", body]
    return shlex.join(words)
