"""What a process writes to its log at its start."""

from __future__ import annotations

import subprocess
import sys

START = """
from bot.logs import set_up_logs
set_up_logs("info")
from bot.store import migrate
migrate.head()
import logging
logging.getLogger("alembic.runtime.migration").info("Running upgrade")
"""


def test_the_first_lines_of_a_process_are_news_and_not_what_a_library_sets_up() -> None:
    started = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert "Running upgrade\n" == started.stderr
