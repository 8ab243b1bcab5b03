"""The two bots under one load: the counter (web and worker as they run in the field) and the echo bot."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import redis

from bench.events import BEGAN, SECRET, coupon_of
from bench.processes import free_port, running
from bot.local.engines import Engines
from bot.store.migrate import upgrade

WEB_WORKERS, WEB_THREADS = 2, 8

COUPONS = """
INSERT INTO coupons (prefecture, number, trip_date, expiry, balance_after_extension, balance_at_snapshot)
SELECT '09', unnest(%s::text[]), '2023-02-23', '2023-02-24', 1000, 1000
"""


@dataclass(frozen=True)
class Machinery:
    """What both bots of a bench share: the engines, LINE's stub, and a folder for what the processes print."""

    engines: Engines
    stub_port: int
    folder: Path


def make_template(engines: Engines, *, persons: int) -> str:
    """A migrated database with a coupon for everybody, to copy for each run; gives its name."""
    name = "bench_template"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    upgrade(_at(engines, name))
    with psycopg.connect(_at(engines, name)) as connection:
        connection.execute(COUPONS, [[coupon_of(person) for person in range(persons)]])
    return name


@contextmanager
def counter(machinery: Machinery, template: str) -> Iterator[int]:
    """`bot serve` and `bot worker` on a fresh database; gives the port."""
    port = free_port()
    with ExitStack() as stack:
        environment = _settings(machinery, stack.enter_context(_database(machinery.engines, template)), port)
        with redis.Redis.from_url(machinery.engines.redis_url) as client:
            client.flushdb()
        log = machinery.folder / f"counter-{port}.log"
        stack.enter_context(running(["bot", "worker"], environment=environment, log=log))
        stack.enter_context(running(["bot", "serve"], environment=environment, log=log, port=port))
        yield port


@contextmanager
def echo_bot(machinery: Machinery) -> Iterator[int]:
    """The echo bot; gives the port."""
    port = free_port()
    arguments = [str(port), str(WEB_WORKERS), str(WEB_THREADS)]
    environment = {"LINE_API_BASE": f"http://127.0.0.1:{machinery.stub_port}"}
    log = machinery.folder / f"echo-{port}.log"
    with running(["bench.echo_bot", *arguments], environment=environment, log=log, port=port):
        yield port


def _settings(machinery: Machinery, database_url: str, port: int) -> Mapping[str, str]:
    return {
        "ENV_FILE": "/dev/null",
        "PORT": str(port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database_url,
        "REDIS_URL": machinery.engines.redis_url,
        "SECRET_KEYS": f"bench:{base64.b64encode(bytes(32)).decode()}",
        "CLOCK": "demo",
        "DEMO_CLOCK_START": BEGAN.isoformat(),
        "LINE_CHANNEL_ID": "1650000000",
        "LINE_CHANNEL_SECRETS": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "bench",
        "LINE_API_BASE": f"http://127.0.0.1:{machinery.stub_port}",
        "WEB_WORKERS": str(WEB_WORKERS),
        "WEB_THREADS": str(WEB_THREADS),
        "LOG_LEVEL": "warning",
    }


@contextmanager
def _database(engines: Engines, template: str) -> Iterator[str]:
    name = f"bench_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log".encode())
        # What a round wrote must not be written to disk while the next one is measured.
        connection.execute("CHECKPOINT")
        try:
            yield _at(engines, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _at(engines: Engines, database: str) -> str:
    return urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{database}"))
