"""A counter for each test, and two members at work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.store.staff import Member
from tests.bot.handoff_house import at_work
from tests.bot.web.counter import Counter, opened_counter


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


@pytest.fixture
def ichiro(counter: Counter) -> Member:
    return at_work(counter, "ichiro")


@pytest.fixture
def jiro(counter: Counter) -> Member:
    return at_work(counter, "jiro")
