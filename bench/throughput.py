"""One run of the load generator against a bot, watched at the stub."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.events import STEPS
from bench.processes import end, start

CONNECTIONS = 32
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Run:
    """What a run came to. latencies: from POST to the arrival of the reply, in seconds, sorted."""

    events: int
    seconds: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        """Events fully answered a second, until the last reply had reached LINE's side."""
        return self.events / self.seconds


def answered(name: str, *, port: int, stub_port: int, persons: int, steps: int = len(STEPS), rate: float = 0) -> Run:
    """Post the conversations of so many persons and wait until every event has its reply.

    name: of hexadecimal digits, another one for each run on the same bot. rate: events a second, 0 for all that the
    bot takes. Raises AssertionError when an event was refused or answered by a push, TimeoutError when one was not.
    """
    events = persons * steps
    _ask(stub_port, "POST", "/forget")
    arguments = [name, persons, steps, port, CONNECTIONS, rate]
    load = start(["bench.load", *map(str, arguments)], environment={})
    try:
        assert load.stdin is not None
        assert load.stdout is not None
        assert load.stdout.readline() == "ready\n"
        load.stdin.write("\n")
        load.stdin.flush()
        posted = json.loads(load.stdout.readline())
    finally:
        end(load)
    assert posted["statuses"] == {"200": events}, posted["statuses"]
    _ask(stub_port, "GET", f"/wait/{events}")
    seen = _ask(stub_port, "GET", "/arrivals")
    assert seen["pushes"] == 0
    arrivals = seen["arrivals"]
    latencies = sorted(arrivals[token] - at for token, at in posted["posted"].items())
    return Run(events, max(arrivals.values()) - posted["began"], latencies)


def percentile(sorted_values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * percent / 100))]


def _ask(port: int, method: str, target: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, target, headers={"Content-Length": "0"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
