"""The embedded PostgreSQL and Valkey: real servers from wheels, in a folder of ours, for as long as a `with` lasts.

EnginesError                what a person can read and act on
├── DataFolderBusy          another process has engines on this folder
└── EngineFailed            an engine did not start; holds the end of its log
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.local import postgres, valkey
from bot.local.engine import EngineFailed, EnginesError, Running, stop
from bot.local.folder import DataFolder, DataFolderBusy, held_by, hold

__all__ = ["DataFolderBusy", "EngineFailed", "Engines", "EnginesError", "embedded_engines", "running_engines"]


@dataclass(frozen=True)
class Engines:
    """Where the engines answer: a libpq address and a redis-py address, both of unix sockets."""

    database_url: str
    redis_url: str
    processes: tuple[subprocess.Popen[bytes], ...] = ()


@contextmanager
def embedded_engines(data_dir: Path) -> Iterator[Engines]:
    """Both engines on what `data_dir` holds, made if it is new, stopped cleanly at the end; raises EnginesError.

    They end with this process whatever ends it. Call it in the main thread.
    """
    with hold(data_dir) as folder:
        started: list[Running] = []
        try:
            started.append(postgres.start(folder))
            started.append(valkey.start(folder))
            engines = Engines(started[0].url, started[1].url, tuple(running.process for running in started))
            _write_record(folder, engines)
            yield engines
        finally:
            _record(folder.path).unlink(missing_ok=True)
            for running in reversed(started):
                stop(running)


def running_engines(data_dir: Path) -> Engines | None:
    """The engines that another process keeps on this folder now, or None; so that commands find those of `try`."""
    with suppress(FileNotFoundError, ValueError, TypeError):
        if held_by(data_dir):
            return Engines(**json.loads(_record(data_dir).read_text()))
    return None


def _record(data_dir: Path) -> Path:
    return data_dir / "engines.json"


def _write_record(folder: DataFolder, engines: Engines) -> None:
    addresses = asdict(Engines(engines.database_url, engines.redis_url))
    del addresses["processes"]
    _record(folder.path).write_text(json.dumps(addresses))
