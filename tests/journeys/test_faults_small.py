"""`make faults` in small, so that it never rots: a few conversations, a few kills, and the same counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.faults import Plan, run
from bot.local.engines import Engines


def test_killed_processes_lose_and_double_nothing(
    fresh_database: Callable[[], str], redis_url: str, tmp_path: Path
) -> None:
    plan = Plan(conversations=20, at_once=20, seconds_between=1.0, down_seconds=0.5, most_kills=6)
    report = run(plan, Engines(fresh_database(), redis_url), tmp_path, lambda _progress: None)
    assert 0 < report.counts["kills of web"] + report.counts["kills of workers"]
    assert [] == report.troubles
    assert dict.fromkeys(report.broken, 0) == report.broken
