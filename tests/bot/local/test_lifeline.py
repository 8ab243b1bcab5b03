"""Nobody outlives the process that started them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from bot.lifeline import RunAs, die_with_parent, launch_command
from tests.bot.local.watching import PROJECT, Start, all_gone_soon, next_line


def test_a_child_whose_parent_has_already_ended_ends_at_once() -> None:
    orphan = multiprocessing.get_context("spawn").Process(target=die_with_parent, args=(2**22 + 1,))
    orphan.start()
    orphan.join(60)
    assert -signal.SIGKILL == orphan.exitcode


def test_the_workers_of_a_killed_web_server_end_too(start: Start) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = start("tied_app.py", str(port))
    workers = [[int(number) for number in next_line(server, "tied ").split()[1:]] for _ in range(2)]
    assert {server.pid} == {parent for _, parent in workers}

    server.kill()

    assert all_gone_soon(pid for pid, _ in workers)


def test_what_is_launched_keeps_the_capabilities_that_were_named_and_no_others() -> None:
    held = _status_of_a_launched_process(RunAs(65534, 65534, (2,)) if os.geteuid() == 0 else None)
    assert (1 << 2 if os.geteuid() == 0 else 0) == int(held["CapEff"], 16)


def test_what_is_launched_as_another_user_without_capabilities_has_none() -> None:
    held = _status_of_a_launched_process(RunAs(65534, 65534) if os.geteuid() == 0 else None)
    assert 0 == int(held["CapPrm"], 16)


def test_a_program_below_a_closed_folder_is_found_by_who_is_launched_to_reach_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    program = shutil.copy("/bin/true", tmp_path)
    run_as = RunAs(65534, 65534, (2,)) if os.geteuid() == 0 else None
    command = launch_command(["/usr/bin/test", "-x", program], at_parent_death=signal.SIGKILL, run_as=run_as)
    assert 0 == subprocess.run(command, check=False).returncode


def test_what_is_launched_for_a_parent_that_has_ended_does_not_start() -> None:
    command = launch_command(["/bin/echo", "started"], at_parent_death=signal.SIGKILL)
    as_if_by_another = [*command[:4], "4194305", *command[5:]]
    done = subprocess.run(as_if_by_another, capture_output=True, text=True, check=False)
    assert (1, "") == (done.returncode, done.stdout)


def _status_of_a_launched_process(run_as: RunAs | None) -> dict[str, str]:
    command = launch_command(["/bin/cat", "/proc/self/status"], at_parent_death=signal.SIGKILL, run_as=run_as)
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    return dict(line.split(":\t", 1) for line in done.stdout.splitlines() if ":\t" in line)
