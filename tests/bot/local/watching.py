"""Reading what a started program says, and seeing whether processes are gone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.local.engine import command_line

PROGRAMS = Path(__file__).parent / "programs"
PROJECT = Path(__file__).resolve().parents[3]

Start = Callable[..., "subprocess.Popen[str]"]


def next_line(process: subprocess.Popen[str], with_word: str = "") -> str:
    """The next line of its output that holds the word; fails with all it said instead when there is none."""
    assert process.stdout
    said = []
    for line in process.stdout:
        if with_word in line:
            return line.strip()
        said.append(line)
    raise AssertionError("it ended, having said: " + "".join(said))


def all_gone_soon(pids: Iterable[int], *, within: float = 60.0) -> bool:
    """Whether every one of these processes ends in time (one that only waits to be counted has ended)."""
    deadline = time.monotonic() + within
    while any(command_line(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
