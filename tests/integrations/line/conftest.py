from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integrations.line import LineChannel, LineConfig
from integrations.line import channel as limits
from tests.integrations.line.far_side import FarSide, running


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    with running() as standing:
        yield standing


@contextmanager
def waiting(far_side: FarSide, monkeypatch: pytest.MonkeyPatch, *, seconds: int) -> Iterator[LineChannel]:
    """A channel that waits so long for an answer, for the courtesies too."""
    monkeypatch.setattr(limits, "COURTESY_SECONDS", float(seconds))
    opened = LineChannel(LineConfig("1234567890", ("secret",), "fixed-token", far_side.address, read_timeout=seconds))
    yield opened
    opened.close()


@pytest.fixture
def channel(far_side: FarSide, monkeypatch: pytest.MonkeyPatch) -> Iterator[LineChannel]:
    """A channel with a fixed token, and a patience that no slow machine exhausts."""
    with waiting(far_side, monkeypatch, seconds=60) as opened:
        yield opened


@pytest.fixture
def impatient(far_side: FarSide, monkeypatch: pytest.MonkeyPatch) -> Iterator[LineChannel]:
    """A channel that waits for one second: for a far side that never answers."""
    with waiting(far_side, monkeypatch, seconds=1) as opened:
        yield opened


@pytest.fixture
def stateless(far_side: FarSide) -> Iterator[LineChannel]:
    """A channel that issues its own tokens, in the middle of a rotation of its secret."""
    opened = LineChannel(LineConfig("1234567890", ("new-secret", "old-secret"), "", far_side.address))
    yield opened
    opened.close()
