"""The counter as it really runs: processes of `python -m bot serve` and `python -m bot worker` against the emulator."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bot.lifeline import launch_command
from bot.local.try_settings import try_settings
from bot.parts import Parts, open_parts
from bot.settings import Settings, settings_from
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.journeys.balancer import Balancer

PROJECT = Path(__file__).resolve().parents[2]
READY_SECONDS = 120.0
STOP_SECONDS = 60.0
NOON = "2023-04-05T10:00:00+09:00"
TRIP = date(2023, 2, 23)
EXPIRY = date(2023, 2, 24)

# Linux ends a child with the thread that started it, so all are started by one that lives as long as the tests.
STARTER = ThreadPoolExecutor(1, thread_name_prefix="starter")

Row = tuple[Any, ...]


class Process:
    """One process of the house, which can be ended and started again."""

    def __init__(self, command: str, environment: Mapping[str, str], log: Path) -> None:
        self.command = command
        self._environment = environment
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._running = STARTER.submit(self._started).result()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                launch_command([sys.executable, "-m", "bot", self.command], at_parent_death=signal.SIGKILL),
                env=dict(self._environment),
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """With -9, and nothing is left of its children."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Gently: what it has begun is finished."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._running is None:
            return
        self._running.send_signal(how)
        try:
            self._running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
            raise
        finally:
            self._running = None


class House:
    """Web and worker processes, the emulator, and the database that they write to."""

    def __init__(self, emulator: Emulator, balancer: Balancer, values: Mapping[str, str], folder: Path) -> None:
        self.emulator = emulator
        self.values = values
        self.folder = folder
        self.url = values["PUBLIC_BASE_URL"]
        self.web: list[Process] = []
        self.workers: list[Process] = []
        self._balancer = balancer
        self._numbers = itertools.count(70_000_001)
        self._database_url = values["DATABASE_URL"]

    def start(self, *, web: int = 1, workers: int = 1) -> None:
        """Start so many processes of each, and wait until the counter is ready."""
        ports = [free_port() for _ in range(web)]
        self._balancer.stand_before(ports)
        self.web = [self._process("serve", f"web-{number}", PORT=str(port)) for number, port in enumerate(ports)]
        self.workers = [self._process("worker", f"worker-{number}") for number in range(workers)]
        for process in (*self.web, *self.workers):
            process.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until /healthz answers 200; raises TimeoutError with what the processes have said."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=10, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError(self.said()[-4000:])

    def stop(self) -> None:
        for process in (*self.workers, *self.web):
            process.stop()

    def said(self) -> str:
        """All that the processes have written to their logs."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def rows(self, query: str, *values: object) -> list[Row]:
        """What a query gives."""
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """Write to the database, as time or an operator would."""
        with psycopg.connect(self._database_url, autocommit=True) as connection:
            connection.execute(statement.encode(), values)

    def coupon(self, *, yen: int | None = 1000) -> str:
        """Import a coupon that can be applied for; gives its number."""
        number = f"TG{next(self._numbers)}"
        self.change(
            "INSERT INTO coupons (prefecture, number, trip_date, expiry, balance_after_extension, balance_at_snapshot)"
            " VALUES ('09', %s, %s, %s, 2000, %s)",
            number,
            TRIP,
            EXPIRY,
            yen,
        )
        return number

    def wait_for_rows(self, expected: list[Row], query: str, *values: object, timeout: float = 60.0) -> None:
        """Until the query gives exactly these rows; raises AssertionError that shows what it gives instead."""
        deadline = time.monotonic() + timeout
        while (found := self.rows(query, *values)) != expected and time.monotonic() < deadline:
            time.sleep(0.05)
        assert expected == found

    def settle(self, timeout: float = 60.0) -> None:
        """Until nothing is under way any more: no event, no message that is due, no application."""
        self.emulator.settle(timeout)
        self.wait_for_rows([(0,)], UNDER_WAY, timeout=timeout)

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """Parts of this process's own, on the same database and keys."""
        settings = settings_from({name: self.values[name] for name in SETTINGS if name in self.values})
        with open_parts(settings, threads=2) as parts:
            yield parts

    def _process(self, command: str, name: str, **more: str) -> Process:
        return Process(command, {**self.values, **more}, self.folder / f"{name}.log")


UNDER_WAY = """
SELECT (SELECT count(*) FROM inbound WHERE state = 'new')
     + (SELECT count(*) FROM outgoing WHERE state = 'sending' OR state = 'planned' AND not_before IS NULL
            OR state = 'unknown' AND due_at < now() + interval '1 day')
     + (SELECT count(*) FROM submissions WHERE state IN ('filed', 'withdrawing'))
"""


@contextmanager
def house_on(
    database_url: str, redis_url: str, folder: Path, emulated: EmulatorConfig | None = None, **settings: str
) -> Iterator[House]:
    """A house that stands but does not run yet: call its start(). Everything ends with the `with`."""
    values = try_settings(folder)
    balancer = Balancer()
    counter_url = f"http://127.0.0.1:{balancer.port}"
    config = EmulatorConfig.from_env({**values, "COUNTER_URL": counter_url})
    if emulated:
        ours = {name: getattr(config, name) for name in ("counter_url", *CREDENTIALS)}
        config = replace(emulated, **ours)
    with running(config) as emulator:
        house = House(
            emulator,
            balancer,
            {
                **{name: value for name, value in os.environ.items() if name in KEPT},
                **values,
                "PUBLIC_BASE_URL": counter_url,
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "LINE_API_BASE": emulator.url,
                "TWILIO_API_BASE": emulator.url,
                "REWARDS_URL": emulator.rewards_url,
                "OIDC_ISSUER": emulator.oidc_issuer,
                "WEBHOOK_URL": emulator.webhook_url,
                "SMTP_URL": emulator.smtp_url,
                "ENV_FILE": "/dev/null",
                "WEB_WORKERS": "1",
                "PYTHONPATH": str(PROJECT),
                **settings,
            },
            folder,
        )
        try:
            yield house
        finally:
            house.stop()
            balancer.close()


SETTINGS = tuple(name.upper() for name in Settings.model_fields)
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
CREDENTIALS = (
    "line_channel_id",
    "line_channel_secrets",
    "line_channel_access_token",
    "twilio_account_sid",
    "twilio_auth_token",
    "twilio_from",
    "rewards_key",
    "oidc_client_id",
    "oidc_client_secret",
    "webhook_secrets",
)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
