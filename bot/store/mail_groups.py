"""Groups of mail domains that a mailing does not write to for now: a carrier knows too few of them, or blocks us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.mailings import AT_WORK

HOLD = """
INSERT INTO held_mail_groups (mailing, mail_group, reason) VALUES (%(mailing)s, %(mail_group)s, %(reason)s)
ON CONFLICT (mailing, mail_group) DO UPDATE SET reason = excluded.reason, held_at = now(), released_at = NULL
WHERE held_mail_groups.released_at IS NOT NULL
"""
RELEASE = """
UPDATE held_mail_groups SET released_at = now()
WHERE mailing = %(mailing)s AND mail_group = %(mail_group)s AND released_at IS NULL
"""
HELD = """
SELECT h.mail_group, h.reason, h.held_at, (
    SELECT count(*) FROM deliveries d
    WHERE d.mailing = h.mailing AND d.channel = 'mail' AND d.mail_group = h.mail_group AND d.state = 'planned')
FROM held_mail_groups h WHERE h.mailing = %(mailing)s AND h.released_at IS NULL ORDER BY h.mail_group
"""
NAMES = "SELECT mail_group FROM held_mail_groups WHERE mailing = %(mailing)s AND released_at IS NULL"

# Of the last ten minutes, and since its mailing was last begun and the group let go on: what was found before a pause
# is no reason for another one. How many were begun is counted for those alone that have enough of it.
TROUBLED = """
SELECT t.*, (SELECT count(*) FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery
    WHERE a.at > t.since AND a.way = 'mail' AND d.mailing = t.mailing AND d.mail_group = t.mail_group)
FROM (
    SELECT d.mailing, d.mail_group, count(*) FILTER (WHERE e.code = ANY(%(unknown)s)) AS unknown,
        count(*) FILTER (WHERE e.code ~ %(blocked)s) AS blocked,
        greatest(now() - interval '10 minutes', m.begun_at, max(h.released_at)) AS since
    FROM (SELECT delivery, code, provider, at FROM delivery_events
        WHERE code IS NOT NULL AND at > now() - interval '10 minutes' ORDER BY at DESC LIMIT 5000) e
    JOIN deliveries d ON d.id = e.delivery JOIN mailings m ON m.id = d.mailing
    LEFT JOIN held_mail_groups h ON h.mailing = d.mailing AND h.mail_group = d.mail_group
    WHERE m.state = ANY(%(at_work)s) AND e.provider = 'smtp' AND e.at > m.begun_at
      AND (h.mailing IS NULL OR e.at > h.released_at)
    GROUP BY d.mailing, d.mail_group, m.begun_at
) t WHERE greatest(t.unknown, t.blocked) >= %(least)s
"""


@dataclass(frozen=True, slots=True)
class Troubled:
    """Of a mailing at work, lately: mails to a group that went to nobody, that were blocked, and that were begun."""

    mailing: UUID
    mail_group: str
    unknown: int
    blocked: int
    since: datetime
    begun: int


@dataclass(frozen=True, slots=True)
class Held:
    """A group that is held, why, since when, and how many wait by that."""

    mail_group: str
    reason: str
    held_at: datetime
    waiting: int


def hold(connection: Connection, mailing: UUID, group: str, *, reason: str) -> bool:
    """Write to that group no more for now; False if it is held already."""
    values = {"mailing": mailing, "mail_group": group, "reason": reason}
    return connection.execute(HOLD, values).rowcount == 1


def release(connection: Connection, mailing: UUID, group: str) -> bool:
    """Let it go on; False if it is not held."""
    return connection.execute(RELEASE, {"mailing": mailing, "mail_group": group}).rowcount == 1


def held(pool: Pool, mailing: UUID) -> list[Held]:
    """The groups of a mailing that are held."""
    with autocommit(pool) as connection:
        return [Held(*row) for row in connection.execute(HELD, {"mailing": mailing})]


def names(connection: Connection, mailing: UUID) -> list[str]:
    """The same, their names alone."""
    return [str(name) for (name,) in connection.execute(NAMES, {"mailing": mailing})]


def troubled(pool: Pool, *, unknown: Sequence[str], blocked: str, least: int) -> list[Troubled]:
    """Groups with at least so many events of these codes lately; blocked is a pattern of codes."""
    values = {"unknown": list(unknown), "blocked": blocked, "least": least, "at_work": list(AT_WORK)}
    with autocommit(pool) as connection:
        return [Troubled(*row) for row in connection.execute(TROUBLED, values)]
