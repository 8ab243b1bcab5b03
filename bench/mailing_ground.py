"""What the bench of mailings stands on: engines of its own, a stub for both far sides, processes that send."""

from __future__ import annotations

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from bench.faults_deliveries import own_engines
from bench.processes import end, free_port, running, start
from bot.deliveries import running as mailing
from bot.deliveries.planning import Source, Told, plan
from bot.parts import open_parts
from bot.settings import settings_from
from bot.store import mailings

PATIENCE, SLOWEST = 1200.0, 100  # seconds; and messages a second on a machine that is busy with other work


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


@contextmanager
def ground() -> Iterator[Ground]:
    """Empty engines and a stub that takes every text and mail at once."""
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


def planned(ground: Ground, name: str, people: int, *, by_mail: bool = False) -> float:
    """Plan and start a mailing of so many people; seconds that it took."""
    kind, _, again = name.partition("-")
    first = {"texts": 1, "quota": 2, "mails": 3, "rows": 4}[kind] * 10_000_000 + int(again or 0) * 100_000
    path = ground.folder / "list.csv"
    with path.open("w") as out:
        out.write("prefecture,number,trip_date,balance,phone,mail\n")
        for serial in range(first, first + people):
            phone, mail = ("", f"p{serial}@example.jp") if by_mail else (f"090{serial}", "")
            out.write(f"09,TG{serial},2023-02-23,1000,{phone},{mail}\n")
    began = time.monotonic()
    with open_parts(settings_from(ground.values), threads=2) as parts:
        plan(parts, Source(path), name, Told(), without_bad_rows=False)
        seconds = time.monotonic() - began
        mailing.start(parts, name, by="bench")
        mailing.pause(parts, name, by="bench")
    return seconds


def sent(
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
        until(lambda: ground.asked("GET", "/count")[what] > 0)
        began = time.monotonic()

        def done() -> bool:
            counts = mailings.counts(parts.db, mailing.found(parts, name).id)
            settled = sum(counts.values()) - counts.get("planned", 0) - counts.get("sending", 0)
            passed(settled)
            return settled >= count

        until(done, patience=PATIENCE + count / SLOWEST)
        seconds = time.monotonic() - began
        return seconds, ask()


def sent_for(ground: Ground, name: str, seconds: float, values: Mapping[str, str], *, processes: int) -> list[Any]:
    """Send for so many seconds; what each process tells."""
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


def until(true: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    """Wait for it, and fail when patience is over."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
