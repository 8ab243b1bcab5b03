"""What goes into the database as an array comes out of it as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from bot.store.db import array

ODD = ["", "NULL", None, 'a "quote"', "back\\slash", "{a,b}", "a,b", " spaced ", "new\nline", "髙橋①", "''"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ODD),
        ("bytea", [b"", None, b'\x00\xff\\"{}']),
        ("uuid", [UUID("01890a5d-ac96-774b-bcce-b302099a8057")]),
        ("int", [0, -1, 500]),
        ("float", [0.1, 259200.0]),
        ("timestamptz", [datetime(2023, 4, 5, 10, 0, 0, 123456, UTC)]),
        ("text", []),
    ],
)
def test_values_come_out_of_an_array_as_they_were(database_url: str, kind: LiteralString, values: list[Any]) -> None:
    with psycopg.connect(database_url, options="-c timezone=UTC") as connection:
        assert (values,) == connection.execute(f"SELECT %s::{kind}[]", [array(values)]).fetchone()
