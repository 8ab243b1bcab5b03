"""Turns a second of the two dialog engines alone, each in a process of its own, one after the other."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.settings import PROJECT

QUESTIONS = 15
LOCK = PROJECT / "bench" / "requirements.lock"
VENV = PROJECT / ".venv-bench"
INSTALL_SECONDS = 600


def ours(seconds: float) -> float:
    """Turns a second of dialogs.conversation.hear()."""
    return _turns([sys.executable, "-m", "bench.engine_turns"], seconds)


def waterfall(seconds: float) -> float:
    """Turns a second of botbuilder-dialogs' WaterfallDialog; its environment must be there."""
    return _turns([str(VENV / "bin" / "python"), str(PROJECT / "bench" / "waterfall.py")], seconds)


def is_installed() -> bool:
    """Whether the environment of the other engine is there, as the lock file wants it."""
    mark = VENV / ".ready"
    return mark.exists() and mark.read_text() == _wanted()


def install() -> None:
    """Make the other engine's environment: its pins are old and heavy, so it is kept apart from ours."""
    _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "-r", str(LOCK)])
    (VENV / ".ready").write_text(_wanted())


def _wanted() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, timeout=INSTALL_SECONDS)


def _turns(command: Sequence[str], seconds: float) -> float:
    run = [*command, str(QUESTIONS), str(seconds)]
    done = subprocess.run(run, check=True, capture_output=True, text=True, cwd=Path(PROJECT), timeout=60 + seconds)
    told = json.loads(done.stdout)
    return float(told["turns"] / told["seconds"])
