"""An emulated vendor, a counter before it, and a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.parts import Parts
from bot.worker import Worker
from integrations.emulator.fixture import Emulator
from tests.bot.issuing_house import hired, opened, vendor_emulated


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with vendor_emulated() as found:
        yield found


@pytest.fixture
def parts(database_url: str, redis_url: str, emulator: Emulator) -> Iterator[Parts]:
    with opened(database_url, redis_url, emulator) as found:
        yield found


@pytest.fixture
def work(parts: Parts) -> Iterator[Worker]:
    with hired(parts) as worker:
        yield worker
