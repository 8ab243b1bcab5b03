"""Mailings: which there are, in which state, and how many of their deliveries are where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from bot.store.db import Connection, Pool, autocommit, one_value, transaction
from bot.store.moves import leading_to

# From each state to those that may follow it; docs/state-machines.md is drawn from this.
MOVES: Mapping[str, Sequence[str]] = {
    "planned": ("piloting", "running", "cancelled"),
    "piloting": ("running", "paused", "cancelled"),
    "running": ("paused", "finished", "cancelled"),
    "paused": ("piloting", "running", "cancelled"),
    "finished": ("running",),
    "cancelled": (),
}
AT_WORK = ("piloting", "running")
OPEN = ("planned", "sending", "unknown", "accepted")  # states of deliveries that are not at their end

ADD = """
INSERT INTO mailings (id, name, campaign, campaign_version, purpose)
VALUES (%(id)s, %(name)s, %(campaign)s, %(campaign_version)s, %(purpose)s)
ON CONFLICT (name) DO NOTHING
"""
COLUMNS = "id, name, campaign, campaign_version, purpose, state, reason, paused_from, created_at, begun_at, ended_at"
ALL = f"SELECT {COLUMNS} FROM mailings WHERE state = ANY(%(states)s) ORDER BY created_at, id"  # noqa: S608 - this module's own words
CALLED_OFF = f"""
SELECT {COLUMNS} FROM mailings m WHERE state = 'cancelled' AND EXISTS (
    SELECT FROM mailing_counts c WHERE c.mailing = m.id AND c.state = 'planned' HAVING sum(c.n) > 0)
"""  # noqa: S608 - as above
BY_ID = f"SELECT {COLUMNS} FROM mailings WHERE id = %(id)s"  # noqa: S608 - as above
BY_NAME = f"SELECT {COLUMNS} FROM mailings WHERE name = %(name)s"  # noqa: S608 - as above

MOVE = """
UPDATE mailings SET state = %(to)s, reason = %(reason)s,
    paused_from = CASE WHEN %(to)s = 'paused' THEN state ELSE '' END,
    begun_at = CASE WHEN %(to)s = ANY(%(at_work)s) THEN now() ELSE begun_at END,
    ended_at = CASE WHEN %(to)s IN ('finished', 'cancelled') THEN now() END
WHERE id = %(id)s AND state = ANY(%(was)s)
"""
COUNTS = "SELECT state, sum(n)::bigint FROM mailing_counts WHERE mailing = %(id)s GROUP BY state HAVING sum(n) <> 0"
MINUTES = """
SELECT minute, state, sum(n)::bigint FROM mailing_minutes WHERE mailing = %(id)s AND minute >= %(since)s
GROUP BY minute, state ORDER BY minute, state
"""


SHARES = """
SELECT d.ways[d.step + 1], d.mail_group, e.language, e.submission IS NOT NULL, count(*), sum(e.amount)::bigint
FROM deliveries d JOIN entitlements e ON e.id = d.entitlement
WHERE d.mailing = %(id)s AND d.state = 'planned'
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC
"""


# Of who never applied, by the one way on which the URL arrived; who was only reached by staff has been spoken with.
REMIND = """
WITH next AS (
    SELECT d.id, d.entitlement, d.contacts, replace(d.ways[d.step + 1], 'sms_plain', 'sms') AS way, d.mail_group
    FROM deliveries d JOIN entitlements e ON e.id = d.entitlement
    WHERE d.id > %(after)s AND d.purpose = 'reward_url' AND d.state IN ('accepted', 'presumed', 'delivered')
      AND d.contacts IS NOT NULL
      AND e.campaign = %(campaign)s AND e.submission IS NULL AND e.brand IS NULL AND e.voided_at IS NULL
    ORDER BY d.id LIMIT %(most)s
), added AS (
    INSERT INTO deliveries (id, mailing, entitlement, purpose, contacts, ways, mail_group)
    SELECT gen_random_uuid(), %(mailing)s, entitlement, %(purpose)s, contacts, ARRAY[way], mail_group FROM next
    ON CONFLICT (entitlement, purpose) DO NOTHING RETURNING id
)
SELECT (SELECT count(*) FROM added), (SELECT id FROM next ORDER BY id DESC LIMIT 1)
"""

# Of the last ten minutes, and since it was last begun: what was found before a pause is no reason for another one.
TROUBLES = """
SELECT m.id, (SELECT coalesce(sum(n), 0)::bigint FROM mailing_minutes
        WHERE mailing = m.id AND state = 'sending' AND minute >= date_trunc('minute', greatest(m.begun_at, t.since))),
    count(*) FILTER (WHERE t.code = ANY(%(filtered)s)), count(*) FILTER (WHERE t.code = ANY(%(unknown)s))
FROM (
    SELECT delivery, code, at, now() - interval '10 minutes' AS since FROM delivery_events
    WHERE code IS NOT NULL AND provider <> 'smtp' AND at > now() - interval '10 minutes' ORDER BY at DESC LIMIT 5000
) t
JOIN deliveries d ON d.id = t.delivery JOIN mailings m ON m.id = d.mailing
WHERE m.state = ANY(%(at_work)s) AND t.at > m.begun_at
GROUP BY m.id, m.begun_at, t.since
"""
# So many of them that a small mailing has a pilot too, in an order that has nothing to do with that of the list.
PILOT = """
WITH waiting AS (SELECT id FROM deliveries WHERE mailing = %(mailing)s AND state = 'planned' AND NOT pilot)
UPDATE deliveries SET pilot = true WHERE id IN (
    SELECT id FROM waiting ORDER BY md5(id::text)
    LIMIT (SELECT ceil(%(share)s::numeric * count(*))::bigint FROM waiting))
