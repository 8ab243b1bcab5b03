"""A house that stands for all journeys, and houses of a test's own for those that end processes or move the clock."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from bot.local.engines import Engines
from tests.journeys.house import NOON, House, house_on
from tests.journeys.player import Traveller

SERIALS = itertools.count(10_000_001)

MakeHouse = Callable[..., House]


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-house-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _database(engines: Engines, template: str) -> Iterator[str]:
    name = f"journeys_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log".encode())
        yield urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def session_database(engines: Engines, migrated_template: str) -> Iterator[str]:
    """A database for the house that stands for all journeys."""
    with _database(engines, migrated_template) as url:
        yield url


@pytest.fixture(scope="module")
def module_database(engines: Engines, migrated_template: str) -> Iterator[str]:
    """A database for the tests of one file, where no worker of another house takes what lies there."""
    with _database(engines, migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def standing_house(engines: Engines, session_database: str) -> Iterator[House]:
    """One web process and one worker, on 2023-04-05, for journeys that disturb nobody."""
    with (
        _folder() as folder,
        house_on(session_database, engines.redis_url, folder, UNKNOWN_LOOKUP_AFTER="2") as house,
    ):
        house.start()
        house.emulator.clock.set(NOON)
        yield house


@pytest.fixture
def house(standing_house: House) -> Iterator[House]:
    """The standing house, without any trouble left over."""
    standing_house.emulator.faults.set({})
    yield standing_house
    standing_house.emulator.faults.set({})


@pytest.fixture
def own_house(fresh_database: Callable[[], str], redis_url: str) -> Iterator[MakeHouse]:
    """Makes a house of the test's own on a fresh database; settings are by their names in capitals."""
    with ExitStack() as stack:

        def make(**settings: Any) -> House:
            folder = stack.enter_context(_folder())
            return stack.enter_context(house_on(fresh_database(), redis_url, folder, **settings))

        yield make


@pytest.fixture
def traveller(house: House) -> Traveller:
    """Somebody who has never been here."""
    return Traveller(house, next(SERIALS))
