"""The emulator's time: one clock that can be set (events, chats) and one that cannot (lives of tokens)."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import structlog

from integrations.emulator.outgoing import HttpSender, Unreachable

JST = timezone(timedelta(hours=9))
ADOPT_EVERY = 1.0  # seconds between two looks for a counter that is not up yet

log = structlog.get_logger(__name__)


class Clock:
    """now() = real time + an offset; life() = real seconds that pass `speed` times as fast."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._lock = threading.Lock()
        self._speed = 1.0
        self._mark = (time.time(), time.monotonic())

    def now(self) -> datetime:
        """The time of the emulated world, aware, in Japan's zone."""
        return datetime.now(JST) + self._offset

    def epoch_ms(self) -> int:
        """The same, as LINE writes event times."""
        return int(self.now().timestamp() * 1000)

    def set(self, at: datetime) -> None:
        """Make this the present moment; `at` must be aware."""
        if at.tzinfo is None:
            raise ValueError("a time needs its offset, such as 2023-04-05T10:00:00+09:00")
        self._offset = at - datetime.now(UTC)

    def life(self) -> float:
        """Seconds for measuring lives of tokens and keys; starts at the epoch so that it goes on after a restart."""
        base, since = self._mark
        return base + (time.monotonic() - since) * self._speed

    @property
    def speed(self) -> float:
        """How many seconds of a token's life pass in one real second."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Let tokens age faster or slower from now on."""
        if not 0 < speed <= 100_000:
            raise ValueError("speed must be above 0 and at most 100000")
        with self._lock:
            self._mark = (self.life(), time.monotonic())
            self._speed = speed


class CounterClock:
    """Keeps the counter's demonstration clock and the emulator's at the same time, as far as the counter has one."""

    def __init__(self, clock: Clock, sender: HttpSender, counter_url: str) -> None:
        self._clock = clock
        self._sender = sender
        self._url = f"{counter_url}/demo/clock"
        self._settled = threading.Event()
        self._last_look = 0.0
        self._looking = threading.Lock()

    def start(self) -> None:
        """Look for the counter in the background until it has answered once."""
        threading.Thread(target=self._look_until_settled, name="emulator-clock", daemon=True).start()

    def stop(self) -> None:
        """Stop looking."""
        self._settled.set()

    def set(self, at: datetime) -> bool:
        """Set our clock, then the counter's; whether the counter took it over."""
        self._settled.set()
        self._clock.set(at)
        body = json.dumps({"at": at.isoformat()}).encode()
        try:
            answer = self._sender.send("POST", self._url, {"Content-Type": "application/json"}, body=body, timeout=3)
        except Unreachable:
            return False
        return answer.status == 200

    def adopt(self) -> None:
        """Take over the counter's time if that has not happened yet; asks at most once a second."""
        if self._settled.is_set() or not self._looking.acquire(timeout=ADOPT_EVERY):
            return
        try:
            if not self._settled.is_set() and time.monotonic() - self._last_look >= ADOPT_EVERY:
                self._last_look = time.monotonic()
                self._look()
        finally:
            self._looking.release()

    def _look(self) -> None:
        try:
            answer = self._sender.send("GET", self._url, {}, timeout=1)
        except Unreachable:
            return
        if self._settled.is_set():
            return
        if answer.status == 200:
            try:
                self._clock.set(datetime.fromisoformat(json.loads(answer.body)["now"]))
            except (ValueError, KeyError, TypeError):
                log.warning("emulator.counter_clock_unreadable")
        if answer.status < 500:
            self._settled.set()

    def _look_until_settled(self) -> None:
        while not self._settled.is_set():
            self.adopt()
            self._settled.wait(ADOPT_EVERY)
