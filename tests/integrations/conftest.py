"""What tests of several channels share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.tls import write_certificate


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost and its key, in one file, signed by itself."""
    return write_certificate(tmp_path / "localhost.pem")
