"""One sender process of the mailing bench: `python -m bench.mailing_sender`, its settings in the environment.

It sends until a line comes on its standard input, then prints {"sent": …, "cpu": seconds of its own, "moments": […]},
the moments on the machine's monotonic clock at which it put its messages on the wire.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import deque
from typing import Any

from bot.deliveries.batches import Ready
from bot.deliveries.providers import Provider
from bot.deliveries.sender import Sender
from bot.lifeline import die_with_parent
from bot.logs import set_up_logs
from bot.parts import open_parts
from bot.settings import load_settings

MOST_MOMENTS = 10_000  # more would be memory of the bench's own


class Noting(Sender):
    """Notes when each message goes on the wire."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.moments: deque[tuple[float, int]] = deque(maxlen=MOST_MOMENTS)

    async def _put_on_the_wire(self, each: Ready, provider: Provider, let_out: float) -> None:
        self.moments.append((time.monotonic(), each.units))
        await super()._put_on_the_wire(each, provider, let_out)


def main() -> None:
    set_up_logs("error")
    with open_parts(load_settings(), threads=2) as parts:
        sender = Noting(parts)
        thread = threading.Thread(target=sender.run)
        thread.start()
        print("ready", flush=True)
        sys.stdin.readline()
        sender.stop()
        thread.join()
        told = {"sent": sender.sent, "cpu": time.process_time(), "moments": list(sender.moments)}
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**told, "memory": memory}), flush=True)


if __name__ == "__main__":
    die_with_parent()
    main()
