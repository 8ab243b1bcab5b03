"""The embedded engines: whole after every kind of end, one holder a folder, for root and for anybody else."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from bot.lifeline import RunAs
from bot.local.engines import DataFolderBusy, Engines, EnginesError, embedded_engines, running_engines
from tests.bot.local.watching import Start, all_gone_soon, next_line

CAP_DAC_READ_SEARCH = 2  # lets the other user reach a Python that stands below /root


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="madoguchi-test-"))
    yield path
    shutil.rmtree(path)


def test_what_was_kept_is_there_after_a_clean_stop(folder: Path) -> None:
    for round_number in (1, 2):
        with embedded_engines(folder) as engines:
            _keep(engines)
            assert (round_number, round_number) == _kept(engines)
    assert all_gone_soon(process.pid for process in engines.processes)
    assert running_engines(folder) is None


def test_a_killed_holder_leaves_no_process_and_loses_nothing(folder: Path, start: Start) -> None:
    for _ in range(3):
        holder = start("keep_engines.py", str(folder))
        engine_pids = json.loads(next_line(holder))
        holder.kill()
        assert all_gone_soon(engine_pids)
    with embedded_engines(folder) as engines:
        assert (3, 3) == _kept(engines)


def test_engines_killed_with_their_holder_come_back_whole(folder: Path, start: Start) -> None:
    holder = start("keep_engines.py", str(folder))
    engine_pids = json.loads(next_line(holder))
    for pid in (*engine_pids, holder.pid):
        os.kill(pid, signal.SIGKILL)
    holder.wait()
    with embedded_engines(folder) as engines:
        # Valkey's file is flushed every second: its last write may be gone, PostgreSQL's never.
        assert 1 == _kept(engines)[0]


def test_a_new_start_does_not_wait_for_the_old_engines_to_be_gone(folder: Path, start: Start) -> None:
    holder = start("keep_engines.py", str(folder))
    next_line(holder)
    holder.kill()
    holder.wait()
    with embedded_engines(folder) as engines:
        assert 1 == _kept(engines)[0]


def test_a_second_start_on_the_folder_says_who_holds_it(folder: Path, start: Start) -> None:
    holder = start("keep_engines.py", str(folder))
    engine_pids = json.loads(next_line(holder))
    with pytest.raises(DataFolderBusy, match=f"{folder} is in use by process {holder.pid}"), embedded_engines(folder):
        pass
    holder.kill()
    assert all_gone_soon(engine_pids)


def test_other_commands_find_the_running_engines(folder: Path) -> None:
    with embedded_engines(folder) as engines:
        found = running_engines(folder)
        assert Engines(engines.database_url, engines.redis_url) == found


def test_the_pid_file_of_a_server_long_gone_is_in_nobodys_way(folder: Path) -> None:
    with embedded_engines(folder):
        pass
    # Another process has that number by now.
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}/postgres\n")
    (folder / "valkey" / "valkey.pid").write_text(f"{os.getpid()}\n")
    with embedded_engines(folder) as engines:
        _keep(engines)
        assert (1, 1) == _kept(engines)


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_that_does_not_pile_up(folder: Path, start: Start) -> None:
    deep = folder / ("深" * 30) / "data"
    for _ in range(2):
        holder = start("keep_engines.py", str(deep))
        next_line(holder)
        holder.kill()
        holder.wait()
    with embedded_engines(deep) as engines:
        assert (2, 2) == _kept(engines)
        short = Path((deep / "sockets.txt").read_text())
    assert not short.exists()


def test_many_run_at_once(folder: Path) -> None:
    with embedded_engines(folder / "one") as one, embedded_engines(folder / "two") as two:
        _keep(one)
        _keep(two)
        _keep(two)
        assert ((1, 1), (2, 2)) == (_kept(one), _kept(two))


def test_they_run_below_a_folder_that_only_its_owner_may_enter(folder: Path) -> None:
    folder.chmod(0o700)
    with embedded_engines(folder / "data") as engines:
        _keep(engines)
        assert (1, 1) == _kept(engines)


def test_an_ordinary_user_runs_them_too(folder: Path, start: Start) -> None:
    nobody = pwd.getpwnam("nobody")
    run_as = RunAs(nobody.pw_uid, nobody.pw_gid, (CAP_DAC_READ_SEARCH,)) if os.geteuid() == 0 else None
    if run_as:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    holder = start("keep_engines.py", str(folder), run_as=run_as)
    engine_pids = json.loads(next_line(holder))
    holder.terminate()
    assert all_gone_soon(engine_pids)
    with embedded_engines(folder) as engines:
        assert (1, 1) == _kept(engines)


def test_writes_are_on_disk_before_they_are_confirmed(folder: Path) -> None:
    with embedded_engines(folder) as engines, psycopg.connect(engines.database_url) as connection:
        shown = [
            connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
        assert [("on",)] * 3 == shown
        with redis.Redis.from_url(engines.redis_url) as client:
            assert {"appendonly": "yes"} == client.config_get("appendonly")


def test_only_their_own_user_and_root_can_reach_them(folder: Path) -> None:
    with embedded_engines(folder) as engines, psycopg.connect(engines.database_url) as connection:
        assert [("",)] == connection.execute("SHOW listen_addresses").fetchall()
        assert [0o700] * 3 == [(folder / name).stat().st_mode & 0o777 for name in ("sockets", "postgres", "valkey")]


def test_data_of_another_postgresql_is_refused_with_the_way_out(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    if os.geteuid() == 0:
        shutil.chown(folder / "postgres", "nobody")
    with pytest.raises(EnginesError, match="made by PostgreSQL 16, this is 18"), embedded_engines(folder):
        pass


def test_a_folder_that_cannot_be_made_is_refused_by_name() -> None:
    with (
        pytest.raises(EnginesError, match="DATA_DIR /proc/nowhere cannot be used"),
        embedded_engines(Path("/proc/nowhere")),
    ):
        pass


def test_an_engine_that_cannot_start_shows_its_last_words(folder: Path) -> None:
    with embedded_engines(folder):
        pass
    (folder / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EnginesError, match="no_such_setting"), embedded_engines(folder):
        pass


def _keep(engines: Engines) -> None:
    with psycopg.connect(engines.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('窓口')")
    with redis.Redis.from_url(engines.redis_url) as client:
        client.incr("kept")


def _kept(engines: Engines) -> tuple[int, int]:
    with psycopg.connect(engines.database_url) as connection, redis.Redis.from_url(engines.redis_url) as client:
        row = connection.execute("SELECT count(*) FROM kept WHERE word = '窓口'").fetchone()
        assert row
        return row[0], int(client.get("kept") or 0)
