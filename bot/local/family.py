"""Named child processes that start together, are put back up when they fall, and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

from bot.lifeline import launch_command

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # before each further start of a child that keeps falling
STEADY_SECONDS = 60.0  # after so long a fall counts as the first again
PATIENCE_SECONDS = 6.0  # for a child to finish what it is at
LOOK_SECONDS = 0.1

Say = Callable[[str, str], None]
"""Prints one line: who says it, and the line."""


@dataclass
class Child:
    """One process: what it is called, its command line, and the environment it runs in."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: int = 0
    due_at: float = 0.0


class Family:
    """Keeps its children running until told to stop. Its methods belong to one thread, the main one:

    Linux tells a child of the end of the *thread* that started it.
    """

    def __init__(self, children: Sequence[Child], say: Say, *, patience: float = PATIENCE_SECONDS) -> None:
        """They are started in this order and stopped in the opposite one; `say` gets every line of theirs."""
        self._children = children
        self._say = say
        self._patience = patience

    def look(self) -> None:
        """Start whoever is not up: at once the first time, after a growing pause when it fell."""
        for child in self._children:
            if child.process and child.process.poll() is not None:
                self._has_fallen(child, child.process)
            if child.process is None and time.monotonic() >= child.due_at:
                self._start(child)

    def stop(self) -> None:
        """End them one after the other, each gently and then by force; nothing of theirs is left."""
        for child in reversed(self._children):
            if child.process:
                _end(child.process, self._patience)
                child.process = None

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            launch_command(child.command, at_parent_death=signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(child.environment),
            # A group of its own: Ctrl-C is for us alone, and with the group go the child's own children.
            start_new_session=True,
        )
        child.started_at = time.monotonic()
        threading.Thread(target=self._relay, args=(child.name, child.process), daemon=True).start()

    def _has_fallen(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        _end(process, self._patience)
        if time.monotonic() - child.started_at > STEADY_SECONDS:
            child.falls = 0
        pause = PAUSES[min(child.falls, len(PAUSES) - 1)]
        child.falls += 1
        child.process, child.due_at = None, time.monotonic() + pause
        self._say(child.name, f"ended with {_ending(process.returncode)}; starts again in {pause:g} s")

    def _relay(self, name: str, process: subprocess.Popen[bytes]) -> None:
        output = process.stdout
        if output is None:
            return
        with output:
            for line in output:
                self._say(name, line.decode(errors="replace").rstrip())


@contextmanager
def until_told_to_stop() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C, SIGTERM or the end of the terminal; a second Ctrl-C interrupts as usual."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, tell) for number in numbers}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_up(family: Family, told: threading.Event, *, after_each_look: Callable[[], None] = lambda: None) -> None:
    """Look after the family until told to stop, then end it, whatever happens."""
    try:
        while not told.is_set():
            family.look()
            after_each_look()
            told.wait(LOOK_SECONDS)
    finally:
        family.stop()


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.terminate()
        process.wait(patience)
    # What the child started and did not end; the group's number stays taken while one of them lives.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"
