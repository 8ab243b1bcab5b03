"""Long lists read some at a time along their key, which is made in the order of their coming: few are held at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import LiteralString
from uuid import UUID

from bot.store.db import Pool, autocommit

AT_ONCE = 1000
AFTER_ALL = UUID(int=2**128 - 1)


def newest_first(pool: Pool, query: LiteralString, values: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    """All that a query finds, whose first column is its key, goes down from `before` and has at most `most` rows."""
    before: object = AFTER_ALL
    while True:
        with autocommit(pool) as connection:
            part = connection.execute(query, {**values, "before": before, "most": AT_ONCE}).fetchall()
        yield from part
        if len(part) < AT_ONCE:
            return
        before = part[-1][0]
