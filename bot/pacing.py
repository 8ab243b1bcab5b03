"""A sender's rate as a channel keeps to it: what somebody waits for takes its turn, or goes back until there is one."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

from bot.store.pace import INTERACTIVE_AHEAD, Pace
from integrations.channel import SendLater

PACED = "paced_429"  # as with a provider's own 429 no try is counted


def turn_at(pace: Pace) -> Callable[[int], None]:
    """Waits for the moment of a message of so many units; raises SendLater when that is far."""

    def wait_turn(units: int) -> None:
        moment = pace.reserve(units, ahead=INTERACTIVE_AHEAD)
        if not moment.granted:
            raise SendLater(PACED, retry_after=moment.wait)
        time.sleep(moment.wait)
        mark = uuid4().hex
        while pace.counts and (wait := pace.let_out(units, mark)):
            time.sleep(wait)

    return wait_turn
