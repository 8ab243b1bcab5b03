"""`python -m bench.mailing`: what a mailing costs, beside the way people send one now.

(a) messages a second and CPU, beside one Celery task a recipient; (b) a quota held by four processes; (c) a million
rows planned, claimed and settled; (d) mail, beside smtplib with one send_message a mail.
"""

from __future__ import annotations

import http.client
import json
import resource
import smtplib
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import click
import psycopg
import redis
from rich.console import Console
from rich.table import Table

from bench.faults_deliveries import own_engines
from bench.processes import end, free_port, running, start
from bot.deliveries import running as mailing
from bot.deliveries.planning import Told, plan
from bot.parts import open_parts
from bot.settings import PROJECT, process_environment, settings_from
from bot.store import mailings

PATIENCE = 1200.0
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
WORDS = "下のURLから、5月31日(水)までにお受け取りください。\n\nhttps://counter.example.jp/r/AB3D9EXYZ0TK\n" * 4


@dataclass(frozen=True)
class Plan:
    """How much of each part."""

    texts: int = 12_000
    celery: int = 3_000
    quota_seconds: float = 20.0
    rows: int = 1_000_000
    mails: int = 8_000
    plain_mails: int = 2_000


QUICK = Plan(texts=400, celery=60, quota_seconds=3.0, rows=2_000, mails=400, plain_mails=100)


