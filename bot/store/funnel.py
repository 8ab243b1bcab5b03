"""How far conversations come, question by question; counted by the day (of Japan) on which they began.

A past day is counted once an hour into funnel_days while something may still happen to it, today at every look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import LiteralString

from bot.store import counter_hours
from bot.store.db import Pool, autocommit, transaction
from bot.store.funnel_days import bounds, counted_days

MOVING_DAYS = 8  # as long as a draft is kept; after that a day is counted anew once a day
LIVELY_DAYS = 100  # from then on nobody comes back

# A key is its script (a small one's stands before the slash) and its question without numbers: coupon[2].number.
# Most keys are plain, and a regular expression for each would take as long as all the rest.
_PARTS: LiteralString = """
    CASE WHEN coalesce(nullif(t.answered, ''), t.asked) LIKE '%%/%%'
        THEN split_part(coalesce(nullif(t.answered, ''), t.asked), '/', 1) ELSE c.script END AS script,
    CASE WHEN coalesce(nullif(t.answered, ''), t.asked) LIKE '%%/%%' THEN 1 ELSE c.script_version END AS version,
    CASE WHEN t.answered LIKE '%%[%%' OR t.answered LIKE '%%/%%'
        THEN translate(split_part(t.answered, '/', -1), '[]0123456789', '') ELSE t.answered END AS answered,
    CASE WHEN t.asked LIKE '%%[%%' OR t.asked LIKE '%%/%%'
        THEN translate(split_part(t.asked, '/', -1), '[]0123456789', '') ELSE t.asked END AS asked
"""
_COUNTED: LiteralString = f"""
WITH told AS MATERIALIZED (
    SELECT d.day, c.id, c.campaign, c.channel, t.manner, t.outcome, t.turn = c.turn AS is_last, {_PARTS}
    FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS d (day, begins, ends)
    -- OFFSET keeps it a look by the index for each day, whatever the planner expects of one day.
    CROSS JOIN LATERAL (SELECT * FROM conversations WHERE created_at >= d.begins AND created_at < d.ends OFFSET 0) c
    JOIN turns t ON t.conversation = c.id
), facts AS (
    SELECT day, id, campaign, channel, script, version, f.kind, f.question, f.next, count(*) AS times
    FROM told CROSS JOIN LATERAL (VALUES
        ('asked', asked, ''),
        ('answered', CASE WHEN manner IN ('answered', 'changed') THEN answered END, ''),
        ('invalid', CASE WHEN manner = 'invalid' THEN answered END, ''),
        ('changed', CASE WHEN manner = 'changed' THEN answered END, ''),
        ('left', CASE WHEN is_last AND outcome IS NULL THEN asked END, ''),
        ('went', CASE WHEN manner = 'answered' THEN answered END, coalesce(outcome, asked, ''))
    ) AS f (kind, question, next)
    WHERE f.question <> ''
    GROUP BY day, id, campaign, channel, script, version, f.kind, f.question, f.next
)
SELECT day, campaign, channel, script, version, kind, question, next, count(*) AS conversations,
    sum(times)::int AS times
FROM facts GROUP BY day, campaign, channel, script, version, kind, question, next
"""  # noqa: S608 - this module's own words
_WANTED: LiteralString = """
script = %(script)s AND version = %(version)s AND (%(campaign)s::text = '' OR campaign = %(campaign)s)
    AND (%(channel)s::text = '' OR channel = %(channel)s)
"""
LOOK = f"""
SELECT kind, question, next, sum(conversations)::int, sum(times)::int
FROM (
    SELECT kind, question, next, conversations, times FROM ({_COUNTED}) live WHERE {_WANTED}
    UNION ALL
    SELECT kind, question, next, conversations, times
    FROM (SELECT d.*, d.script_version AS version FROM funnel_days d WHERE d.day = ANY(%(rolled)s::date[])) rolled
    WHERE {_WANTED}
) counted
GROUP BY kind, question, next
"""  # noqa: S608 - as above
DUE = """
SELECT d.day::date FROM (
    SELECT generate_series(
        (SELECT (min(created_at) AT TIME ZONE 'Asia/Tokyo')::date FROM conversations), %(today)s::date - 1, '1 day')
) AS d (day)
LEFT JOIN funnel_rolled r ON r.day = d.day
WHERE r.day IS NULL OR r.rolled_at < now() - interval '50 minutes' AND d.day >= %(moving)s
    OR r.rolled_at < now() - interval '23 hours' AND d.day >= %(lively)s
ORDER BY d.day
"""
ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('funnel'))"
FORGET = "DELETE FROM funnel_days WHERE day = ANY(%(days)s)"
ROLL = f"INSERT INTO funnel_days {_COUNTED}"
MARK = """
INSERT INTO funnel_rolled (day) SELECT unnest(%(days)s::date[]) ON CONFLICT (day) DO UPDATE SET rolled_at = now()
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: those that began from `first` to `last`, under a script; "" for every campaign, channel."""

    first: date
    last: date
    script: str
    version: int
    campaign: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """kind: asked, answered, invalid, changed, left (stands there now), went (on to `next`). times counts each turn."""

    kind: str
    question: str
    next: str
    conversations: int
    times: int


def look(pool: Pool, wanted: Wanted, *, today: date) -> list[Count]:
    """The counts of that period; days that are not counted yet, and today, are counted now."""
    with autocommit(pool) as connection:
        rolled, live = counted_days(connection, wanted.first, wanted.last, today=today)
        values = {
            "days": live,
            **bounds(live),
            "rolled": rolled,
            "script": wanted.script,
            "version": wanted.version,
            "campaign": wanted.campaign,
            "channel": wanted.channel,
        }
        return [Count(*row) for row in connection.execute(LOOK, values).fetchall()]


def roll(pool: Pool, *, today: date, ahead: timedelta = timedelta()) -> int:
    """Count the past days that are due, one transaction each; gives how many. One process at a time does it.

    ahead: by so much is the campaign's clock ahead of the real one.
    """
    with autocommit(pool) as connection:
        moving, lively = today - timedelta(days=MOVING_DAYS), today - timedelta(days=LIVELY_DAYS)
        due = connection.execute(DUE, {"today": today, "moving": moving, "lively": lively}).fetchall()
    return sum(_roll(pool, [row[0]], ahead) for row in due)


def _roll(pool: Pool, days: Sequence[date], ahead: timedelta) -> int:
    with transaction(pool) as connection:
        row = connection.execute(ONE_AT_A_TIME).fetchone()
        if not (row and row[0]):
            return 0
        for statement in (FORGET, ROLL, MARK):
            connection.execute(statement, {"days": days, **bounds(days)})
        counter_hours.roll(connection, days, ahead=ahead)
    return len(days)
