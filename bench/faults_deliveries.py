"""`make faults`, second part: a mailing goes out while everything fails, and is counted at the far side.

The provider drops answers, refuses, breaks and is slow; receipts are lost, doubled and out of order; workers and web
are killed with -9, PostgreSQL and Redis are restarted, Redis is emptied. Nobody may be without a message, nobody may
have two, no outcome may stay unknown. Prints the counts; ends with code 1 if one of these was broken.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
import psycopg
import redis
from rich.console import Console
from rich.table import Table

from bot.deliveries import running
from bot.deliveries.planning import Source, Told, plan
from bot.local import postgres, valkey
from bot.local.engine import Running, stop
from bot.local.folder import DataFolder, hold
from bot.store import mailings
from bot.store.migrate import upgrade
from integrations.emulator.config import EmulatorConfig
from tests.journeys.house import NOON, House, house_on

HEADINGS = "prefecture,number,trip_date,balance,phone,mail\n"
FIRST = 10_000_001
LOOKUP_AFTER = "5"
# 429 makes all senders wait, so it strikes rarely. A time-out is longer than our own patience of ten seconds.
FAULTS = {
    "twilio.create": [
        {"do": "drop_before", "share": 0.01},
        {"do": "drop_after", "share": 0.01},
        {"do": "status", "status": 429, "share": 0.001},
        {"do": "status", "status": 500, "share": 0.005},
        {"do": "status_after", "status": 500, "share": 0.005},
        {"do": "timeout", "seconds": 12, "share": 0.0005},
        {"do": "timeout_after", "seconds": 12, "share": 0.0005},
    ],
    "twilio.callback": [
        {"do": "drop", "share": 0.01},
        {"do": "duplicate", "share": 0.05},
        {"do": "reorder", "share": 0.05},
    ],
    "smtp": [{"do": "status", "status": 451, "share": 0.01}, {"do": "drop_before", "share": 0.005}],
}
LEFT = """
SELECT count(*) FROM deliveries
WHERE state IN ('planned', 'sending', 'unknown') OR state = 'accepted' AND channel = 'sms'
"""


@dataclass(frozen=True)
class Plan:
    """How much of everything; seconds_between is the mean time between two kills."""

    people: int = 20_000
    web: int = 2
    workers: int = 3
    seconds_between: float = 4.0
    engines_every: float = 25.0
    seed: int = 1
    most_seconds: float = 1500.0


@dataclass
class Report:
    """What was counted; broken names what must be zero."""

    counts: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class Engines:
    """PostgreSQL and Valkey that can be ended and started again at the same address."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        # Linux ends a child with the thread that started it.
        self._starter = ThreadPoolExecutor(1)
        self._postgres = self._started(postgres.start)
        self._valkey = self._started(valkey.start)
        self.database_url, self.redis_url = self._postgres.url, self._valkey.url

    def _started(self, start: Callable[[DataFolder], Running]) -> Running:
        return self._starter.submit(start, self._folder).result()

    def restart_postgres(self) -> None:
        """At once and without a checkpoint, as a machine that loses its power: its log is replayed at the start."""
        self._postgres.process.send_signal(signal.SIGQUIT)
        self._postgres.process.wait()
        self._postgres = self._started(postgres.start)

    def restart_redis(self) -> None:
        self._valkey.process.kill()
        self._valkey.process.wait()
        self._valkey = self._started(valkey.start)

    def empty_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def close(self) -> None:
        stop(self._valkey)
        stop(self._postgres)
        self._starter.shutdown()


class Trouble(threading.Thread):
    """Kills processes at random moments, and restarts or empties the engines in turn."""

    def __init__(self, house: House, engines: Engines, plan: Plan) -> None:
        super().__init__(daemon=True)
        self.done: Counter[str] = Counter()
        self._house, self._plan = house, plan
        self._random = random.Random(plan.seed)
        self._enough = threading.Event()
        self._turns: list[tuple[str, Callable[[], None]]] = [
            ("restarts of PostgreSQL", engines.restart_postgres),
            ("Redis emptied", engines.empty_redis),
            ("restarts of Redis", engines.restart_redis),
        ]

    def run(self) -> None:
        next_turn = time.monotonic() + self._plan.engines_every / 3
        while not self._enough.wait(self._random.expovariate(1 / self._plan.seconds_between)):
            if time.monotonic() > next_turn:
                name, act = self._turns[sum(self.done[turn] for turn, _ in self._turns) % len(self._turns)]
                act()
                self.done[name] += 1
                next_turn = time.monotonic() + self._plan.engines_every
                continue
            process = self._random.choice([*self._house.web, *self._house.workers])
            process.kill()
            self.done[f"kills of {process.command}"] += 1
            self._enough.wait(self._random.uniform(0, 1))
            process.start()

    def stop(self) -> None:
        self._enough.set()
        self.join()


