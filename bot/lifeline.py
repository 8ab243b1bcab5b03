"""Processes that end with the process that started them, also when that one is killed with -9.

Run as a file (`python lifeline.py …`) it is the launcher that `launch_command` names: it ties itself to its parent,
becomes another user where asked, and then turns into the program. Standard library alone: it starts in some 15 ms.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 4
CAPABILITY_VERSION_3 = 0x20080522
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class RunAs:
    """Another user to run as; `capabilities` (numbers of capabilities(7)) are what it keeps of root's."""

    uid: int
    gid: int
    capabilities: tuple[int, ...] = ()


def die_with_parent(parent: int | None = None) -> None:
    """End this process at once when its parent ends; ends it here and now if `parent` has already ended.

    `parent` is the pid this process was started by; without it, multiprocessing is asked, then the system.
    On Linux the kernel does it (and counts the *thread* that started us as the parent), elsewhere a thread looks.
    """
    started_by = multiprocessing.parent_process()
    expected = parent or (started_by.pid if started_by else None) or os.getppid()
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(expected,), name="lifeline", daemon=True).start()
    if os.getppid() != expected:
        os.kill(os.getpid(), signal.SIGKILL)


def launch_command(
    command: Sequence[str], *, at_parent_death: signal.Signals, run_as: RunAs | None = None
) -> list[str]:
    """The command line that runs `command` as a child of this process that gets the signal when this one dies.

    Start it from a thread that lives as long as the process: Linux takes the end of that thread for the parent's.
    """
    uid, gid = (run_as.uid, run_as.gid) if run_as else (-1, -1)
    capabilities = ",".join(map(str, run_as.capabilities)) if run_as else ""
    start = [sys.executable, "-I", "-S", __file__]
    return [*start, str(os.getpid()), str(int(at_parent_death)), str(uid), str(gid), capabilities, *command]


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _launch(arguments: Sequence[str]) -> None:
    parent, at_parent_death, uid, gid = map(int, arguments[:4])
    capabilities = [int(number) for number in arguments[4].split(",") if number]
    if uid >= 0:
        _become(uid, gid, capabilities)
    if sys.platform == "linux":
        # After the change of user, which would clear it.
        _prctl(PR_SET_PDEATHSIG, at_parent_death)
    if os.getppid() != parent:
        sys.exit("the process that asked for this one has ended")
    os.execv(arguments[5], list(arguments[5:]))  # noqa: S606 - the command is our own


def _become(uid: int, gid: int, capabilities: Sequence[int]) -> None:
    if capabilities:
        # setuid() then takes none away, and neither does access(), by which PostgreSQL looks for its programs.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capabilities:
        _keep(capabilities)


def _keep(capabilities: Sequence[int]) -> None:
    """Hold exactly these, through execve too (ambient), see capabilities(7)."""
    wanted = sum(1 << number for number in capabilities)
    words = [wanted & 0xFFFFFFFF] * 3 + [wanted >> 32] * 3
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    if _libc().capset(header, (ctypes.c_uint32 * 6)(*words)):
        raise OSError(ctypes.get_errno(), "capset")
    for number in capabilities:
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number)


def _prctl(option: int, *values: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _libc().prctl(ctypes.c_int(option), *padded):
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    _launch(sys.argv[1:])
