"""What the tests of mailings share: a counter that may send, and the far side that it sends to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.parts import Parts
from integrations.emulator.fixture import Emulator
from tests.bot.mailing_house import house


@pytest.fixture
def sending(database_url: str, redis_url: str) -> Iterator[tuple[Parts, Emulator]]:
    with house(database_url, redis_url) as found:
        yield found
