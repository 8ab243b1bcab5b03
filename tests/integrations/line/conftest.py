from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.line import LineChannel, LineConfig
from integrations.line import channel as limits
from tests.integrations.line.far_side import FarSide, running


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    with running() as standing:
        yield standing


@pytest.fixture
def channel(far_side: FarSide, monkeypatch: pytest.MonkeyPatch) -> Iterator[LineChannel]:
    """A channel with a fixed token, and a patience that no slow machine exhausts."""
    monkeypatch.setattr(limits, "COURTESY_SECONDS", 60.0)
    opened = LineChannel(LineConfig("1234567890", ("secret",), "fixed-token", far_side.address, read_timeout=60))
    yield opened
    opened.close()


@pytest.fixture
def impatient(far_side: FarSide, monkeypatch: pytest.MonkeyPatch) -> Iterator[LineChannel]:
    """A channel that waits for one second: for a far side that never answers."""
    monkeypatch.setattr(limits, "COURTESY_SECONDS", 1.0)
    opened = LineChannel(LineConfig("1234567890", ("secret",), "fixed-token", far_side.address, read_timeout=1))
    yield opened
    opened.close()


@pytest.fixture
def stateless(far_side: FarSide) -> Iterator[LineChannel]:
    """A channel that issues its own tokens, in the middle of a rotation of its secret."""
    opened = LineChannel(LineConfig("1234567890", ("new-secret", "old-secret"), "", far_side.address))
    yield opened
    opened.close()
