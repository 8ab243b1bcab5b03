"""Refunds as staff look through them: by state, with their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.db import Connection
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
