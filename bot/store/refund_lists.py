"""Refunds as staff look through them: by state, with their sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.store import by_key
from bot.store.db import Connection, Pool, one_value
from bot.store.refunds import COLUMNS, Refund

# What staff have to do something about comes first.
LISTED_FIRST = ("returned", "applied", "checked", "released", "paid", "cancelled")

COUNTS = """
SELECT state, count(*), coalesce(sum(amount), 0)::bigint FROM refunds WHERE campaign = %(campaign)s
GROUP BY state ORDER BY array_position(
    ARRAY['applied', 'checked', 'released', 'paid', 'returned', 'cancelled'], state)
"""

LISTED = f"""
{COLUMNS} WHERE campaign = %(campaign)s AND state = ANY(%(states)s)
ORDER BY array_position(%(states)s::text[], state), acted_at, id LIMIT %(most)s
"""

PART = f"""
{COLUMNS} WHERE id < %(before)s AND campaign = %(campaign)s AND state = ANY(%(states)s)
ORDER BY id DESC LIMIT %(most)s
"""
COUNT = "SELECT count(*) FROM refunds WHERE campaign = %(campaign)s AND state = ANY(%(states)s)"


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many refunds are in a state, and their sum in yen as far as it is known."""

    state: str
    count: int
    amount: int


def counts(connection: Connection, campaign: str) -> list[StateCount]:
    """How many refunds of a campaign are in each state, in the order of the states."""
    return [StateCount(*row) for row in connection.execute(COUNTS, {"campaign": campaign})]


def listed(connection: Connection, campaign: str, *, states: Sequence[str] = LISTED_FIRST, most: int) -> list[Refund]:
    """Refunds of a campaign in these states and in their order, the oldest of each first."""
    values = {"campaign": campaign, "states": list(states), "most": most}
    return [Refund(*row) for row in connection.execute(LISTED, values)]


def every(pool: Pool, campaign: str, *, states: Sequence[str] = LISTED_FIRST) -> Iterator[Refund]:
    """All refunds of a campaign in these states, the newest first."""
    for row in by_key.newest_first(pool, PART, {"campaign": campaign, "states": list(states)}):
        yield Refund(*row)  # type: ignore[arg-type]  # as the columns are


def how_many(pool: Pool, campaign: str, *, states: Sequence[str] = LISTED_FIRST) -> int:
    return int(one_value(pool, COUNT, {"campaign": campaign, "states": list(states)}))
