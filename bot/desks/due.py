"""One row of what is due at an outside desk, leased and done; two tables hold such rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.parts import Parts
from bot.store.db import Connection, Pool, autocommit
from integrations.desks.desk import Desk

LEASE_SECONDS = 60.0  # longer than the calls of one row can take

Row = TypeVar("Row")


def do_next(
    parts: Parts, leases: Pool, claim: Callable[[Connection], Sequence[Row]], do: Callable[[Desk, Row], None]
) -> bool:
    """Do what is due now, as it was claimed; whether there was anything."""
    if parts.desk is None:
        return False
    with autocommit(leases) as connection:
        due = claim(connection)
    for row in due:
        do(parts.desk, row)
    return bool(due)
