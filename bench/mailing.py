"""`python -m bench.mailing`: what a mailing costs, beside the way people send one now.

(a) messages a second and CPU, beside one Celery task a recipient; (b) a quota held by four processes; (c) a million
rows planned, claimed and settled; (d) mail, beside smtplib with one send_message a mail.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import click
import psycopg
from rich.console import Console
from rich.table import Table

from bench.mailing_alone import alone, plain
from bench.mailing_ground import Ground, ground, planned, sent, sent_for, until
from bot.settings import PROJECT, process_environment

QUOTA = 100
CELERY_VENV = PROJECT / ".venv-bench-celery"
CELERY_PINS = ("celery[redis]==5.7.0", "twilio==9.13.0", "psycopg[binary]==3.3.9")
RECIPIENTS = """
DROP TABLE IF EXISTS recipients;
CREATE TABLE recipients (id integer PRIMARY KEY, number text, token text, state text, sid text, sent_at timestamptz);
INSERT INTO recipients SELECT n, '+8190' || (10000000 + n), 'AB3D9EXYZ0TK', 'planned' FROM generate_series(1, {}) n;
"""
ENQUEUE = """
from bench.mailing_celery import send
for n in range(1, {} + 1):
    send.delay(n, f"+8190{{10000000 + n}}", "AB3D9EXYZ0TK")
"""
WORKER = ("-m", "celery", "-A", "bench.mailing_celery", "worker", "--concurrency", "2", "--loglevel", "error")
ROUNDS = 3  # of what is measured by turns


@dataclass(frozen=True)
class Plan:
    """How much of each part."""

    texts: int = 12_000
    celery: int = 3_000
    quota_seconds: float = 20.0
    rows: int = 1_000_000
    mails: int = 4_000
    plain_mails: int = 1_000


QUICK = Plan(texts=400, celery=60, quota_seconds=3.0, rows=2_000, mails=400, plain_mails=100)


@dataclass
class Figures:
    """What was measured, in lines of (what, figure)."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def note(self, what: str, figure: str) -> None:
        self.lines.append((what, figure))


def measure(plan_: Plan, say: Callable[[str], None], only: str = "") -> Figures:
    """Run all parts, or those of one letter."""
    figures = Figures()
    with ground() as ours:
        for letter, part in PARTS:
            if only not in ("", letter):
                continue
            before = len(figures.lines)
            part(ours, plan_, figures)
            for what, figure in figures.lines[before:]:
                say(f"{what}: {figure}")
    return figures


def _texts(on: Ground, plan_: Plan, figures: Figures) -> None:
    """(a) ours"""
    planned(on, "texts", plan_.texts)
    seconds, told = sent(on, "texts", plan_.texts, processes=1)
    figures.note("(a) texts a second, one process", f"{plan_.texts / seconds:,.0f}")
    figures.note("(a) CPU of the sender, a text", f"{told[0]['cpu'] / plan_.texts * 1000:.2f} ms")


