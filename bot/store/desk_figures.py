"""How long people wait for staff, and until they are helped: sums over handoffs, nobody's in particular.

Days are by when the person asked (the campaign's clock); how long it took is by PostgreSQL's clock alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, LiteralString

from bot.store.db import Pool, autocommit
from bot.store.funnel_days import bounds

MOST_STRETCHES, WEEK = 100, 7

_CHOSEN: LiteralString = "%(channel)s::text IN ('', channel) AND %(team)s::text IN ('', prefecture)"
# Who went back to the bot before staff were done was not helped by them.
TIMES = f"""
WITH told AS (
    SELECT %(first)s::date
            + ((began_at AT TIME ZONE 'Asia/Tokyo')::date - %(first)s::date) / %(step)s * %(step)s AS day,
        extract(epoch FROM answered_at - came_at) AS reply,
        CASE WHEN ended_by <> 'person' THEN extract(epoch FROM ended_at - came_at) END AS solved
    FROM handoffs WHERE began_at >= %(begins)s AND began_at < %(ends)s AND {_CHOSEN}
)
SELECT day, count(*)::integer, count(reply)::integer, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY reply),
    count(solved)::integer, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY solved)
FROM told GROUP BY GROUPING SETS ((day), ()) ORDER BY day NULLS LAST
"""  # noqa: S608 - this module's own words
WAITING = f"""
SELECT count(*)::integer, coalesce(extract(epoch FROM now() - min(queued_at)), 0)::integer
FROM handoffs WHERE state = 'waiting' AND {_CHOSEN}
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Span:
    """Of how many, their median, and what nine in ten stay below; in seconds, None where there are none."""

    number: int
    median: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Times:
    """Handoffs that began on a day: how many, their first reply, and until staff had done with them."""

    handoffs: int
    reply: Span
    solved: Span


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits now: how many, and the longest for how many seconds."""

    number: int
    longest: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Handoffs of which days (both included), channel and prefecture; "" for every one."""

    first: date
    last: date
    channel: str = ""
    team: str = ""

    @property
    def step(self) -> int:
        """How many days are counted together: a drawing has room for about a hundred stretches."""
        return 1 if (self.last - self.first).days < MOST_STRETCHES else WEEK

    @property
    def days(self) -> Sequence[date]:
        """The first day of each stretch."""
        return [
            self.first + timedelta(days=number) for number in range(0, (self.last - self.first).days + 1, self.step)
        ]


def times(pool: Pool, chosen: Chosen) -> Mapping[date | None, Times]:
    """By the first day of each stretch; under None for the whole period."""
    with autocommit(pool) as connection:
        rows = connection.execute(TIMES, _values(chosen)).fetchall()
    return {row[0]: Times(row[1], _span(*row[2:4]), _span(*row[4:6])) for row in rows}


def waiting(pool: Pool, chosen: Chosen) -> Waiting:
    """Now, whatever period was chosen."""
    with autocommit(pool) as connection:
        row: Any = connection.execute(WAITING, {"channel": chosen.channel, "team": chosen.team}).fetchone()
    return Waiting(*row)


def _values(chosen: Chosen) -> dict[str, object]:
    days = bounds([chosen.first, chosen.last])
    return {
        "begins": days["starts"][0],
        "ends": days["ends"][1],
        "first": chosen.first,
        "step": chosen.step,
        "channel": chosen.channel,
        "team": chosen.team,
    }


def _span(number: int, found: list[float] | None) -> Span:
    return Span(number, *found) if found else Span(number, None, None)
