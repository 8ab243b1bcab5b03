"""`bot reminders`: what waits for a later day, and what should have gone out by now."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from bot.reminders import DEADLINE, OPENING
from bot.store import reminders
from bot.store.db import open_pool, transaction
from bot.store.reminders import NewReminder
from tests.bot.cli.typed import bot

MORNING = datetime.fromisoformat("2023-04-23T10:00:00+09:00")


def keep(settings: dict[str, str], kind: str, due_at: datetime, campaign: str = "tochigi-2023-02") -> None:
    pool = open_pool(settings["DATABASE_URL"], size=1)
    with transaction(pool) as connection:
        reminders.write(connection, NewReminder(uuid7(), uuid7(), b"hanako", campaign, 2, kind, 7, due_at, due_at))
    pool.close()


def at(settings: dict[str, str], now: datetime) -> dict[str, str]:
    return {**settings, "CLOCK": "demo", "DEMO_CLOCK_START": now.isoformat()}


def test_where_nothing_waits_it_says_so(servers: dict[str, str]) -> None:
    assert "No reminder was ever planned.\n" == bot("reminders", settings=servers).stdout


def test_what_waits_stands_with_its_days(servers: dict[str, str]) -> None:
    keep(servers, DEADLINE, MORNING)
    keep(servers, DEADLINE, MORNING + timedelta(days=6))
    shown = bot("reminders", settings=at(servers, MORNING - timedelta(days=1))).stdout
    (line,) = shown.splitlines()[1:]
    assert ["tochigi-2023-02", "apply_end", "planned", "2", "2023-04-23", "10:00", "to", "2023-04-29", "10:00"] == (
        line.split()
    )


@pytest.mark.parametrize(
    ("kind", "campaign", "hours", "said"),
    [
        (DEADLINE, "tochigi-2023-02", 0.5, "✓ Reminders: none is late"),
        (DEADLINE, "tochigi-2023-02", 2, "overdue; start a worker"),
        (DEADLINE, "tochigi-2023-02", 12, "✓ Reminders: none is late"),
        (OPENING, "tochigi-2023-02", 2, "overdue; start a worker"),
        (DEADLINE, "iwate-2023-02", 2, "name it in CAMPAIGNS"),
    ],
)
def test_what_is_late_is_found_by_check_with_its_mending(
    servers: dict[str, str], kind: str, campaign: str, hours: float, said: str
) -> None:
    keep(servers, kind, MORNING, campaign)
    ended = bot("check", settings=at(servers, MORNING + timedelta(hours=hours)))
    assert said in ended.stdout
    assert ("✓" not in said) == bool(ended.returncode)