@dataclass
class Figures:
    """What was measured, in lines of (what, figure)."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def note(self, what: str, figure: str) -> None:
        self.lines.append((what, figure))


@dataclass(frozen=True)
class Ground:
    """What all parts stand on."""

    values: Mapping[str, str]
    stub_port: int
    smtp_port: int
    folder: Path

    def asked(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.stub_port, timeout=30)
        try:
            connection.request(method, path, headers={"Content-Length": "0"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


def measure(plan_: Plan, say: Callable[[str], None]) -> Figures:
    """Run all parts."""
    figures = Figures()
    with _ground() as ground:
        for part in (_texts, _celery, _quota, _mails, _plain_mails, _million):
            part(ground, plan_, figures)
            for what, figure in figures.lines[-2:]:
                say(f"{what}: {figure}")
    return figures


def _texts(ground: Ground, plan_: Plan, figures: Figures) -> None:
    """(a) ours"""
    _planned(ground, "texts", plan_.texts)
    seconds, told = _sent(ground, "texts", plan_.texts, processes=1)
    figures.note("(a) texts a second, one process", f"{plan_.texts / seconds:,.0f}")
    figures.note("(a) CPU of the sender, a text", f"{told[0]['cpu'] / plan_.texts * 1000:.2f} ms")


def _celery(ground: Ground, plan_: Plan, figures: Figures) -> None:
    """(a) the way people do it now"""
    if not (CELERY_VENV / "bin" / "celery").exists():
        subprocess.run([sys.executable, "-m", "venv", str(CELERY_VENV)], check=True)
        pip = [str(CELERY_VENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *CELERY_PINS], check=True)
    environment = {
        **process_environment(),
        **{name: ground.values[name] for name in ("DATABASE_URL", "TWILIO_API_BASE")},
        "REDIS_URL": ground.values["REDIS_URL"].replace("unix://", "redis+socket://").replace("?db=", "?virtual_host="),
        "PYTHONPATH": str(PROJECT),
    }
    with psycopg.connect(ground.values["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(RECIPIENTS.format(plan_.celery).encode())
    ground.asked("POST", "/forget")
    python = str(CELERY_VENV / "bin" / "python")
    subprocess.run([python, "-c", ENQUEUE.format(plan_.celery)], check=True, env=environment, cwd=PROJECT)
    command = [
        python,
        "-m",
        "celery",
        "-A",
        "bench.mailing_celery",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "error",
    ]
    with (ground.folder / "celery.log").open("w") as log:
        worker = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=log, stderr=log, start_new_session=True)
    try:
        _until(lambda: ground.asked("GET", "/count")["texts"] > 0)
        began, first = time.monotonic(), ground.asked("GET", "/count")["texts"]
        _until(lambda: ground.asked("GET", "/count")["texts"] >= plan_.celery)
        seconds = time.monotonic() - began
    finally:
        worker.terminate()
        worker.wait(30)
    figures.note(
        "(a) Celery, a task a recipient, two processes: texts a second", f"{(plan_.celery - first) / seconds:,.0f}"
    )


def _quota(ground: Ground, plan_: Plan, figures: Figures) -> None:
    """(b)"""
    count = int(QUOTA * plan_.quota_seconds)
    _planned(ground, "quota", count)
    settings = {**ground.values, "SMS_RATE": str(QUOTA)}
    told = _sent_for(ground, "quota", plan_.quota_seconds, settings, processes=4)
    moments = sorted((at, units) for each in told for at, units in each["moments"])
    # Processes start and stop at different moments: the seconds in which all four are at it count.
    calm = [(at, units) for at, units in moments if moments[0][0] + 1.5 <= at <= moments[-1][0] - 1]
    used = sum(units for _, units in calm[:-1]) / (calm[-1][0] - calm[0][0])
    busiest = max(sum(units for at, units in calm if start <= at < start + 1) for start, _ in calm)
    figures.note("(b) segments a second of a quota of 100, four processes", f"{used:.1f}")
    figures.note("(b) segments in the busiest second", f"{busiest}")


def _million(ground: Ground, plan_: Plan, figures: Figures) -> None:
    """(c)"""
    seconds = _planned(ground, "rows", plan_.rows)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures.note(f"(c) {plan_.rows:,} rows planned", f"{seconds:.0f} s, {plan_.rows / seconds:,.0f}/s, {memory:.0f} MB")
    tenth = plan_.rows // 10
    marks: dict[int, float] = {}

    def passed(done: int) -> None:
        for mark in (0, tenth, plan_.rows - tenth, plan_.rows):
            if done >= mark:
                marks.setdefault(mark, time.monotonic())

    _, told = _sent(ground, "rows", plan_.rows, processes=1, passed=passed)
    first = tenth / (marks[tenth] - marks[0])
    last = tenth / (marks[plan_.rows] - marks[plan_.rows - tenth])
    figures.note("(c) claimed, sent and settled a second, the first tenth", f"{first:,.0f}")
    figures.note("(c) the same, the last tenth", f"{last:,.0f}")
    figures.note("(c) memory of the sender", f"{told[0]['memory']:.0f} MB")


def _mails(ground: Ground, plan_: Plan, figures: Figures) -> None:
    """(d) ours"""
    _planned(ground, "mails", plan_.mails, by_mail=True)
    seconds, _ = _sent(ground, "mails", plan_.mails, processes=1, what="mails")
    figures.note("(d) mails a second, claimed and settled, one process", f"{plan_.mails / seconds:,.0f}")


def _plain_mails(ground: Ground, plan_: Plan, figures: Figures) -> None:
    """(d) the way people do it now"""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", ground.smtp_port) as relay:
        for number in range(plan_.plain_mails):
            mail = EmailMessage()
            mail["From"], mail["To"] = "office@counter.example.jp", f"p{number}@example.jp"
            mail["Subject"] = "【いちご一会とちぎ旅 補償窓口】ポイント受取のご案内"
            mail.set_content(
                "下のURLから、5月31日(水)までにお受け取りください。\n\nhttps://counter.example.jp/r/AB3D9EXYZ0TK\n" * 4
            )
            relay.send_message(mail)
    seconds = time.monotonic() - began
    figures.note("(d) smtplib, one send_message a mail: mails a second", f"{plan_.plain_mails / seconds:,.0f}")


def _planned(ground: Ground, name: str, people: int, *, by_mail: bool = False) -> float:
    """Plan and start a mailing of so many people; seconds that it took."""
    path, first = ground.folder / "list.csv", {"texts": 1, "quota": 2, "mails": 3, "rows": 4}[name] * 10_000_000
    with path.open("w") as out:
        out.write("prefecture,number,trip_date,balance,phone,mail\n")
        for serial in range(first, first + people):
            phone, mail = ("", f"p{serial}@example.jp") if by_mail else (f"090{serial}", "")
            out.write(f"09,TG{serial},2023-02-23,1000,{phone},{mail}\n")
    began = time.monotonic()
    with open_parts(settings_from(ground.values), threads=2) as parts:
        plan(parts, path, name, Told(), without_bad_rows=False)
        seconds = time.monotonic() - began
        mailing.start(parts, name, by="bench")
        mailing.pause(parts, name, by="bench")
    return seconds


def _sent(
    ground: Ground,
    name: str,
    count: int,
    *,
    processes: int,
    what: str = "texts",
    passed: Callable[[int], None] = lambda _: None,
) -> tuple[float, list[Any]]:
    """Send it all; seconds from the first to the last, and what each process tells."""
    ground.asked("POST", "/forget")
    with (
        _senders(ground.values, processes) as ask,
        open_parts(settings_from(ground.values), threads=2) as parts,
    ):
        mailing.resume(parts, name, by="bench")
        _until(lambda: ground.asked("GET", "/count")[what] > 0)
        began = time.monotonic()

        def done() -> bool:
            counts = mailings.counts(parts.db, mailing.found(parts, name).id)
            settled = sum(counts.values()) - counts.get("planned", 0) - counts.get("sending", 0)
            passed(settled)
            return settled >= count

        _until(done)
        seconds = time.monotonic() - began
        return seconds, ask()


def _sent_for(ground: Ground, name: str, seconds: float, values: Mapping[str, str], *, processes: int) -> list[Any]:
    with (
        _senders(values, processes) as ask,
        open_parts(settings_from(ground.values), threads=2) as parts,
    ):
        mailing.resume(parts, name, by="bench")
        time.sleep(seconds)
        told = ask()
        mailing.cancel(parts, name, by="bench")
        return told


@contextmanager
def _senders(values: Mapping[str, str], processes: int) -> Iterator[Callable[[], list[Any]]]:
    environment = {**values, "ENV_FILE": "/dev/null"}
    started = [start(["bench.mailing_sender"], environment=environment) for _ in range(processes)]

    def ask() -> list[Any]:
        for each in started:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        told = []
        for each in started:
            assert each.stdout is not None
            told.append(json.loads(each.stdout.readline()))
        return told

    try:
        for each in started:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        yield ask
    finally:
        for each in started:
            end(each)


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def _ground() -> Iterator[Ground]:
    with own_engines() as (engines, folder):
        http_port, smtp_port = free_port(), free_port()
        ports = [str(http_port), str(smtp_port)]
        with running(["bench.mailing_stub", *ports], environment={}, log=folder / "stub.log", port=http_port):
            values = {
                "SECRET_KEYS": f"bench:{b64encode(bytes(32)).decode()}",
                "DATABASE_URL": engines.database_url,
                "REDIS_URL": engines.redis_url,
                "CLOCK": "demo",
                "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
                "TWILIO_AUTH_TOKEN": "token",
                "TWILIO_FROM": "+15005550006",
                "TWILIO_API_BASE": f"http://127.0.0.1:{http_port}",
                "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
                "MAIL_FROM": "office@counter.example.jp",
                "SMS_RATE": "10000",
                "MAIL_RATE": "10000",
            }
            with redis.Redis.from_url(engines.redis_url) as client:
                client.flushall()
            yield Ground(values, http_port, smtp_port, folder)


@click.command()
@click.option("--quick", is_flag=True, help="A few messages only, to see that the bench itself works.")
@click.option("--rows", type=int, help="How many rows of (c). [default: 1,000,000]")
def main(quick: bool, rows: int | None) -> None:
    """Measure a mailing and print the figures."""
    terminal = Console(highlight=False, soft_wrap=True)
    plan_ = QUICK if quick else Plan(rows=rows or Plan.rows)
    figures = measure(plan_, terminal.print)
    table = Table("what", "figure", box=None)
    for what, figure in figures.lines:
        table.add_row(what, figure)
    terminal.print(table)


if __name__ == "__main__":
    main()
