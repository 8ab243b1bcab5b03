"""Sends what turns have said without keeping turns waiting, and records what became of it, many at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

import structlog

from bot import delivery
from bot.delivery import ToSend
from bot.parts import Parts
from bot.store import outgoing
from bot.store.db import Pool
from bot.store.outgoing import Settled

SENDERS = 16  # messages on the wire at once, in one process
MOST_WAITING = 32  # committed attempts that may stand in the queue; beyond it turns wait
LONGEST_WAIT = 3.0  # seconds since the lease began; later, it could run out while the message is on the wire
MOST_SETTLED_AT_ONCE = 200

log = structlog.get_logger(__name__)


class Dispatch:
    """Until start() it sends in place: send() returns when all is recorded. After it, threads do both."""

    def __init__(self, parts: Parts, leases: Pool, *, on_free: Callable[[], None]) -> None:
        """on_free is called when somebody who has more to say was answered."""
        self._parts = parts
        self._leases = leases
        self._on_free = on_free
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._waiting: SimpleQueue[ToSend | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Settled | None] = SimpleQueue()
        self._senders = [threading.Thread(target=self._send_all, name=f"send-{n}") for n in range(SENDERS)]
        self._settler = threading.Thread(target=self._settle_all, name="settle")

    def start(self) -> None:
        for thread in (*self._senders, self._settler):
            thread.start()

    def close(self) -> None:
        """Finish what was handed over."""
        if not self._settler.is_alive():
            return
        for _ in self._senders:
            self._waiting.put(None)
        for thread in self._senders:
            thread.join()
        self._outcomes.put(None)
        self._settler.join()

    def send(self, messages: Sequence[ToSend]) -> None:
        """Take over committed attempts that are leased to us."""
        if not self._settler.is_alive():
            self._settle([delivery.send(self._parts, message) for message in messages])
            return
        for message in messages:
            self._room.acquire()
            self._waiting.put(message)

    def _send_all(self) -> None:
        while message := self._waiting.get():
            self._room.release()
            if time.monotonic() - message.leased_at < LONGEST_WAIT:
                self._outcomes.put(delivery.send(self._parts, message))
            else:
                # Its lease runs out, and whoever takes it then looks after what may have become of it.
                log.warning("dispatch.too_late", outgoing=str(message.id))

    def _settle_all(self) -> None:
        while outcome := self._outcomes.get():
            outcomes = [outcome, *self._at_hand()]
            try:
                self._settle(outcomes)
            except Exception as error:
                # The rows stay as they are: sent, with an outcome that is found out when their lease is over. There is
                # no other thread to do this: it goes on, whatever happened.
                log.warning("dispatch.not_settled", error=type(error).__name__, messages=len(outcomes))

    def _at_hand(self) -> list[Settled]:
        found: list[Settled] = []
        while len(found) < MOST_SETTLED_AT_ONCE:
            try:
                outcome = self._outcomes.get_nowait()
            except Empty:
                break
            if outcome is None:
                self._outcomes.put(None)
                break
            found.append(outcome)
        return found

    def _settle(self, outcomes: Sequence[Settled]) -> None:
        if outcomes and outgoing.settle(self._leases, outcomes):
            self._on_free()
