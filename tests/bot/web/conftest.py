"""A counter for each test, and a browser at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.web.counter import Browser, Counter, opened_counter


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


@pytest.fixture
def browser(counter: Counter) -> Browser:
    return Browser(counter)


@pytest.fixture
def inside(counter: Counter, browser: Browser) -> Browser:
    """A browser that has come in by the link and stands before the first private question."""
    return browser.enter(counter.to_the_door())
