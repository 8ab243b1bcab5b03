"""What must survive a restart of the emulator: JSON documents in one sqlite3 file, written behind in batches."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

BATCH = 500

PUT = "INSERT INTO document (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"
DROP = "DELETE FROM document WHERE kind = ? AND id = ?"
LOAD = "SELECT body FROM document WHERE kind = ? ORDER BY rowid"
SCHEMA = """
CREATE TABLE IF NOT EXISTS document (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id))
"""

Write = tuple[str, tuple[str, ...]]


class Store:
    """Documents by kind and id: read once, at the start; writes return at once, the file has them soon after."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        # The log survives a killed process without fsync; only a power cut can lose the last moments of play.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(SCHEMA)
        self._lock = threading.Lock()
        self._writes: queue.SimpleQueue[Write | threading.Event | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_behind, name="emulator-store", daemon=True)
        self._writer.start()

    def load(self, kind: str) -> Iterator[dict[str, Any]]:
        """All documents of a kind, oldest first."""
        with self._lock:
            rows = self._connection.execute(LOAD, (kind,)).fetchall()
        return (json.loads(body) for (body,) in rows)

    def put(self, kind: str, key: str, body: dict[str, Any]) -> None:
        """Keep this document, in place of an older one with the same kind and key."""
        self._writes.put((PUT, (kind, key, json.dumps(body, ensure_ascii=False))))

    def drop(self, kind: str, key: str) -> None:
        """Forget a document."""
        self._writes.put((DROP, (kind, key)))

    def flush(self) -> None:
        """Return when all that was put before is in the file."""
        written = threading.Event()
        self._writes.put(written)
        written.wait(10)

    def close(self) -> None:
        """Write what is left and close the file."""
        self._writes.put(None)
        self._writer.join(10)
        self._connection.close()

    def _write_behind(self) -> None:
        going = True
        while going:
            batch = [self._writes.get()]
            while len(batch) < BATCH and not self._writes.empty():
                batch.append(self._writes.get())
            going = None not in batch
            self._write([item for item in batch if isinstance(item, tuple)])
            for item in batch:
                if isinstance(item, threading.Event):
                    item.set()

    def _write(self, batch: list[Write]) -> None:
        if not batch:
            return
        with self._lock:
            self._connection.execute("BEGIN")
            for statement, values in batch:
                self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
