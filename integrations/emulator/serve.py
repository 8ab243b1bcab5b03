"""Runs the emulator until it is told to stop: granian with one worker, which holds all the state."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import sys
from functools import partial

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from integrations.emulator.app import app_of
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.world import World

THREADS = 32
PR_SET_PDEATHSIG = 1


def serve(config: EmulatorConfig) -> None:
    """Serve until SIGTERM or SIGINT."""
    server = Granian(
        target="integrations.emulator",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,  # its warning about threads and cores is not for long polls
    )
    server.serve(target_loader=partial(_load, config, os.getpid()), wrap_loader=False)


def _load(config: EmulatorConfig, parent: int) -> Flask:
    """The started application, inside the worker process."""
    _die_with(parent)
    world = World(config)
    world.start()
    atexit.register(world.stop)
    return app_of(world)


def _die_with(parent: int) -> None:
    """Let Linux end this worker when the process that started it is killed; elsewhere it must be stopped."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)
