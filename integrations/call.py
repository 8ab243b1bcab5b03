"""One call to an outside party of ours over HTTP: bounded in time and size, and repeated only where that is safe.

CallFailed       there is no answer; `surely_not_done` says whether the far side can have acted
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx
import structlog

LARGEST_ANSWER = 256 * 1024
TRIES = 3
PAUSE = 0.2  # seconds before another try, where the far side names none
LONGEST_PAUSE = 2.0  # what asks to wait longer is left to the caller, who has a row with a due time for it
BUSY = frozenset({429, 503})
SECONDS = re.compile(r"\d{1,5}", re.ASCII)

log = structlog.get_logger(__name__)


class CallFailed(Exception):
    """reason is a word for the log: "connect", "timeout", "broken", "nonsense"."""

    def __init__(self, reason: str, *, surely_not_done: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.surely_not_done = surely_not_done


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; body is personal. `seconds` bounds the wait for each part of the answer, and twice that the whole.

    headers are those of this request alone: credentials are added by whoever sends it.
    """

    method: str
    url: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = 5.0
    tries: int = TRIES


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it is: media_type is lower case and without parameters."""

    status: int
    media_type: str
    body: bytes = field(repr=False)
    retry_after: str = ""


class Credentials(Protocol):
    """What proves to the far side who we are."""

    def headers(self) -> Mapping[str, str]:
        """Of the next request; raises CallFailed."""
        ...

    def refused(self, headers: Mapping[str, str]) -> bool:
        """The far side did not take these; True if others can be had now."""
        ...


class SharedKey:
    """One key for all calls, in a header; there is no other to try."""

    def __init__(self, key: str) -> None:
        self._headers = {"X-Api-Key": key}

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def refused(self, headers: Mapping[str, str]) -> bool:
        return False


def open_http(connect_seconds: float) -> httpx.Client:
    """The one pool of connections of this process to that party; close() ends it."""
    return httpx.Client(
        timeout=httpx.Timeout(5.0, connect=connect_seconds),
        limits=httpx.Limits(max_connections=32, max_keepalive_connections=16),
        # Unpacked, an answer of a kilobyte may have a gigabyte: only the bytes of the wire are counted.
        headers={"Accept": "application/json, application/problem+json", "Accept-Encoding": "identity"},
        trust_env=False,
    )


def ask(
    http: httpx.Client, request: Request, *, credentials: Credentials, sleep: Callable[[float], None] = time.sleep
) -> Answer:
    """The answer to a request that has no effect, or one effect however often it comes; raises CallFailed.

    Repeated are: no connection, 429, 503 that names a time, and once, with new credentials, 401.
    """
    renewed, left = False, request.tries
    while True:
        left -= 1
        proof = credentials.headers()
        outcome = _try(http, request, proof)
        if isinstance(outcome, Answer) and outcome.status == 401 and not renewed and credentials.refused(proof):
            renewed, left = True, left + 1
            continue
        pause = _pause(outcome) if left else None
        if pause is None:
            if isinstance(outcome, CallFailed):
                raise outcome
            return outcome
        log.info("call.repeated", outcome=outcome.reason if isinstance(outcome, CallFailed) else outcome.status)
        sleep(pause)


def _try(http: httpx.Client, request: Request, proof: Mapping[str, str]) -> Answer | CallFailed:
    try:
        return send(http, request, proof)
    except CallFailed as failed:
        return failed


def _pause(outcome: Answer | CallFailed) -> float | None:
    if isinstance(outcome, CallFailed):
        return PAUSE if outcome.surely_not_done else None
    if outcome.status in BUSY and SECONDS.fullmatch(outcome.retry_after):
        seconds = float(outcome.retry_after)
        return seconds if seconds <= LONGEST_PAUSE else None
    return None


def send(http: httpx.Client, request: Request, proof: Mapping[str, str]) -> Answer:
    """One try. Raises CallFailed, and no other exception, whatever the far side does."""
    headers = {**request.headers, **proof}
    if request.body:
        headers.setdefault("Content-Type", "application/json")
    timeout = httpx.Timeout(request.seconds, connect=http.timeout.connect, pool=http.timeout.connect)
    until = time.monotonic() + 2 * request.seconds
    try:
        with http.stream(
            request.method, request.url, content=request.body or None, headers=headers, timeout=timeout
        ) as response:
            return Answer(
                response.status_code,
                response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                _read(response, until),
                response.headers.get("retry-after", ""),
            )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failed:
        raise CallFailed("connect", surely_not_done=True) from failed
    except httpx.TimeoutException as failed:
        raise CallFailed("timeout", surely_not_done=False) from failed
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as failed:
        # The last two: httpx reads the Location of an answer even where it does not follow it.
        raise CallFailed("broken", surely_not_done=False) from failed


def _read(response: httpx.Response, until: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        parts.append(part)
        if size > LARGEST_ANSWER:
            raise CallFailed("nonsense", surely_not_done=False)
        if time.monotonic() > until:
            raise CallFailed("timeout", surely_not_done=False)
    return b"".join(parts)
