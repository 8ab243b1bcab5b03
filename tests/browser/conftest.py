"""A counter for each test and its address, and the emulator's page, whose tests bring a counter of two lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator
from tests.bot.web.counter import Counter, opened_counter, served
from tests.browser.emulator_screen import Counter as TwoLines
from tests.browser.emulator_screen import Screen, emulating

# What a page shows by itself takes its time on a busy machine; no promise of these tests is a deadline.
expect.set_options(timeout=30_000)


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


@pytest.fixture
def address(counter: Counter) -> Iterator[str]:
    with served(counter) as url:
        yield url


@pytest.fixture
def emulator(counter: TwoLines) -> Iterator[Emulator]:
    with emulating(EmulatorConfig(counter_url=counter.url, webhook_deadline=60)) as started:
        counter.emulator_url = started.url
        yield started


@pytest.fixture
def screen(page: Page, emulator: Emulator) -> Iterator[Screen]:
    """The open page; at its end it must have logged no error and broken no policy."""
    screen = Screen(page, emulator)
    screen.listen()
    page.goto(emulator.url)
    expect(page.locator("#link-state")).to_have_attribute("data-state", "up")
    yield screen
    assert [] == screen.complaints
