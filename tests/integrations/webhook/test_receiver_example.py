"""The receiver that docs/operations.md shows: it takes what we sign, and nothing else."""

from __future__ import annotations

import base64
import re
import time
from pathlib import Path
from typing import Any

import pytest

from integrations.webhook.signing import signed_headers

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "operations.md"
KEY = b"k" * 32
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
BODY = b'{"type": "handoff.waiting"}'


@pytest.fixture
def is_ours() -> Any:
    (example,) = re.findall(r"```python\n(import base64.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own document
    return names["is_ours"]


def test_it_takes_what_we_sign_whichever_of_two_secrets_it_knows(is_ours: Any) -> None:
    now = int(time.time())
    assert is_ours(SECRET, signed_headers([KEY], "one", BODY, at=now), BODY)
    assert is_ours(SECRET, signed_headers([b"n" * 32, KEY], "one", BODY, at=now), BODY)


def test_it_takes_nothing_else(is_ours: Any) -> None:
    now = int(time.time())
    good = signed_headers([KEY], "one", BODY, at=now)
    assert not is_ours(SECRET, good, BODY + b" ")
    assert not is_ours(SECRET, {**good, "webhook-id": "two"}, BODY)
    assert not is_ours(SECRET, signed_headers([b"n" * 32], "one", BODY, at=now), BODY)
    assert not is_ours(SECRET, signed_headers([KEY], "one", BODY, at=now - 600), BODY)
    assert not is_ours(SECRET, {}, BODY)
