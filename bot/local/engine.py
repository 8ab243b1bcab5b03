"""What starting and stopping both engines have in common."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.lifeline import RunAs, launch_command

PAUSE_SECONDS = 0.02
READY_SECONDS = 120  # after a kill -9 the write-ahead log is replayed first
LOG_TAIL = 2000


class EnginesError(Exception):
    """Why the engines cannot run, in words for the person at the keyboard."""


class EngineFailed(EnginesError):
    """An engine ended, or did not answer in time; the end of its log is in the text."""


@dataclass(frozen=True)
class Running:
    """An engine that answers at `url`; `signals` end it, each after so many seconds of the one before."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    signals: Sequence[tuple[signal.Signals, float]]


def spawn(
    command: Sequence[str], *, log: Path, at_parent_death: signal.Signals, run_as: RunAs | None
) -> subprocess.Popen[bytes]:
    """Start an engine that ends with us, its output in `log` (of this start alone)."""
    with log.open("wb") as output:
        return subprocess.Popen(
            launch_command(command, at_parent_death=at_parent_death, run_as=run_as),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=clean_environment(),
            cwd="/",
            # Ctrl-C in the terminal is for us: the engines stop last, when we say so.
            start_new_session=True,
        )


def clean_environment() -> dict[str, str]:
    """No PGPORT, PGDATA or locale of the person's reaches an engine."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, log: Path) -> None:
    """Return once it answers; raises EngineFailed when it has ended or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not answers():
        if process.poll() is not None:
            raise EngineFailed(f"{name} ended with code {process.returncode}. Its last words:\n{tail(log)}")
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise EngineFailed(f"{name} did not answer within {READY_SECONDS} seconds. Its last words:\n{tail(log)}")
        time.sleep(PAUSE_SECONDS)


def stop(running: Running) -> None:
    """End it, first gently; returns when it is gone."""
    for number, patience in running.signals:
        if running.process.poll() is not None:
            return
        running.process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(patience)


def end_orphan(pid: int, *, mark: str, with_signal: signal.Signals) -> None:
    """End an engine that outlived its parent, if `pid` still is one: `mark` must stand in its command line.

    On Linux it is on its way out anyway; elsewhere this is what ends it. Raises EngineFailed if it stays.
    """
    deadline = time.monotonic() + 30
    asked = False
    while mark in command_line(pid):
        if time.monotonic() > deadline:
            raise EngineFailed(f"An engine of an earlier start (process {pid}) does not end. Stop it, then try again.")
        if not asked:
            with suppress(ProcessLookupError):
                os.kill(pid, with_signal)
            asked = True
        time.sleep(PAUSE_SECONDS)


def command_line(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    found = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout


def tail(log: Path) -> str:
    """The end of an engine's log."""
    return log.read_bytes()[-LOG_TAIL:].decode(errors="replace").strip() if log.exists() else ""
