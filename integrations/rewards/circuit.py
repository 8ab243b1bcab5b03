"""A circuit that rests: after some failures in a row nobody calls for a while, then one failure more opens it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 5
REST_SECONDS = 30.0


class Circuit:
    """Shared by all threads of a process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0

    def rest(self) -> float:
        """For how many seconds nobody is to call; 0 when calls may go through."""
        with self._lock:
            return max(0.0, self._rests_until - self._clock())

    def answered(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._rests_until = self._clock() + REST_SECONDS
