"""Receipts on their way into the record: written together with those that come at the same moment, answered after.

While PostgreSQL is away they are kept in files of DATA_DIR/spool, and are written in their order when it is back. A
receipt is only answered with yes when it is in one of the two; otherwise the provider brings it again.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store import deliveries
from bot.store.deliveries import Word

MOST_AT_ONCE = 1000
RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 10.0
DATABASE_AWAY = (psycopg.Error, PoolTimeout)
# Another version's, damaged, or what no column takes: it would be the same at every try.
RUBBISH = (psycopg.DataError, psycopg.IntegrityError, ValueError, TypeError, LookupError, AttributeError)
SET_ASIDE = ".unreadable"

log = structlog.get_logger(__name__)

_Waiting = tuple[Word, "Future[None]"]


class Receipts:
    """The receipts of one process; take() is safe for threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._spool = parts.settings.data_dir / "spool"
        self._arrived: SimpleQueue[_Waiting] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._starting = threading.Lock()

    def take(self, word: Word) -> None:
        """Return when it is kept, in the record or on disk; raises OSError when it can be kept in neither."""
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_all, name="receipts", daemon=True)
                self._writer.start()
        kept: Future[None] = Future()
        self._arrived.put((word, kept))
        kept.result(PATIENCE_SECONDS)

    def _write_all(self) -> None:
        while True:
            batch: list[_Waiting] = []
            try:
                batch = self._batch()
                self._keep([word for word, _ in batch])
            except Exception as error:
                log.exception("receipts.not_kept", receipts=len(batch))
                for _, kept in batch:
                    kept.set_exception(error)
                continue
            for _, kept in batch:
                kept.set_result(None)

    def _batch(self) -> list[_Waiting]:
        """Whatever has come while the last batch was written; meanwhile what is on disk is tried again."""
        first: _Waiting | None = None
        while first is None:
            try:
                first = self._arrived.get(timeout=RETRY_SECONDS)
            except Empty:
                self.replay()
        batch = [first]
        while len(batch) < MOST_AT_ONCE and not self._arrived.empty():
            batch.append(self._arrived.get())
        return batch

    def _keep(self, words: Sequence[Word]) -> None:
        if self.replay():
            try:
                deliveries.hear(self._parts.db, words, at=self._parts.clock.now())
            except DATABASE_AWAY as error:
                log.warning("receipts.database_away", error=type(error).__name__, receipts=len(words))
            else:
                return
        self._put_on_disk(words)

    def replay(self) -> bool:
        """Write what is on disk, the oldest first; False while PostgreSQL does not take it."""
        for file in sorted(self._spool.glob("*.json")):
            try:
                words = _words(file)
            except FileNotFoundError:
                continue  # another process was quicker
            except OSError as error:
                log.error("receipts.cannot_read", file=file.name, error=type(error).__name__)
                continue
            except RUBBISH as error:
                file.replace(file.with_suffix(SET_ASIDE))
                _tell_why(file, {"": error})
                continue
            try:
                rejected = self._rejected(words)
            except DATABASE_AWAY:
                return False
            if rejected:
                _write(file.with_suffix(SET_ASIDE), [word for word, _ in rejected])
                _tell_why(file, {str(word.id): error for word, error in rejected})
            file.unlink(missing_ok=True)
            log.info("receipts.replayed", receipts=len(words) - len(rejected))
        return True

    def _rejected(self, words: Sequence[Word]) -> list[tuple[Word, Exception]]:
        """Write them; gives those that PostgreSQL will never take, each with why, so that no other waits for it."""
        try:
            deliveries.hear(self._parts.db, words, at=self._parts.clock.now())
        except RUBBISH as error:
            return [(words[0], error)] if len(words) == 1 else [one for word in words for one in self._rejected([word])]
        return []

    def _put_on_disk(self, words: Sequence[Word]) -> None:
        self._spool.mkdir(parents=True, exist_ok=True)
        _write(self._spool / f"{time.time_ns():020d}-{uuid7().hex}.json", words)


def _write(file: Path, words: Sequence[Word]) -> None:
    # Written beside and renamed: half a file must not be read.
    unfinished = file.with_suffix(".new")
    with unfinished.open("w") as out:
        json.dump([{**asdict(word), "id": str(word.id)} for word in words], out)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(file)


def _tell_why(file: Path, reasons: Mapping[str, Exception]) -> None:
    """For a person to look at: beside what was set aside, a line for each reason."""
    told = (f"{delivery} {type(error).__name__}: {error}".strip() for delivery, error in reasons.items())
    file.with_suffix(".why").write_text("\n".join(told) + "\n")
    kinds = sorted({type(error).__name__ for error in reasons.values()})
    log.error("receipts.set_aside", file=file.name, receipts=len(reasons), errors=kinds)


def _words(file: Path) -> list[Word]:
    return [Word(**{**each, "id": UUID(each["id"])}) for each in json.loads(file.read_text())]


def attempt_of(reference: str) -> tuple[UUID, int] | None:
    """The delivery and the attempt that a reference names; None when it is none of ours."""
    delivery, _, number = reference.partition(".")
    try:
        return UUID(hex=delivery), int(number)
    except ValueError:
        return None
