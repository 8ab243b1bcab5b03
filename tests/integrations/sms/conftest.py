from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.sms.far_side import FarSide, running


@pytest.fixture
def provider() -> Iterator[FarSide]:
    with running() as standing:
        yield standing