def run(plan_: Plan, engines: Engines, folder: Path, say: Callable[[str], None]) -> Report:
    """Run the plan on these engines, whose database must be migrated and empty."""
    emulated = EmulatorConfig(senders=32)
    settings = {"UNKNOWN_LOOKUP_AFTER": LOOKUP_AFTER, "LOG_LEVEL": "warning", "SMS_RATE": "2000", "MAIL_RATE": "1000"}
    with house_on(engines.database_url, engines.redis_url, folder, emulated, **settings) as house:
        house.start(web=plan_.web, workers=plan_.workers)
        house.emulator.clock.set(NOON)
        with house.parts() as parts:
            plan(parts, Source(_list(folder, plan_.people)), "faults", Told(), without_bad_rows=False)
            house.emulator.faults.set({**FAULTS, "seed": plan_.seed})
            running.start(parts, "faults", by="faults")
        report, began = Report(), time.monotonic()
        trouble = Trouble(house, engines, plan_)
        trouble.start()
        _wait(house, began + plan_.most_seconds, 0.02 * plan_.people, say)
        trouble.stop()
        house.emulator.faults.set({})
        _wait(house, time.monotonic() + plan_.most_seconds, 0, say)
        report.seconds = time.monotonic() - began
        report.counts.update(trouble.done)
        _count(house, plan_.people, report)
        return report


def _list(folder: Path, people: int) -> Path:
    """Seven in ten have both, two a mail address alone, one a telephone alone."""
    path = folder / "balances.csv"
    with path.open("w") as out:
        out.write(HEADINGS)
        for serial in range(FIRST, FIRST + people):
            phone = "" if serial % 10 in (1, 2) else f"090{serial}"
            mail = "" if serial % 10 == 3 else f"p{serial}@example.jp"
            out.write(f"09,TG{serial},2023-02-23,1000,{phone},{mail}\n")
    return path


def _wait(house: House, until: float, left: float, say: Callable[[str], None]) -> None:
    told = time.monotonic()
    while time.monotonic() < until:
        try:
            [(open_,)] = house.rows(LEFT)
        except psycopg.Error:
            time.sleep(0.5)
            continue
        if open_ <= left:
            return
        if time.monotonic() - told > 20:
            say(f"{open_} of them are open")
            told = time.monotonic()
        time.sleep(0.5)


def _count(house: House, people: int, report: Report) -> None:
    reached = [_messages(house, serial) for serial in range(FIRST, FIRST + people)]
    report.counts |= {
        "people": people,
        "texts at the provider": sum(texts for texts, _, _ in reached),
        "mails at the relay": sum(mails for _, mails, _ in reached),
        "mails that came twice under one Message-ID": sum(mails - ids for _, mails, ids in reached),
        "attempts": house.rows("SELECT count(*) FROM delivery_attempts")[0][0],
        "outcomes that were unknown": house.rows(WERE_UNKNOWN)[0][0],
        "of them found at the provider": house.rows("SELECT count(*) FROM delivery_events WHERE kind = 'found'")[0][0],
        "receipts kept": house.rows("SELECT count(*) FROM delivery_events WHERE event_key IS NOT NULL")[0][0],
    }
    with house.parts() as parts:
        mailing = mailings.by_name(parts.db, "faults")
        assert mailing
        counted = mailings.counts(parts.db, mailing.id)
    by_rows: dict[str, int] = dict(house.rows("SELECT state, count(*) FROM deliveries GROUP BY state"))
    report.broken |= {
        "people without a message": sum(not texts and not ids for texts, _, ids in reached),
        "people with two": sum(texts + ids > 1 for texts, _, ids in reached),
        "outcomes still unknown": house.rows("SELECT count(*) FROM deliveries WHERE state IN ('unknown', 'sending')")[
            0
        ][0],
        "still planned": house.rows("SELECT count(*) FROM deliveries WHERE state = 'planned'")[0][0],
        "counters that are not what the rows are": int(counted != by_rows),
    }


WERE_UNKNOWN = (
    "SELECT count(DISTINCT (delivery, attempt)) FROM delivery_events WHERE kind IN ('unknown', 'found', 'not_sent')"
)


def _messages(house: House, serial: int) -> tuple[int, int, int]:
    """How many texts and mails a person has, and how many different mails."""
    mails = house.emulator.mail.inbox(f"p{serial}@example.jp")
    ids = {mail["headers"]["Message-ID"] for mail in mails}
    return len(house.emulator.sms.inbox(f"+8190{serial}")), len(mails), len(ids)


@contextmanager
def own_engines() -> Iterator[tuple[Engines, Path]]:
    """Engines in a folder of their own, migrated."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-faults-"))
    folder.chmod(0o711)
    try:
        with hold(folder) as held:
            engines = Engines(held)
            try:
                upgrade(engines.database_url)
                yield engines, folder
            finally:
                engines.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table(report: Report) -> Table:
    """The counts, and what must be zero."""
    drawn = Table(title=f"A mailing under faults, {report.seconds:.0f} seconds")
    drawn.add_column("what")
    drawn.add_column("count", justify="right")
    for name, count in report.counts.items():
        drawn.add_row(name, f"{count:,}")
    drawn.add_section()
    for name, count in report.broken.items():
        drawn.add_row(name, str(count), style="red" if count else "green")
    return drawn


@click.command()
@click.option("--people", default=Plan.people, show_default=True)
@click.option("--seconds-between", default=Plan.seconds_between, show_default=True, help="Mean time between two kills.")
@click.option("--seed", default=1, show_default=True)
def main(people: int, seconds_between: float, seed: int) -> None:
    """Send a mailing while everything fails, and count what was lost or doubled."""
    console = Console()
    with own_engines() as (engines, folder):
        report = run(Plan(people, seconds_between=seconds_between, seed=seed), engines, folder, console.print)
    console.print(table(report))
    sys.exit(1 if any(report.broken.values()) else 0)


if __name__ == "__main__":
    main()
