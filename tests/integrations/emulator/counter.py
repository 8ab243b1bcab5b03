"""A counter that only keeps what it is sent, and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Received:
    """One request; `at` is monotonic."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def event(self) -> dict[str, Any]:
        """The one event of a webhook."""
        found: dict[str, Any] = json.loads(self.body)["events"][0]
        return found

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a callback."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Counter(ThreadingHTTPServer):
    """Listens on a free port; while `answering` is set, `statuses` are answered one after the other, then 200."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.clock: str | None = None
        self.answering = threading.Event()
        self.answering.set()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of the webhook, in the order of arrival."""
        return [request.event for request in self.to("/webhooks/line")]

    def to(self, path: str) -> list[Received]:
        """What came to this path, without its query."""
        return [request for request in self.received if request.path.partition("?")[0] == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Counter

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/demo/clock":
            self.server.clock = json.loads(body)["at"]
            self._answer(200, json.dumps({"now": self.server.clock}).encode())
            return
        self.server.received.append(Received(self.path, dict(self.headers.items()), body, time.monotonic()))
        self.server.answering.wait()
        self._answer(self.server.statuses.pop(0) if self.server.statuses else 200)

    def do_GET(self) -> None:
        if self.server.clock is None:
            self._answer(404)
        else:
            self._answer(200, json.dumps({"now": self.server.clock}).encode())

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Tests look at what was received."""


@contextmanager
def counting(port: int = 0) -> Iterator[Counter]:
    """A running counter."""
    counter = Counter(port)
    thread = threading.Thread(target=counter.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield counter
    finally:
        counter.answering.set()
        counter.shutdown()
        counter.server_close()
        thread.join()
