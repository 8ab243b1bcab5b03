"""The data folder: one holder at a time, the user the engines run as, and a short place for their sockets."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.lifeline import RunAs
from bot.local.engine import EnginesError

LONGEST_SOCKET = 100  # macOS allows 103 bytes, Linux 107
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP = 1, 2, 8
ORDINARY_USERS = ("postgres", "nobody")  # a root's engines run as the first of these that the machine knows


class DataFolderBusy(EnginesError):
    """Another process has engines on this folder."""


@dataclass(frozen=True)
class DataFolder:
    """A folder that is ours alone: `path` is absolute, `sockets` short enough, `run_as` None for an ordinary user."""

    path: Path
    sockets: Path
    run_as: RunAs | None

    def private(self, name: str) -> Path:
        """The folder of that name in it, made for the engines' user alone."""
        return make_private(self.path / name, self.run_as)


@contextmanager
def hold(data_dir: Path) -> Iterator[DataFolder]:
    """Take the folder until the end; raises DataFolderBusy with the holder's pid, EnginesError if it is not ours."""
    path = data_dir.expanduser().absolute()
    with _locked(path):
        run_as = _engine_user(path)
        sockets = _socket_folder(path, run_as)
        try:
            yield DataFolder(path, sockets, run_as)
        finally:
            if sockets.parent != path:
                shutil.rmtree(sockets, ignore_errors=True)


def held_by(data_dir: Path) -> int | None:
    """The pid of the process that holds the folder now, or None."""
    try:
        with (data_dir / "lock").open("r+") as lock:
            return None if _try_lock(lock.fileno()) else int(lock.read().strip() or 0)
    except (OSError, ValueError):
        return None


def make_private(path: Path, run_as: RunAs | None) -> Path:
    """The folder, made if it is not there, open to the engines' user alone."""
    path.mkdir(parents=True, exist_ok=True)
    if run_as:
        os.chown(path, run_as.uid, run_as.gid)
    path.chmod(0o700)
    return path


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        path.mkdir(parents=True, exist_ok=True)
        # a+ does not empty the file: it holds the pid of the one who has it.
        lock = (path / "lock").open("a+")
    except OSError as error:
        raise EnginesError(
            f"DATA_DIR {path} cannot be used: {error.strerror}. Set DATA_DIR to a folder of yours."
        ) from None
    with lock:
        if not _try_lock(lock.fileno()):
            lock.seek(0)
            raise DataFolderBusy(
                f"DATA_DIR {path} is in use by process {lock.read().strip() or '(just starting)'}. "
                "Stop that one first, or set DATA_DIR to another folder."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _engine_user(path: Path) -> RunAs | None:
    cluster = path / "postgres"
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EnginesError(
                f"The data in {path} belongs to user {_name(owner)}. "
                "Run as root, as before, or set DATA_DIR to another folder."
            )
        return None
    # PostgreSQL refuses to run as root.
    user = pwd.getpwuid(owner) if owner else _first_known_user()
    return RunAs(user.pw_uid, user.pw_gid, _capabilities(path))


def _first_known_user() -> pwd.struct_passwd:
    for name in ORDINARY_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EnginesError(
        "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor 'nobody' to run it as. "
        "Run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def _capabilities(path: Path) -> tuple[int, ...]:
    """What an ordinary user must keep to reach the programs and the data below a folder like /root; mostly nothing."""
    if all(_open_to_all(folder) for place in (path, Path(sys.prefix)) for folder in (place, *place.parents)):
        return ()
    held = _effective_capabilities()
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if held >> capability & held >> CAP_SETPCAP & 1:
            return (capability,)
    raise EnginesError(
        f"PostgreSQL does not run as root, and another user cannot reach {path} and {sys.prefix}. "
        "Move the project to a folder that others may enter, run this as an ordinary user, "
        "or set DATABASE_URL and REDIS_URL."
    )


def _open_to_all(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _effective_capabilities() -> int:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), 0)


def _socket_folder(path: Path, run_as: RunAs | None) -> Path:
    beside = path / "sockets"
    if len(os.fsencode(beside)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET:
        # What a killed server left there would only be in the way.
        shutil.rmtree(beside, ignore_errors=True)
        return make_private(beside, run_as)
    remembered = path / "sockets.txt"
    if remembered.exists():
        shutil.rmtree(remembered.read_text(), ignore_errors=True)
    short = Path(tempfile.mkdtemp(prefix="madoguchi-", dir="/tmp"))  # macOS's own temporary folder is too long
    remembered.write_text(str(short))
    return make_private(short, run_as)
