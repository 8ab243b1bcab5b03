"""A counter with codes on stock, and the token of a URL that was sent from it."""

from __future__ import annotations

import pytest

from tests.bot.web.counter import Browser, Counter
from tests.bot.web.reward_site import accepted, stocked


@pytest.fixture
def counter(counter: Counter) -> Counter:
    return stocked(counter)


@pytest.fixture
def token(counter: Counter, inside: Browser) -> str:
    return accepted(counter, inside)
