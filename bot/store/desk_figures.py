"""How long people wait for staff, and until they are helped: sums over handoffs, nobody's in particular.

Days are by when the person asked (the campaign's clock); how long it took is by PostgreSQL's clock alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString

from bot.store.chosen import Chosen
from bot.store.db import Pool, autocommit
from bot.store.funnel_days import bounds
from dialogs.words import JST

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


QUEUE = f"""
SELECT hour, sum(waiting)::integer, max(longest) FROM queue_hours
WHERE hour >= %(begins)s AND hour < %(ends)s AND {_CHOSEN} GROUP BY hour ORDER BY hour
"""  # noqa: S608 - as above
MAILED = """
SELECT ((minute + %(ahead)s) AT TIME ZONE 'Asia/Tokyo')::date, state, sum(n)::integer FROM mailing_minutes
WHERE minute >= %(begins)s - %(ahead)s AND minute < %(ends)s - %(ahead)s GROUP BY 1, 2
"""
CASES = """
SELECT greatest(extract(day FROM %(now)s - acted_at), 0)::integer, kind, count(*)::integer FROM cases
WHERE state NOT IN ('closed', 'withdrawn') AND %(channel)s::text IN ('', channel) GROUP BY 1, 2
"""


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
class Queue:
    """An hour's most: how many waited, and the longest for how many seconds."""

    number: int
    longest: int


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


def queue_over_time(pool: Pool, chosen: Chosen) -> Mapping[datetime, Queue]:
    """By the hour, where anybody waited."""
    with autocommit(pool) as connection:
        rows = connection.execute(QUEUE, _values(chosen)).fetchall()
    return {row[0].astimezone(JST): Queue(*row[1:]) for row in rows}


def mailed(pool: Pool, chosen: Chosen, *, ahead: timedelta) -> Sequence[tuple[date, str, int]]:
    """By day, how many deliveries of mailings came into which state; ahead: the campaign's clock of the real one."""
    with autocommit(pool) as connection:
        return connection.execute(MAILED, {**_values(chosen), "ahead": ahead}).fetchall()


def open_cases(pool: Pool, chosen: Chosen, *, now: datetime) -> Sequence[tuple[int, str, int]]:
    """The days that open cases have waited, their kind, how many; whatever period was chosen."""
    with autocommit(pool) as connection:
        return connection.execute(CASES, {**_values(chosen), "now": now}).fetchall()
