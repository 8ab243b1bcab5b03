"""A family starts together, gets its fallen back up, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from tests.bot.local.watching import Start, all_gone_soon, next_line


def test_a_killed_supervisor_leaves_neither_children_nor_grandchildren(start: Start) -> None:
    supervisor, everyone = _family(start)
    supervisor.kill()
    assert all_gone_soon(everyone)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_supervisor_ends_the_family_first(start: Start, number: signal.Signals) -> None:
    supervisor, everyone = _family(start)
    supervisor.send_signal(number)
    assert 0 == supervisor.wait(60)
    assert all_gone_soon(everyone, within=0)


def test_a_child_that_does_not_end_when_asked_is_ended_by_force(start: Start) -> None:
    supervisor, everyone = _family(start, "stubborn")
    asked_at = time.monotonic()
    supervisor.terminate()
    assert 0 == supervisor.wait(60)
    assert all_gone_soon(everyone, within=0)
    assert time.monotonic() - asked_at < 60


def test_a_fallen_child_is_put_back_up_with_its_own_children_ended(start: Start) -> None:
    supervisor, everyone = _family(start)
    web, web_child = everyone[:2]
    _kill(web)
    assert "web ended with SIGKILL; starts again in 0.5 s" == next_line(supervisor, "web ended")
    assert all_gone_soon([web, web_child])
    again, _ = _pids(next_line(supervisor, "web up"))
    _kill(again)
    assert "web ended with SIGKILL; starts again in 1 s" == next_line(supervisor, "web ended")


def _family(start: Start, *arguments: str) -> tuple[subprocess.Popen[str], list[int]]:
    """The supervisor, and the pids of web, its child, worker, its child."""
    supervisor = start("keep_family.py", *arguments)
    lines = sorted(next_line(supervisor, " up ") for _ in range(2))
    return supervisor, [pid for line in lines for pid in _pids(line)]


def _pids(line: str) -> tuple[int, int]:
    _, _, parent, child = line.split()
    return int(parent), int(child)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
