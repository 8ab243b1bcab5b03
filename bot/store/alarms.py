"""Alarms: the rules by which they are raised, and each time that one was, as long as it lasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.store.db import Connection, Pool, autocommit
from bot.store.moves import leading_to

MOVES: Mapping[str, Sequence[str]] = {"raised": ("seen", "ended"), "seen": ("ended",), "ended": ()}

RULES = "SELECT kind, is_on, threshold, minutes, least, mail_to, by_webhook FROM alarm_rules"
SET = """
INSERT INTO alarm_rules (kind, is_on, threshold, minutes, least, mail_to, by_webhook)
VALUES (%(kind)s, %(is_on)s, %(threshold)s, %(minutes)s, %(least)s, %(mail_to)s, %(by_webhook)s)
ON CONFLICT (kind) DO UPDATE SET is_on = excluded.is_on, threshold = excluded.threshold, minutes = excluded.minutes,
    least = excluded.least, mail_to = excluded.mail_to, by_webhook = excluded.by_webhook
"""
_COLUMNS = "id, kind, subject, state, value, threshold, raised_at, seen_at, seen_by, ended_at"
LIVE = f"SELECT {_COLUMNS} FROM alarms WHERE state <> 'ended' ORDER BY raised_at, id"  # noqa: S608 - our own words
ENDED = f"SELECT {_COLUMNS} FROM alarms WHERE state = 'ended' ORDER BY raised_at DESC LIMIT %(most)s"  # noqa: S608
RAISE = """
INSERT INTO alarms (id, kind, subject, value, threshold)
VALUES (%(id)s, %(kind)s, %(subject)s, %(value)s, %(threshold)s)
ON CONFLICT (kind, subject) WHERE state <> 'ended' DO NOTHING
"""
STANDS = "UPDATE alarms SET value = %(value)s WHERE id = %(id)s AND state <> 'ended' AND value <> %(value)s"
MOVE = """
UPDATE alarms SET state = %(state)s,
    seen_at = CASE WHEN %(state)s = 'seen' THEN now() ELSE seen_at END,
    seen_by = CASE WHEN %(state)s = 'seen' THEN %(by)s ELSE seen_by END,
    ended_at = CASE WHEN %(state)s = 'ended' THEN now() END
WHERE id = %(id)s AND state = ANY(%(earlier)s)
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """From which threshold on an alarm is raised, and whom it tells.

    minutes and least are of those that are a share: of the last so many minutes, where there were at least so many.
    mail_to is a team ("all", a prefecture's code) or "" for nobody.
    """

    kind: str
    is_on: bool
    threshold: int
    minutes: int
    least: int
    mail_to: str
    by_webhook: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble from when it was raised; subject is a brand, a channel, a campaign, or "" where there is one alone."""

    id: UUID
    kind: str
    subject: str
    state: str
    value: int
    threshold: int
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None
    ended_at: datetime | None


def rules(connection: Connection) -> dict[str, Rule]:
    """Those that somebody has set, by their kind."""
    return {row[0]: Rule(*row) for row in connection.execute(RULES).fetchall()}


def set_rule(connection: Connection, rule: Rule) -> None:
    connection.execute(SET, {name: getattr(rule, name) for name in rule.__slots__})


def live(pool: Pool) -> list[Alarm]:
    """Those that last, the oldest first."""
    with autocommit(pool) as connection:
        return live_in(connection)


def live_in(connection: Connection) -> list[Alarm]:
    return [Alarm(*row) for row in connection.execute(LIVE).fetchall()]


def ended(pool: Pool, *, most: int) -> list[Alarm]:
    """The newest of those that are over."""
    with autocommit(pool) as connection:
        return [Alarm(*row) for row in connection.execute(ENDED, {"most": most}).fetchall()]


def raise_one(connection: Connection, kind: str, subject: str, *, value: int, threshold: int) -> UUID | None:
    """Its id; None when it lasts already."""
    alarm = uuid7()
    values = {"id": alarm, "kind": kind, "subject": subject, "value": value, "threshold": threshold}
    return alarm if connection.execute(RAISE, values).rowcount else None


def stands(connection: Connection, alarm: UUID, *, value: int) -> None:
    """It lasts; how it stands now."""
    connection.execute(STANDS, {"id": alarm, "value": value})


def end(connection: Connection, alarm: UUID) -> bool:
    """False when it is over already."""
    return _move(connection, alarm, "ended")


def see(connection: Connection, alarm: UUID, *, by: str) -> bool:
    """Somebody takes care of it. False when somebody does already, or it is over."""
    return _move(connection, alarm, "seen", by=by)


def _move(connection: Connection, alarm: UUID, state: str, *, by: str = "") -> bool:
    values = {"id": alarm, "state": state, "by": by, "earlier": leading_to(MOVES, state)}
    return connection.execute(MOVE, values).rowcount == 1
