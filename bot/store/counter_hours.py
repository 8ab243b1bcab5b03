"""What came in and what became of it, by the hour (of Japan) and the channel.

A past day is counted together with the funnel's and kept in counter_hours, today at every look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import LiteralString

from bot.store.chosen import Chosen
from bot.store.db import Connection, Pool, autocommit
from bot.store.funnel_days import bounds, counted_days, id_at

# said: a person's turns; began: conversations; alone: those that the bot brought to an end, or that were filed,
# without staff; with_staff: those that staff had. Staff's own acts are turns too, and count as nothing that was said.
COUNTED: LiteralString = """
WITH days AS (
    SELECT * FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS d (day, begins, ends)
), facts AS (
    -- OFFSET keeps it a look by the index for each day, whatever the planner expects of one day.
    SELECT d.day, t.at, c.channel, k.kind
    FROM days d CROSS JOIN LATERAL (SELECT * FROM turns WHERE at >= d.begins AND at < d.ends OFFSET 0) t
    JOIN conversations c ON c.id = t.conversation
    CROSS JOIN LATERAL (VALUES ('said'), (CASE WHEN t.manner LIKE 'survey:%%' THEN t.manner END)) AS k (kind)
    WHERE k.kind IS NOT NULL AND t.inbound IS NOT NULL AND t.manner NOT IN ('handed_back', 'closed')
    UNION ALL
    SELECT d.day, c.created_at, c.channel, k.kind
    FROM days d
    CROSS JOIN LATERAL (SELECT * FROM conversations WHERE created_at >= d.begins AND created_at < d.ends OFFSET 0) c
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM handoffs h WHERE h.conversation = c.id) AS staffed) s
    CROSS JOIN LATERAL (VALUES ('began', true), ('with_staff', staffed), ('alone', NOT staffed AND EXISTS (
        SELECT FROM turns t WHERE t.conversation = c.id
            AND (t.outcome LIKE 'told:%%' OR t.outcome LIKE 'submitted%%')))) AS k (kind, holds)
    WHERE k.holds
    UNION ALL
    -- Messages have ids in the order of their time, by the real clock.
    SELECT d.day, o.created_at + %(ahead)s, o.channel, 'message:' || o.state
    FROM unnest(%(days)s::date[], %(first_ids)s::uuid[], %(last_ids)s::uuid[]) AS d (day, begins, ends)
    CROSS JOIN LATERAL (SELECT * FROM outgoing WHERE id >= d.begins AND id < d.ends OFFSET 0) o
)
SELECT day, extract(hour FROM at AT TIME ZONE 'Asia/Tokyo')::smallint AS hour, channel, kind, count(*)::integer AS n
FROM facts GROUP BY 1, 2, 3, 4
"""
LOOK = f"""
SELECT day, hour, channel, kind, sum(n)::integer FROM (
    SELECT day, hour, channel, kind, n FROM ({COUNTED}) live
    UNION ALL
    SELECT day, hour, channel, kind, n FROM counter_hours WHERE day = ANY(%(rolled)s::date[])
) found WHERE %(channel)s::text IN ('', channel)
GROUP BY GROUPING SETS ((day, channel, kind), (hour, channel, kind))
"""  # noqa: S608 - this module's own words
ID_BOUNDS = {"first_ids": "starts", "last_ids": "ends"}
FORGET = "DELETE FROM counter_hours WHERE day = ANY(%(days)s)"
ROLL = f"INSERT INTO counter_hours {COUNTED}"


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a kind there were by a channel: on a day, or (where there is none) in that hour of all the days."""

    day: date | None
    hour: int | None
    channel: str
    kind: str
    number: int


def roll(connection: Connection, days: Sequence[date], *, ahead: timedelta) -> None:
    """Count these past days anew, in the caller's transaction; by so much is the campaign's clock ahead."""
    for statement in (FORGET, ROLL):
        connection.execute(statement, _values(days, ahead))


def look(pool: Pool, period: Chosen, *, today: date, ahead: timedelta) -> list[Count]:
    """What there was on each day of the period, and in each hour of the day, by one channel or all."""
    with autocommit(pool) as connection:
        rolled, live = counted_days(connection, period.first, period.last, today=today)
        values = {**_values(live, ahead), "rolled": rolled, "channel": period.channel}
        return [Count(*row) for row in connection.execute(LOOK, values).fetchall()]


def _values(days: Sequence[date], ahead: timedelta) -> dict[str, object]:
    instants = bounds(days)
    ids = {name: [id_at(at - ahead) for at in instants[each]] for name, each in ID_BOUNDS.items()}
    return {"days": list(days), **instants, **ids, "ahead": ahead}
