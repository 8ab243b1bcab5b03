from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.mail.far_side import FarRelay, running


@pytest.fixture
def relay() -> Iterator[FarRelay]:
    with running() as standing:
        yield standing
