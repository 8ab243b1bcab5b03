"""What tests share: real engines, a fresh database for each test, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import redis
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from bot.local.engines import Engines, embedded_engines
from bot.store.migrate import upgrade

# No test fails for a slow machine; how long things take is measured in bench/.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

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
            yield embedded
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_template(engines: Engines) -> Iterator[str]:
    """The name of a migrated database that nobody writes to; fresh ones are copies of it."""
    with _database(engines) as name:
        upgrade(_at(engines, name))
        yield name


@pytest.fixture
def fresh_database(engines: Engines, migrated_template: str) -> Iterator[Callable[[], str]]:
    """Makes a new migrated, empty database at each call and gives its address; all are dropped after the test."""
    with ExitStack() as databases:
        yield lambda: _at(engines, databases.enter_context(_database(engines, template=migrated_template)))


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
def _database(engines: Engines, template: str = "template1") -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log".encode())
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _at(engines: Engines, database: str) -> str:
    return urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{database}"))


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
