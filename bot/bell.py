"""The bell: tells workers, on any machine, that there is something to do (LISTEN and NOTIFY).

PostgreSQL lets notifying transactions commit one after the other, each with its own fsync. So nobody notifies inside a
transaction that matters: the rows are committed first, and one connection of the process's own rings afterwards, at
most once in a few milliseconds and without waiting for the disk. A ring that is lost costs a poll, never a row.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from functools import cache
from types import TracebackType
from typing import Self

import psycopg
import structlog
from psycopg import sql

CHANNEL = "madoguchi_work"
AT_MOST_EVERY = 0.01
PATIENCE = 1.0

log = structlog.get_logger(__name__)


class Bell:
    """Rings for kinds of work ("inbound", "outgoing", "submissions"); safe for threads."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._rung: set[str] = set()
        self._changed = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join(timeout=PATIENCE)

    def ring(self, kind: str) -> None:
        """Say that there is work of this kind; returns at once."""
        with self._changed:
            self._rung.add(kind)
            self._changed.notify()

    def _run(self) -> None:
        while self._open:
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute("SET synchronous_commit = off")
                    self._ring_on(connection)
            except psycopg.Error as error:
                log.warning("bell.silent", error=type(error).__name__)
                time.sleep(PATIENCE)

    def _ring_on(self, connection: psycopg.Connection) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._rung or not self._open)
                if not self._open:
                    return
                rung, self._rung = self._rung, set()
            for kind in rung:
                connection.execute(_notify(kind))
            time.sleep(AT_MOST_EVERY)


@cache
def _notify(kind: str) -> bytes:
    return sql.SQL("NOTIFY {}, {}").format(sql.Identifier(CHANNEL), sql.Literal(kind)).as_bytes()


class Ear:
    """Hears the bell: one thread of the process listens, any number of threads wait for their kind of work."""

    def __init__(self, database_url: str, kinds: Iterable[str]) -> None:
        self._url = database_url
        self._events = {kind: threading.Event() for kind in kinds}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)
        self._thread.start()

    def wait(self, kind: str, seconds: float) -> None:
        """Until there may be work of this kind, at most that long."""
        event = self._events[kind]
        event.wait(seconds)
        event.clear()

    def wake(self, *kinds: str) -> None:
        """Let those look who wait for these kinds of work; everybody, if none is named."""
        for kind in kinds or self._events:
            self._events[kind].set()

    def close(self) -> None:
        self._stop.set()
        self.wake()
        self._thread.join(timeout=2 * PATIENCE)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    self.wake()
                    self._listen(connection)
            except psycopg.Error as error:
                log.warning("ear.deaf", error=type(error).__name__)
                self._stop.wait(PATIENCE)

    def _listen(self, connection: psycopg.Connection) -> None:
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=PATIENCE, stop_after=1):
                if notice.payload in self._events:
                    self._events[notice.payload].set()
