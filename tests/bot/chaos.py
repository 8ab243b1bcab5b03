"""A counter in one process whose steps can be made to die at any point, and a person who goes on all the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot import conversation, submission, worker
from bot.parts import Parts
from bot.store import entitlements, inbound, outgoing, submissions
from bot.store.db import autocommit


class Died(BaseException):
    """The process was killed here. No handler of the house sees it, as none sees a kill -9."""


@dataclass
class Gremlin:
    """Kills whoever comes to the place it waits at: before or after one step."""

    waits_at: str = ""
    struck: list[str] = field(default_factory=list)

    def pass_by(self, place: str) -> None:
        if place == self.waits_at:
            self.waits_at = ""
            self.struck.append(place)
            raise Died(place)

    def around(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*given: Any, **named: Any) -> Any:
            self.pass_by(f"before {name}")
            result = step(*given, **named)
            self.pass_by(f"after {name}")
            return result

        return taken


# Every step between an event's arrival and the last word about it: what is replaced, and where.
STEPS: dict[str, tuple[Any, str]] = {
    "keep": (inbound, "keep"),
    "claim of events": (inbound, "claim"),
    "play": (conversation, "play"),
    "write": (conversation, "_write_all"),
    "turns": (worker, "take_turns"),
    "turn": (conversation, "_commit"),
    "claim of messages": (outgoing, "claim"),
    "settling of messages": (outgoing, "settle"),
    "claim of applications": (submissions, "claim"),
    "settling of an application": (submissions, "settle"),
    "entitlement": (entitlements, "give"),
    "message about a decision": (submission.rewards, "entitle"),
}
WIRES = ("send by line", "send by sms", "submit")
PLACES = tuple(f"{when} {name}" for name in (*STEPS, *WIRES) for when in ("before", "after"))


@contextmanager
def haunted(parts: Parts) -> Iterator[Gremlin]:
    """The steps above with a gremlin between them."""
    gremlin = Gremlin()
    with pytest.MonkeyPatch.context() as patch:
        for name, (owner, attribute) in STEPS.items():
            patch.setattr(owner, attribute, gremlin.around(name, getattr(owner, attribute)))
        for name in ("line", "sms"):
            channel = parts.channels[name]
            patch.setattr(channel, "send", gremlin.around(f"send by {name}", channel.send))
        patch.setattr(parts.claims, "submit", gremlin.around("submit", parts.claims.submit))
        yield gremlin


JOBS = (worker.take_inbound, worker.send_outgoing, worker.hand_in_submissions)

# What time would do: every lease is over, everything put off is due, and a look-up may be trusted.
TIME_GOES_BY = (
    "UPDATE inbound SET lease_until = '-infinity', due_at = now() WHERE state = 'new'",
    "UPDATE outgoing SET lease_until = '-infinity', due_at = now(), first_attempt_at = now() - interval '5 seconds'"
    " WHERE state IN ('planned', 'sending', 'unknown')",
    "UPDATE submissions SET lease_until = '-infinity', due_at = now() WHERE state IN ('filed', 'pending')",
)
UNDER_WAY = """
SELECT (SELECT count(*) FROM inbound WHERE state = 'new')
     + (SELECT count(*) FROM outgoing WHERE state IN ('planned', 'sending', 'unknown'))
     + (SELECT count(*) FROM submissions WHERE state IN ('filed', 'pending'))
"""


def recover(work: worker.Worker) -> None:
    """Let time go by and work until nothing is left to do; raises AssertionError when that does not happen."""
    for _ in range(60):
        with autocommit(work.parts.db) as connection:
            for statement in TIME_GOES_BY:
                connection.execute(statement.encode())
        # A sender's rate, too, lets everything through in time; an emptied queue of moments stands still at first.
        work.parts.redis.flushdb()
        for pace in work.parts.paces.values():
            pace.hold(0)
        for job in JOBS:
            job(work)
        with autocommit(work.parts.db) as connection:
            row = connection.execute(UNDER_WAY).fetchone()
        if row == (0,):
            return
    raise AssertionError(f"{row} things are still under way")


class Postbox:
    """Where the emulator's webhooks go: they are kept here, to be delivered when and as often as a test likes."""

    def __init__(self) -> None:
        postbox = self
        self.letters: list[tuple[str, bytes, dict[str, str]]] = []
        self._changed = threading.Condition()

        class Slot(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                postbox.put(self.path, body, dict(self.headers))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.send_error(404)

            def log_message(self, *_words: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Slot)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def put(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        with self._changed:
            self.letters.append((path, body, headers))
            self._changed.notify_all()

    def take(self, count: int, path: str = "/webhooks/line") -> list[tuple[str, bytes, dict[str, str]]]:
        """The next so many letters for that path, when they are there."""
        with self._changed:
            came = self._changed.wait_for(lambda: sum(each[0] == path for each in self.letters) >= count, 60)
            assert came
            taken = [each for each in self.letters if each[0] == path][:count]
            self.letters = [each for each in self.letters if each not in taken]
            return taken

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
