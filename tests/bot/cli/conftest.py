"""Servers for commands to work on, and the parts of a counter on them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from bot.local.engines import Engines
from bot.parts import Parts
from tests.bot.cli.typed import SECRET
from tests.bot.refunds_house import counter


@pytest.fixture
def servers(database_url: str, redis_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "SECRET_KEYS": f"first:{SECRET}"}


@pytest.fixture
def settings(servers: dict[str, str]) -> dict[str, str]:
    return {**servers, "CLOCK": "demo"}


@pytest.fixture
def parts(settings: dict[str, str]) -> Iterator[Parts]:
    with counter(settings["DATABASE_URL"], settings["REDIS_URL"], SECRET_KEYS=settings["SECRET_KEYS"]) as opened:
        yield opened


@pytest.fixture
def empty_database(engines: Engines) -> Iterator[str]:
    """The address of a database without a table."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(engines.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield urlunsplit(urlsplit(engines.database_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
