"""A small HTTP server in Twilio's place: keeps Messages as Twilio does, or breaks off where a test tells it to."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

ACCOUNT, TOKEN = "AC00000000000000000000000000000001", "token-of-the-test"


@dataclass
class FarSide:
    """What Twilio has taken, and what it is to do with the next requests (then it is well again)."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    troubles: deque[Any] = field(default_factory=deque)
    let_go: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def next_answers(self, status: int, payload: object, **headers: str) -> None:
        self.troubles.append((status, payload, headers))

    def next_hangs_up_after_taking_it(self) -> None:
        self.troubles.append("hang up after")

    def next_hangs_up_before_taking_it(self) -> None:
        self.troubles.append("hang up before")

    def next_closes_after_a_whole_answer(self) -> None:
        self.troubles.append("close after")

    def next_never_answers(self) -> None:
        self.troubles.append("silence")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two cost 40 ms (Nagle, delayed ACK)
    far: FarSide

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        if "?" not in self.path:
            sid = self.path.rpartition("/")[2].removesuffix(".json")
            self.answer_unless_trouble(200, next(each for each in self.far.messages if each["sid"] == sid))
            return
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        found = [message for message in reversed(self.far.messages) if message["to"] == to]
        self.answer_unless_trouble(200, {"messages": found, "page": 0, "page_size": 1000, "next_page_uri": None})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        trouble = self.far.troubles[0] if self.far.troubles else None
        if trouble in (None, "hang up after", "close after", "silence"):
            self.far.forms.append(form)
            self.far.messages.append(self.message(form))
        self.answer_unless_trouble(201, self.far.messages[-1] if self.far.messages else {})

    def message(self, form: dict[str, str]) -> dict[str, Any]:
        return {
            "sid": f"SM{len(self.far.messages):032d}",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "status": "queued",
            "date_created": format_datetime(datetime.now(UTC)),
            "date_sent": None,
            "error_code": None,
        }

    def answer_unless_trouble(self, status: int, payload: object) -> None:
        trouble = self.far.troubles.popleft() if self.far.troubles else None
        if trouble == "close after":
            self.close_connection, trouble = True, None
        if trouble == "silence":
            self.far.let_go.wait()
        if isinstance(trouble, str):
            self.close_connection = True
        elif trouble:
            self.answer(*trouble)
        elif not self.signed_in():
            self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401}, {})
        else:
            self.answer(status, payload, {"Twilio-Request-Id": "RQ01"})

    def signed_in(self) -> bool:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return self.headers["Authorization"] == expected

    def answer(self, status: int, payload: object, headers: dict[str, str]) -> None:
        # Twilio writes no charset and raw UTF-8.
        body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    far: FarSide

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.far.hung_up.set()

    def handle_error(self, *_: object) -> None:
        """A client that gave up waiting is what some tests are about."""


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[FarSide]:
    """Twilio on a free port of loopback, for as long as the block lasts; with tls under the name of localhost."""
    far = FarSide()
    server = Server(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"far": far}))
    server.far, far.url = far, f"http://127.0.0.1:{server.server_port}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        far.url = f"https://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield far
    finally:
        far.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
