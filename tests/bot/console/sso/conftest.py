"""A provider, a counter that trusts it, and a member who is to come by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import staff
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.bot.console.desk import hire
from tests.bot.sso_house import MAIL, settings
from tests.bot.web.counter import Counter, opened_counter


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig(counter_url="http://127.0.0.1:8000")) as standing:
        yield standing


@pytest.fixture
def counter(database_url: str, redis_url: str, emulator: Emulator) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url, **settings(emulator)) as opened:
        yield opened


@pytest.fixture
def member(counter: Counter) -> str:
    """A member who is to come by a checked address."""
    hire(counter.parts, "ichiro", name="担当 一郎")
    staff.name_for_sso(counter.parts, "ichiro", MAIL, by="test")
    return "ichiro"
