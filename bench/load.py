"""The load generator, a process of its own: posts the events of a run over connections that are kept open.

`python -m bench.load RUN PERSONS STEPS PORT CONNECTIONS RATE` waits for a line on its standard input, posts, and prints
{"statuses": {status: number}, "began": time, "posted": {reply token: time}}; times are of the machine's monotonic
clock. RATE is in events a second; 0 means as fast as the answers come.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

from bench.events import Posted, conversations
from bench.wire import cut
from bot.lifeline import die_with_parent

ANSWER_SECONDS = 30.0


class Load:
    """One run: what is still to be posted, and what became of what was."""

    def __init__(self, events: list[Posted], rate: float) -> None:
        self._events = events
        self._rate = rate
        self.statuses: Counter[str] = Counter()
        self.posted: dict[str, float] = {}
        self.began = 0.0

    async def run(self, port: int, shares: list[range]) -> None:
        """One connection for each share, which names events by their place."""
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in shares]
        self.began = time.monotonic()
        await asyncio.gather(*map(self._post_all, shares, *zip(*opened, strict=True)))

    async def _post_all(self, share: range, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in share:
            event = self._events[number]
            if self._rate:
                await asyncio.sleep(self.began + number / self._rate - time.monotonic())
            self.posted[event.reply_token] = time.monotonic()
            writer.write(event.request)
            head = await asyncio.wait_for(_answer(reader), ANSWER_SECONDS)
            self.statuses[head.split(b" ", 2)[1].decode()] += 1
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    data = await reader.read(65536)
    while not (message := cut(data)):
        more = await reader.read(65536)
        if not more:
            raise ConnectionError("the server hung up in the middle of an answer")
        data += more
    return message.head


def shares_of(persons: int, steps: int, connections: int) -> list[range]:
    """Whole persons to each connection, so that nobody's second word can overtake the first on its way."""
    used = max(number for number in range(1, connections + 1) if persons % number == 0)
    return [range(share, persons * steps, used) for share in range(used)]


def main() -> None:
    run, *numbers, rate = sys.argv[1:]
    persons, steps, port, connections = map(int, numbers)
    load = Load(list(conversations(run, persons, port=port, steps=steps)), float(rate))
    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(load.run(port, shares_of(persons, steps, connections)))
    print(json.dumps({"statuses": load.statuses, "began": load.began, "posted": load.posted}))


if __name__ == "__main__":
    die_with_parent()
    main()