def _celery(on: Ground, plan_: Plan, figures: Figures) -> None:
    """(a) the way people do it now"""
    python = _python_with_celery()
    environment = {
        **process_environment(),
        **{name: on.values[name] for name in ("DATABASE_URL", "TWILIO_API_BASE")},
        "REDIS_URL": on.values["REDIS_URL"].replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="),
        "PYTHONPATH": str(PROJECT),
    }
    with psycopg.connect(on.values["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(RECIPIENTS.format(plan_.celery).encode())
    on.asked("POST", "/forget")
    subprocess.run([python, "-c", ENQUEUE.format(plan_.celery)], check=True, env=environment, cwd=PROJECT)
    with (on.folder / "celery.log").open("w") as log:
        worker = subprocess.Popen(
            [python, *WORKER], env=environment, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until(lambda: on.asked("GET", "/count")["texts"] > 0)
        began, first = time.monotonic(), on.asked("GET", "/count")["texts"]
        until(lambda: on.asked("GET", "/count")["texts"] >= plan_.celery)
        seconds = time.monotonic() - began
    finally:
        worker.terminate()
        worker.wait(30)
    figures.note(
        "(a) Celery, a task a recipient, two processes: texts a second", f"{(plan_.celery - first) / seconds:,.0f}"
    )


def _python_with_celery() -> str:
    python = str(CELERY_VENV / "bin" / "python")
    if not (CELERY_VENV / "bin" / "celery").exists():
        subprocess.run([sys.executable, "-m", "venv", str(CELERY_VENV)], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *CELERY_PINS], check=True)
    return python


def _quota(on: Ground, plan_: Plan, figures: Figures) -> None:
    """(b)"""
    count = int(QUOTA * plan_.quota_seconds)
    planned(on, "quota", count)
    settings = {**on.values, "SMS_RATE": str(QUOTA)}
    told = sent_for(on, "quota", plan_.quota_seconds, settings, processes=4)
    moments = sorted((at, units) for each in told for at, units in each["moments"])
    # Processes start and stop at different moments: the seconds in which all four are at it count.
    calm = [(at, units) for at, units in moments if moments[0][0] + 1.5 <= at <= moments[-1][0] - 1]
    used = sum(units for _, units in calm[:-1]) / (calm[-1][0] - calm[0][0])
    busiest = max(sum(units for at, units in calm if start <= at < start + 1) for start, _ in calm)
    figures.note("(b) segments a second of a quota of 100, four processes", f"{used:.1f}")
    figures.note("(b) segments in the busiest second", f"{busiest}")


def _million(on: Ground, plan_: Plan, figures: Figures) -> None:
    """(c)"""
    seconds = planned(on, "rows", plan_.rows)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures.note(f"(c) {plan_.rows:,} rows planned", f"{seconds:.0f} s, {plan_.rows / seconds:,.0f}/s, {memory:.0f} MB")
    marks = [plan_.rows * part // 10 for part in range(11)]
    moments: dict[int, float] = {}

    def passed(done: int) -> None:
        for mark in marks:
            if done >= mark:
                moments.setdefault(mark, time.monotonic())

    _, told = sent(on, "rows", plan_.rows, processes=1, passed=passed)
    rates = [(end - start) / (moments[end] - moments[start]) for start, end in pairwise(marks)]
    told_rates = ", ".join(f"{rate:,.0f}" for rate in rates)
    figures.note("(c) claimed, sent and settled a second, tenth by tenth", told_rates)
    figures.note("(c) memory of the sender", f"{told[0]['memory']:.0f} MB")


def _mails(on: Ground, plan_: Plan, figures: Figures) -> None:
    """(d)"""
    rounds = [
        (_recorded_mails(on, plan_.mails, number), alone(on, plan_.mails), plain(on, plan_.plain_mails))
        for number in range(ROUNDS)
    ]
    recorded, by_itself, one_by_one = (median(each) for each in zip(*rounds, strict=True))
    figures.note("(d) mails a second, claimed and settled, one process", f"{recorded:,.0f}")
    figures.note("(d) the same client by itself, nothing recorded: mails a second", f"{by_itself:,.0f}")
    figures.note("(d) smtplib, one send_message a mail: mails a second", f"{one_by_one:,.0f}")


def _recorded_mails(on: Ground, count: int, number: int) -> float:
    planned(on, f"mails-{number}", count, by_mail=True)
    seconds, _ = sent(on, f"mails-{number}", count, processes=1, what="mails")
    return count / seconds


# What a million rows leave behind would be in the way of all others, so they come last.
PARTS = (
    *(("a", _texts), ("a", _celery), ("b", _quota)),
    *(("d", _mails), ("c", _million)),
)


@click.command()
@click.option("--quick", is_flag=True, help="A few messages only, to see that the bench itself works.")
@click.option("--rows", type=int, help="How many rows of (c). [default: 1,000,000]")
@click.option("--only", type=click.Choice(["a", "b", "c", "d"]), default="", help="This part alone.")
def main(quick: bool, rows: int | None, only: str) -> None:
    """Measure a mailing and print the figures."""
    terminal = Console(highlight=False, soft_wrap=True)
    plan_ = QUICK if quick else Plan(rows=rows or Plan.rows)
    figures = measure(plan_, terminal.print, only)
    table = Table("what", "figure", box=None)
    for what, figure in figures.lines:
        table.add_row(what, figure)
    terminal.print(table)


if __name__ == "__main__":
    main()
