"""A counter for each test whose staff sit at Chatwoot, and a member at our own console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.store.staff import Member
from tests.bot.desk_house import Office, opened_office
from tests.bot.handoff_house import at_work, handed_over


@pytest.fixture
def office(database_url: str, redis_url: str) -> Iterator[Office]:
    with opened_office(database_url, redis_url) as opened:
        yield opened


@pytest.fixture
def ichiro(office: Office) -> Member:
    return at_work(office.counter, "ichiro")


@pytest.fixture
def waiting(office: Office) -> Office:
    """Somebody waits there."""
    handed_over(office.counter)
    office.work()
    return office
