from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.line import LineChannel, LineConfig
from tests.integrations.line.far_side import FarSide, running


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    with running() as standing:
        yield standing


@pytest.fixture
def channel(far_side: FarSide) -> Iterator[LineChannel]:
    """A channel with a fixed token and a short patience."""
    opened = LineChannel(LineConfig("1234567890", ("secret",), "fixed-token", far_side.address, read_timeout=0.3))
    yield opened
    opened.close()


@pytest.fixture
def stateless(far_side: FarSide) -> Iterator[LineChannel]:
    """A channel that issues its own tokens, in the middle of a rotation of its secret."""
    opened = LineChannel(LineConfig("1234567890", ("new-secret", "old-secret"), "", far_side.address))
    yield opened
    opened.close()
