"""An outside claims backend that does what it is told to, over real HTTP on loopback."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from integrations.claims.document import PROBLEM_TYPE

ACCEPTED = {"state": "accepted", "amount": 5, "reason": "", "existing_receipt_no": None}

Play = Callable[[Request], Response]


class Silent(WSGIRequestHandler):
    def log(self, *args: Any) -> None:
        """The access log of a test is nobody's reading."""


@dataclass
class FarSide:
    """A backend that plays the given answers one after another, the last of them for ever."""

    plays: list[Play] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        request = Request(environ)
        request.get_data()
        self.seen.append((request.method, request.path, dict(request.headers)))
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        return play(request)(environ, start)

    def header(self, name: str) -> list[str | None]:
        return [headers.get(name) for _, _, headers in self.seen]


def gives(body: object, status: int = 200, **headers: str) -> Play:
    kind = "application/json" if status == 200 else "application/problem+json"
    sent = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda _: Response(json.dumps(body) if not isinstance(body, bytes) else body, status, sent)


def problem(word: str, status: int, *, members: dict[str, object] | None = None, **headers: str) -> Play:
    return gives({"type": PROBLEM_TYPE + word, "title": word, "status": status, **(members or {})}, status, **headers)


def token(value: str, expires_in: int = 600) -> Play:
    return gives({"access_token": value, "token_type": "Bearer", "expires_in": expires_in})


def html(status: int) -> Play:
    return lambda _: Response("<html>メンテナンス中</html>", status, content_type="text/html")


def silent(request: Request) -> Response:
    time.sleep(20)
    return gives(ACCEPTED)(request)


def dripping(_: Request) -> Response:
    def drops() -> Iterator[bytes]:
        for _ in range(400):
            yield b" "
            time.sleep(0.05)

    return Response(drops(), content_type="application/json")


def cut(_: Request) -> Response:
    return Response(
        iter([json.dumps(ACCEPTED)[:20]]), headers={"Content-Length": "60"}, content_type="application/json"
    )


def dropped(request: Request) -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response()


@contextmanager
def served(far_side: FarSide) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, far_side, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
