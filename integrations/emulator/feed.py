"""What changed and when: one growing number over all that the page shows, and a way to wait for the next change."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

MAX_WAITING = 8  # each waiting page holds a server thread


@dataclass(eq=False)
class Item:
    """One thing to show; `seq` is its last change, `born` its first, `doc` what the page gets."""

    section: str
    owner: str
    doc: dict[str, Any]
    seq: int = 0
    born: int = 0
    hidden: dict[str, Any] = field(default_factory=dict)

    def saved(self) -> dict[str, Any]:
        """The document that `revived` reads."""
        return {"owner": self.owner, "doc": self.doc, "seq": self.seq, "born": self.born, "hidden": self.hidden}

    @classmethod
    def revived(cls, section: str, saved: dict[str, Any]) -> Item:
        """The item that was saved."""
        return cls(section, saved["owner"], saved["doc"], saved["seq"], saved["born"], saved["hidden"])


class Feed:
    """All items in the order of their last change."""

    def __init__(self) -> None:
        self._changes: list[tuple[int, Item]] = []
        self._seq = 0
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._listeners: dict[str, threading.Condition] = {}
        self._last: dict[str, int] = {}
        self._places = threading.BoundedSemaphore(MAX_WAITING)

    @property
    def seq(self) -> int:
        """The number of the last change."""
        return self._seq

    def note(self, item: Item) -> Item:
        """The item is new, or has changed."""
        with self._changed:
            self._seq += 1
            item.seq = self._seq
            item.born = item.born or self._seq
            item.doc["seq"] = self._seq
            self._changes.append((self._seq, item))
            self._last[item.owner] = self._seq
            self._changed.notify_all()
            if item.owner in self._listeners:
                self._listeners[item.owner].notify_all()
        return item

    def touch(self) -> None:
        """Something changed that is always sent whole, such as the people or the faults."""
        with self._changed:
            self._seq += 1
            self._changed.notify_all()

    def revive(self, items: list[Item]) -> None:
        """Take in what was saved; once, before the first change."""
        self._changes = [(item.seq, item) for item in sorted(items, key=lambda item: item.seq)]
        # A page that was open before a restart asks with its own number: leave a gap, so that ours is never below it.
        self._seq = (self._changes[-1][0] if self._changes else 0) + 1000

    def since(self, seq: int) -> tuple[int, list[Item]]:
        """(the present number, items changed after `seq`, in the order of their birth)."""
        with self._changed:
            start = bisect_right(self._changes, seq, key=lambda change: change[0])
            changed = [item for at, item in self._changes[start:] if item.seq == at]
            return self._seq, sorted(changed, key=lambda item: item.born)

    def wait(self, seq: int, seconds: float) -> None:
        """Return when something newer than `seq` exists or the time is over; at once when too many wait already."""
        if not self._places.acquire(blocking=False):
            return
        until = time.monotonic() + seconds
        try:
            with self._changed:
                while self._seq <= seq and (left := until - time.monotonic()) > 0:
                    self._changed.wait(left)
        finally:
            self._places.release()

    def wait_for(self, owner: str, seq: int, seconds: float) -> None:
        """Return when this owner has something newer than `seq`; hundreds may wait, only the one concerned wakes."""
        until = time.monotonic() + seconds
        with self._lock:
            listener = self._listeners.setdefault(owner, threading.Condition(self._lock))
            while self._last.get(owner, 0) <= seq and (left := until - time.monotonic()) > 0:
                listener.wait(left)
