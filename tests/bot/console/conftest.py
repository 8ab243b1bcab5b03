"""A counter for each test, and the browser of somebody who is not signed in."""

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