"""
PILOT_WAITS = "SELECT count(*) FROM deliveries WHERE mailing = %(id)s AND state = 'planned' AND pilot"
CANCEL = """
UPDATE deliveries SET state = 'cancelled', due_at = NULL, reason = 'mailing cancelled'
WHERE id IN (SELECT id FROM deliveries WHERE mailing = %(mailing)s AND state = 'planned' LIMIT %(most)s)
"""
EXPIRE = """
UPDATE deliveries SET state = 'expired', due_at = NULL
WHERE id IN (SELECT id FROM deliveries WHERE mailing = %(mailing)s AND state = 'planned'
    LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class Troubles:
    """Of a mailing at work: attempts that were begun lately, and texts that were filtered, or went to nobody."""

    mailing: UUID
    begun: int
    filtered: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many people whose way, mail group and language are these; applied: they came by an application."""

    way: str
    mail_group: str
    language: str
    applied: bool
    people: int
    yen: int


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mailing as it stands; reason says why it is paused. Times are PostgreSQL's own."""

    id: UUID
    name: str
    campaign: str
    campaign_version: int
    purpose: str
    state: str
    reason: str
    paused_from: str
    created_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None


def add(connection: Connection, mailing: UUID, name: str, *, campaign: tuple[str, int], purpose: str) -> bool:
    """Make a mailing for a campaign (id, version); False if the name is taken."""
    row = {"id": mailing, "name": name, "purpose": purpose, "campaign": campaign[0], "campaign_version": campaign[1]}
    return connection.execute(ADD, row).rowcount == 1


def every(pool: Pool, *, at_work: bool = False) -> list[Mailing]:
    """All mailings, the oldest first; at_work: those alone that are sent just now."""
    states = list(AT_WORK) if at_work else list(MOVES)
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Mailing)) as cursor:
        return cursor.execute(ALL, {"states": states}).fetchall()


def by_name(pool: Pool, name: str) -> Mailing | None:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Mailing)) as cursor:
        return cursor.execute(BY_NAME, {"name": name}).fetchone()


def by_id(pool: Pool, mailing: UUID) -> Mailing | None:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Mailing)) as cursor:
        return cursor.execute(BY_ID, {"id": mailing}).fetchone()


def called_off(pool: Pool) -> list[Mailing]:
    """Cancelled ones of which some rows are still planned."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Mailing)) as cursor:
        return cursor.execute(CALLED_OFF).fetchall()


def move(connection: Connection, mailing: UUID, to: str, *, reason: str = "") -> bool:
    """On to the next state, if that may follow the one it is in; False changes nothing."""
    values = {"id": mailing, "to": to, "reason": reason, "was": leading_to(MOVES, to), "at_work": list(AT_WORK)}
    return connection.execute(MOVE, values).rowcount == 1


def counts(pool: Pool, mailing: UUID) -> dict[str, int]:
    """How many of its deliveries are in which state."""
    with autocommit(pool) as connection:
        return dict(connection.execute(COUNTS, {"id": mailing}).fetchall())


def troubles(pool: Pool, *, filtered: Sequence[str], unknown: Sequence[str]) -> list[Troubles]:
    """What has gone wrong lately with the mailings at work, by these codes; mail is looked at in mail_groups."""
    values = {"filtered": list(filtered), "unknown": list(unknown), "at_work": list(AT_WORK)}
    with autocommit(pool) as connection:
        return [Troubles(*row) for row in connection.execute(TROUBLES, values)]


def plan_reminder(pool: Pool, mailing: UUID, campaign: str, purpose: str, *, most: int = 10_000) -> int:
    """A delivery for each person whose URL arrived and who has not chosen; gives how many.

    So many are looked at by one statement, which takes half a second; a second time plans what is missing.
    """
    values = {"mailing": mailing, "campaign": campaign, "purpose": purpose, "most": most, "after": UUID(int=0)}
    people = 0
    while values["after"]:
        with autocommit(pool) as connection:
            row = connection.execute(REMIND, values).fetchone()
        assert row  # noqa: S101 - a SELECT without FROM has one row
        people, values = people + int(row[0]), {**values, "after": row[1]}
    return people


def planned_shares(pool: Pool, mailing: UUID) -> list[Share]:
    """What of it has not gone out yet, the biggest share first."""
    with transaction(pool) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        return [Share(*row) for row in connection.execute(SHARES, {"id": mailing})]


def minutes(pool: Pool, mailing: UUID, *, since: datetime) -> list[tuple[datetime, str, int]]:
    """How many came into which state in each minute since then."""
    with autocommit(pool) as connection:
        return connection.execute(MINUTES, {"id": mailing, "since": since}).fetchall()


def make_pilot(connection: Connection, mailing: UUID, share: float) -> int:
    """Choose a share of what is planned, spread evenly, one at least, to go first; gives how many."""
    connection.execute("SET LOCAL statement_timeout = 0")  # it walks past all of a million rows
    return connection.execute(PILOT, {"mailing": mailing, "share": share}).rowcount


def pilot_waits(pool: Pool, mailing: UUID) -> int:
    """How many of its pilot have not gone out yet."""
    return int(one_value(pool, PILOT_WAITS, {"id": mailing}))


def cancel(pool: Pool, mailing: UUID, *, most: int = 20_000) -> int:
    """Cancel up to `most` deliveries of a mailing that are not on the wire; gives how many."""
    with autocommit(pool) as connection:
        return connection.execute(CANCEL, {"mailing": mailing, "most": most}).rowcount


def expire(pool: Pool, mailing: UUID, *, most: int = 20_000) -> int:
    """Put up to `most` deliveries that are not on the wire to their end, the last day being over; gives how many."""
    with autocommit(pool) as connection:
        return connection.execute(EXPIRE, {"mailing": mailing, "most": most}).rowcount
