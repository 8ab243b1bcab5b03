"""The campaign's clock: the real one, or, to try the counter, one that can be moved and that all processes share."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.store.db import Pool, autocommit

FRESH_SECONDS = 0.3  # a moved clock is seen by every process within this time

READ = "SELECT ahead FROM demo_clock"
MOVE = "INSERT INTO demo_clock (ahead) VALUES (%(ahead)s) ON CONFLICT (one) DO UPDATE SET ahead = excluded.ahead"
START = "INSERT INTO demo_clock (ahead) VALUES (%(ahead)s) ON CONFLICT (one) DO NOTHING"


class Clock(Protocol):
    def now(self) -> datetime:
        """The campaign's time, aware, UTC."""
        ...


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """Runs at the real pace, but ahead of or behind the real time by what stands in the database."""

    def __init__(self, pool: Pool, *, start: datetime) -> None:
        """start: what the clock shows when it is used for the first time ever."""
        self._pool = pool
        self._ahead = timedelta()
        self._read_at = -FRESH_SECONDS
        with autocommit(pool) as connection:
            connection.execute(START, {"ahead": start - datetime.now(UTC)})

    def now(self) -> datetime:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            with autocommit(self._pool) as connection:
                row = connection.execute(READ).fetchone()
            self._ahead = row[0] if row else timedelta()
            self._read_at = time.monotonic()
        return datetime.now(UTC) + self._ahead

    def move(self, to: datetime) -> datetime:
        """Set it, for every process; gives the new time."""
        ahead = to - datetime.now(UTC)
        with autocommit(self._pool) as connection:
            connection.execute(MOVE, {"ahead": ahead})
        self._read_at = -FRESH_SECONDS
        return self.now()
