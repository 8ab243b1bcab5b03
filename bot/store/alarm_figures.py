"""What alarms are reckoned from: each a look along an index, whatever has piled up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store import waits
from bot.store.db import Connection

# In one order, so that no two transactions wait for each other.
LOOKED = """
INSERT INTO coupon_looks
SELECT date_trunc('minute', now()), result, pg_backend_pid() %% 16, count(*)
FROM unnest(%(results)s::text[]) AS result GROUP BY result ORDER BY result
ON CONFLICT (minute, result, shard) DO UPDATE SET n = coupon_looks.n + excluded.n
"""
UNMATCHED = """
SELECT coalesce(sum(n), 0)::integer, coalesce(sum(n) FILTER (WHERE result = 'no_match'), 0)::integer
FROM coupon_looks WHERE minute > now() - %(minutes)s * interval '1 minute'
"""
LONGEST = f"""
SELECT coalesce(floor(extract(epoch FROM now() - min({waits.SINCE})) / 60), 0)::integer
FROM handoffs WHERE {waits.WAITS}
"""  # noqa: S608 - the names are our own
SAMPLE = """
INSERT INTO queue_hours
SELECT %(hour)s, channel, prefecture, count(*), extract(epoch FROM now() - min(queued_at))::integer
FROM handoffs WHERE state = 'waiting' GROUP BY channel, prefecture
ON CONFLICT (hour, channel, prefecture) DO UPDATE
SET waiting = greatest(queue_hours.waiting, excluded.waiting), longest = greatest(queue_hours.longest, excluded.longest)
"""
# By when they were last tried: what was planned overnight, or for its date weeks ago, fails in the morning.
MESSAGES = """
SELECT channel, count(*)::integer, count(*) FILTER (WHERE state IN ('refused', 'unknown', 'undelivered')
    OR state IN ('planned', 'sending') AND error IS NOT NULL)::integer
FROM outgoing WHERE first_attempt_at > now() - %(minutes)s * interval '1 minute' GROUP BY channel
"""
LISTED = """
SELECT count(*)::integer FROM deliveries d JOIN entitlements e ON e.id = d.entitlement
WHERE d.state IN ('undelivered', 'suppressed') AND d.purpose = 'reward_url' AND e.campaign = %(campaign)s
  AND e.submission IS NULL AND e.voided_at IS NULL AND e.state IN ('planned', 'notified')
"""
# What is heard of an attempt of that time is of that time too, so that failures are found along their own index.
MAILED = """
SELECT 'mailing:' || a.provider, count(*)::integer, count(v.delivery)::integer
FROM delivery_attempts a LEFT JOIN (
    SELECT DISTINCT delivery, attempt FROM delivery_events
    WHERE code IS NOT NULL AND at > now() - %(minutes)s * interval '1 minute'
) v ON v.delivery = a.delivery AND v.attempt = a.number
WHERE a.at > now() - %(minutes)s * interval '1 minute' GROUP BY a.provider
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """An inquiry number was looked up; result is match or no_match."""

    result: str


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    all: int
    bad: int

    @property
    def percent(self) -> int:
        return 100 * self.bad // self.all if self.all else 0


def looked(connection: Connection, looks: Sequence[Looked]) -> None:
    """Count them; the last of what a transaction writes, for others wait for these rows."""
    if looks:
        connection.execute(LOOKED, {"results": [look.result for look in looks]})


def unmatched(connection: Connection, *, minutes: int) -> Share:
    row = connection.execute(UNMATCHED, {"minutes": minutes}).fetchone()
    return Share(*row) if row else Share(0, 0)


def listed_not_arrived(connection: Connection, campaign: str) -> int:
    """People of a campaign's lists whom no way has reached, and who have not opened their URL."""
    row = connection.execute(LISTED, {"campaign": campaign}).fetchone()
    return int(row[0]) if row else 0


def longest_wait(connection: Connection) -> int:
    """Minutes that the first in the queue, or at an outside desk, has waited."""
    row = connection.execute(LONGEST).fetchone()
    return int(row[0]) if row else 0


def sample_queue(connection: Connection, hour: datetime) -> None:
    """Keep for this hour (of the campaign's clock) how long the longest wait has been and how many waited at most."""
    connection.execute(SAMPLE, {"hour": hour})


def providers(connection: Connection, *, minutes: int) -> Mapping[str, Share]:
    """Of what was tried in these minutes, what has failed by now: by channel, by provider of mailings."""
    found = (row for query in (MESSAGES, MAILED) for row in connection.execute(query, {"minutes": minutes}).fetchall())
    return {row[0]: Share(*row[1:]) for row in found}
