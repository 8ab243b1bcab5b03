"""The last look before the wire, and the attempt that is committed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, array

ON_THE_WIRE = 60.0  # seconds from the attempt to its outcome; then nobody is left who could tell it

# The last look before the wire, in the statement that commits the attempt: whether the mailing still runs, whether the
# row is still ours, whether its person has chosen, or wants nothing by this way. To who has blocked the account LINE
# answers 200 and delivers nothing, so that only the block itself tells.
BEGIN = """
WITH asked AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(leases)s::timestamptz[], %(persons)s::bytea[], %(channels)s::text[],
        %(providers)s::text[], %(units)s::int[], %(targets)s::bytea[])
        AS a (id, leased_until, person, channel, provider, units, target)
), judged AS (
    SELECT d.id, d.entitlement, a.person, a.provider, a.units, a.target, CASE
        WHEN d.state <> 'planned' OR d.due_at <> a.leased_until THEN 'lost'
        WHEN e.voided_at IS NOT NULL THEN 'void'
        WHEN e.brand IS NOT NULL THEN 'chosen'
        WHEN NOT m.state = ANY(%(at_work)s) THEN 'halted'
        WHEN a.channel = 'line' AND EXISTS (SELECT FROM conversations c WHERE c.channel = 'line'
            AND c.person = a.person AND c.blocked AND c.ended_at IS NULL) THEN 'blocked'
        WHEN EXISTS (SELECT FROM suppressions s WHERE s.person = a.person AND s.channel = a.channel
            AND s.lifted_at IS NULL AND (s.kind = 'everything' OR starts_with(d.purpose, 'reminder'))) THEN 'suppressed'
        ELSE 'go' END AS verdict
    FROM asked a JOIN deliveries d USING (id) JOIN mailings m ON m.id = d.mailing JOIN entitlements e ON e.id = d.entitlement
    ORDER BY d.id FOR UPDATE OF d
), begun AS (
    UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, attempted_at = now(),
        due_at = now() + %(wire)s * interval '1 second', provider = j.provider, provider_id = NULL
    FROM judged j WHERE d.id = j.id AND j.verdict = 'go'
    RETURNING d.id, d.attempts, d.ways[d.step + 1] AS way, j.provider, j.units, j.person
), noted AS (
    INSERT INTO delivery_attempts (delivery, number, way, provider, units, person)
    SELECT id, attempts, way, provider, units, person FROM begun
), retargeted AS (
    UPDATE entitlements e SET target = j.target FROM judged j
    WHERE e.id = j.entitlement AND j.verdict = 'go' AND j.target IS NOT NULL
)
SELECT id, verdict FROM judged
"""  # noqa: E501 - a table of joins reads best in one line


@dataclass(frozen=True, slots=True)
class Start:
    """What is about to go on the wire: to whom (a fingerprint) by which channel and provider, at what cost.

    target: the sealed address that one-time codes go to from now on; None leaves it as it is.
    """

    id: UUID
    leased_until: datetime
    person: bytes
    channel: str
    provider: str
    units: int
    target: bytes | None = None


def begin(connection: Connection, starts: Sequence[Start], at_work: Sequence[str]) -> dict[UUID, str]:
    """Commit an attempt of each, just before the wire; by id "go", or why not: that one must not be sent."""
    values = {
        "ids": array(start.id for start in starts),
        "leases": array(start.leased_until for start in starts),
        "persons": array(start.person for start in starts),
        "channels": array(start.channel for start in starts),
        "providers": array(start.provider for start in starts),
        "units": array(start.units for start in starts),
        "targets": array(start.target for start in starts),
        "at_work": list(at_work),
        "wire": ON_THE_WIRE,
    }
    return dict(connection.execute(BEGIN, values).fetchall())
