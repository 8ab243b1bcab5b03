"""What tests share: real engines, a fresh database for each test, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import argon2
import hypothesis
import psycopg
import pytest
import redis
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from werkzeug.routing import Rule

from bot import sign_in
from bot.local.engines import Engines, embedded_engines
from bot.store.migrate import upgrade
from tests.databases import Databases, at

# No test fails for a slow machine; how long things take is measured in bench/.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# Nothing here outlives the run, so PostgreSQL need not see to it that it does; and it plans as in a new database.
HURRIED = ("fsync = off", "full_page_writes = off", "autovacuum = off")

IN_CI = os.environ.get("CI") == "true"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000  # a busy machine; nothing is timed here
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """A PostgreSQL and a Valkey for this run: embedded, or those of TEST_DATABASE_URL and TEST_REDIS_URL."""
    database_url, redis_url = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if database_url and redis_url:
        yield Engines(database_url, redis_url)
        return
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-tests-"))
    # As root the engines run as another user, who must be able to enter.
    folder.chmod(0o711)
    try:
        with embedded_engines(folder) as embedded:
            _hurry(embedded)
            yield embedded
    finally:
        shutil.rmtree(folder)


def _hurry(engines: Engines) -> None:
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        for setting in HURRIED:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def migrated_template(engines: Engines) -> Iterator[str]:
    """The name of a migrated database that nobody writes to; fresh ones are copies of it."""
    with _database(engines) as name:
        upgrade(at(engines.database_url, name))
        yield name


@pytest.fixture(scope="session")
def databases(engines: Engines, migrated_template: str) -> Iterator[Databases]:
    """Gives out copies of the migrated database."""
    given = Databases(engines.database_url, migrated_template)
    yield given
    given.close()


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[Callable[[], str]]:
    """Gives the address of another migrated, empty database at each call; they are this test's own."""
    with ExitStack() as given:
        yield lambda: given.enter_context(databases.one())


@pytest.fixture
def database_url(fresh_database: Callable[[], str]) -> str:
    """The address of a migrated, empty database of this test's own."""
    return fresh_database()


@pytest.fixture
def redis_url(engines: Engines) -> str:
    """The address of a Redis with nothing in it."""
    with redis.Redis.from_url(engines.redis_url) as client:
        client.flushdb()
    return engines.redis_url


@contextmanager
def _database(engines: Engines) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


class Compiled(BytecodeCache):
    """What the templates were compiled to: an app is made for each test, and would compile them for each."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


class CompiledRule(Rule):
    """A route whose builders are compiled once a run: with an app for each test they took most of making it."""

    kept: ClassVar[dict[object, Any]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        key = (tuple(self._trace), append_unknown, repr(self.defaults))
        if key not in self.kept:
            self.kept[key] = super()._compile_builder(append_unknown)
        return self.kept[key]


Flask.jinja_options = {"bytecode_cache": Compiled()}
Flask.url_rule_class = CompiledRule
# Nobody guesses here, and almost every test of the console has members with a password.
sign_in.HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system with a fresh profile."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield chromium
        chromium.close()


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """A page as on a phone: 390 wide, touched rather than clicked, in Japanese."""
    with browser.new_context(
        viewport=PHONE, is_mobile=True, has_touch=True, locale="ja-JP", timezone_id="Asia/Tokyo"
    ) as context:
        yield context.new_page()


@pytest.fixture
def desktop_page(browser: Browser) -> Iterator[Page]:
    """A page as on a desktop: 1280 wide, in Japanese."""
    with browser.new_context(viewport=DESKTOP, locale="ja-JP", timezone_id="Asia/Tokyo") as context:
        yield context.new_page()


@pytest.fixture(params=["phone", "desktop"])
def page(request: pytest.FixtureRequest) -> Page:
    """The test runs twice, once at each width."""
    found: Page = request.getfixturevalue(f"{request.param}_page")
    return found


TOLD = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def told_at_the_end(request: pytest.FixtureRequest) -> list[str]:
    """Lines that stand below the summary of the run: how much was walked, played and covered."""
    told: list[str] = request.config.stash.setdefault(TOLD, [])
    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """CI allows no skipped test."""
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Nor a skipped module."""
    return _no_skip_in_ci((yield))


def _no_skip_in_ci(report: Report) -> Report:
    if IN_CI and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longreprtext}"
    return report
