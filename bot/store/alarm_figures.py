"""What alarms are reckoned from: each a look along an index, whatever has piled up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store import waits
from bot.store.db import Connection, Pool, autocommit

LOOKED = """
INSERT INTO coupon_looks VALUES (date_trunc('minute', now()), %(result)s, pg_backend_pid() %% 16, 1)
ON CONFLICT (minute, result, shard) DO UPDATE SET n = coupon_looks.n + 1
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
# Ids of messages are in the order of their time, so that the newest are found without another index.
MESSAGES = """
SELECT channel, count(*)::integer, count(*) FILTER (WHERE state IN ('refused', 'unknown', 'undelivered')
    OR state IN ('planned', 'sending') AND error IS NOT NULL)::integer
FROM outgoing WHERE id >= %(since)s AND attempts > 0 GROUP BY channel
"""
LISTED = """
SELECT count(*)::integer FROM deliveries d JOIN entitlements e ON e.id = d.entitlement
WHERE d.state IN ('undelivered', 'suppressed') AND d.purpose = 'reward_url' AND e.campaign = %(campaign)s
  AND e.submission IS NULL AND e.voided_at IS NULL AND e.state IN ('planned', 'notified')
"""
ATTEMPTS = """
SELECT provider, count(*)::integer FROM delivery_attempts
WHERE at > now() - %(minutes)s * interval '1 minute' GROUP BY provider
"""
FAILURES = """
SELECT provider, count(DISTINCT (delivery, attempt))::integer FROM delivery_events
WHERE code IS NOT NULL AND at > now() - %(minutes)s * interval '1 minute' GROUP BY provider
"""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    all: int
    bad: int

    @property
    def percent(self) -> int:
        return 100 * self.bad // self.all if self.all else 0


def looked(pool: Pool, result: str) -> None:
    """An inquiry number was looked up: match, no_match."""
    with autocommit(pool) as connection:
        connection.execute(LOOKED, {"result": result})


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


def providers(connection: Connection, since: UUID, *, minutes: int) -> Mapping[str, Share]:
    """By channel of single messages, by provider of mailings; since: the least id of that time."""
    single = {row[0]: Share(*row[1:]) for row in connection.execute(MESSAGES, {"since": since}).fetchall()}
    values = {"minutes": minutes}
    failed: dict[str, int] = dict(connection.execute(FAILURES, values).fetchall())
    mailed = {
        f"mailing:{provider}": Share(number, min(failed.get(provider, 0), number))
        for provider, number in connection.execute(ATTEMPTS, values).fetchall()
    }
    return {**single, **mailed}
