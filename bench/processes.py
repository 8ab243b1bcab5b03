"""The processes of a run: each ends with us, whatever ends us, and by its own pid when its part is over."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.lifeline import launch_command
from bot.settings import PROJECT, process_environment

START_SECONDS = 60.0
STOP_SECONDS = 15.0


class NotStarted(Exception):
    """A process of the run ended at its start, or did not answer; the end of what it printed is in the text."""


def start(module: Sequence[str], *, environment: Mapping[str, str], log: Path | None = None) -> subprocess.Popen[str]:
    """`python -m module …` with its input and output on pipes, or its output in `log`."""
    with (log or Path(os.devnull)).open("a") as output:
        return subprocess.Popen(
            launch_command([sys.executable, "-m", *module], at_parent_death=signal.SIGKILL),
            stdin=subprocess.PIPE,
            stdout=output if log else subprocess.PIPE,
            stderr=output if log else None,
            env={**process_environment(), "PYTHONPATH": str(PROJECT), **environment},
            cwd=PROJECT,
            start_new_session=True,
            text=True,
        )


@contextmanager
def running(module: Sequence[str], *, environment: Mapping[str, str], log: Path, port: int = 0) -> Iterator[int]:
    """A process for as long as the `with` lasts; gives its pid once `port` answers. Raises NotStarted."""
    process = start(module, environment=environment, log=log)
    try:
        if port:
            _wait_for(port, process, log)
        yield process.pid
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Gently, then by force; its own children go with it."""
    with suppress(subprocess.TimeoutExpired):
        process.terminate()
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStarted(log.read_text()[-3000:])
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
