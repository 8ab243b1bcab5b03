"""The bench is run so seldom that it would rot unseen."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import PROJECT


def test_the_bench_measures_events_latency_and_turns_and_names_its_aims() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    for measured in ("(a) events/s", "(b) calm, p99", "(c) turns/s", "aim"):
        assert measured in done.stdout
