"""A far side, and clients of it that wait long or hardly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from integrations.claims.client import HttpClaims, HttpClaimsConfig
from tests.integrations.claims.far_side import FarSide, served

PATIENT = {"read_seconds": 60.0, "lookup_seconds": 60.0}  # no slow machine is a slow backend


@pytest.fixture
def far_side() -> FarSide:
    return FarSide()


@pytest.fixture
def url(far_side: FarSide) -> Iterator[str]:
    with served(far_side) as address:
        yield address


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(url: str, pauses: list[float]) -> Iterator[HttpClaims]:
    config = HttpClaimsConfig(url, shared_key="shared key", **PATIENT)
    with closing(HttpClaims(config, sleep=pauses.append)) as opened:
        yield opened


@pytest.fixture
def impatient(url: str, pauses: list[float]) -> Iterator[HttpClaims]:
    config = HttpClaimsConfig(url, shared_key="shared key", read_seconds=1, lookup_seconds=1)
    with closing(HttpClaims(config, sleep=pauses.append)) as opened:
        yield opened


@pytest.fixture
def with_token(url: str, pauses: list[float]) -> Iterator[HttpClaims]:
    config = HttpClaimsConfig(url, token_url=f"{url}/token", client_id="me", client_secret="a+b", **PATIENT)
    with closing(HttpClaims(config, sleep=pauses.append)) as opened:
        yield opened
