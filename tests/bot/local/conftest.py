"""Programs that are started, watched and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bot.lifeline import RunAs, launch_command
from tests.bot.local.watching import PROGRAMS, PROJECT, Start


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program of the folder `programs`, its output to be read; what still runs at the end is killed."""
    with ExitStack() as started:

        def start(name: str, *arguments: str, run_as: RunAs | None = None) -> subprocess.Popen[str]:
            command = [sys.executable, str(PROGRAMS / name), *arguments]
            process = subprocess.Popen(
                launch_command(command, at_parent_death=signal.SIGKILL, run_as=run_as) if run_as else command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env={**os.environ, "PYTHONPATH": f"{PROJECT}:{PROGRAMS}"},
            )
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start
