"""A small HTTP server in LINE's place: it answers what a test scripted, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SENT = {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}


@dataclass(frozen=True)
class Answer:
    """status 0 breaks the connection after the request was read; one that is held comes when all is let go."""

    status: int = 200
    body: bytes = json.dumps(SENT).encode()
    headers: Mapping[str, str] = field(default_factory=dict)
    held: bool = False


@dataclass
class FarSide:
    address: str
    answers: deque[Answer] = field(default_factory=deque)
    tokens: deque[Answer] = field(default_factory=deque)
    requests: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    token_requests: list[str] = field(default_factory=list)
    connections: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)

    def answer(self, status: int, message: str = "", **headers: str) -> None:
        body = json.dumps({"message": message}).encode()
        self.answers.append(Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    def next_answer(self, path: str, number: int) -> Answer:
        if path == "/oauth2/v3/token":
            issued = {"token_type": "Bearer", "access_token": f"token-{number}", "expires_in": 900}
            return self.tokens.popleft() if self.tokens else Answer(body=json.dumps(issued).encode())
        return self.answers.popleft() if self.answers else Answer(headers={"x-line-request-id": "req-1"})


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, far_side: FarSide) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.far_side = far_side
        self.lock = threading.Lock()

    def handle_error(self, *_: object) -> None:
        """A client that gave up waiting is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two cost 40 ms (Nagle, delayed ACK)

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.far_side.connections += 1

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["content-length"])))

    def _serve(self, body: bytes) -> None:
        with self.server.lock:
            answer = self._remember(body)
        if answer.held:
            self.server.far_side.let_go.wait()
        if not answer.status:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {**answer.headers, "content-length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _remember(self, body: bytes) -> Answer:
        far_side = self.server.far_side
        if self.path == "/oauth2/v3/token":
            far_side.token_requests.append(body.decode())
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            far_side.requests.append((self.path, headers, json.loads(body) if body else None))
        return far_side.next_answer(self.path, len(far_side.token_requests))

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def running() -> Iterator[FarSide]:
    """The far side on a free port of loopback, for as long as the block lasts."""
    far_side = FarSide("")
    server = _Server(far_side)
    far_side.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield far_side
    finally:
        far_side.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
