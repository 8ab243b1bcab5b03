"""Where staff are signed in: kept here, so that ending one ends it at once. The browser holds a token, we its hash.

PostgreSQL's own clock judges them: the campaign's may be moved while trying.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.store.db import Connection, Pool, autocommit
from bot.store.staff import MEMBER_COLUMNS, Member

IDLE_MINUTES = 60
LONGEST_HOURS = 12
HALF_MINUTES = 10  # from the password to the code
NOTED_EVERY_SECONDS = 60  # not every look needs a write
NEVER_SECONDS = 10**9

_LIVE: LiteralString = """
s.token_hash = %(token_hash)s AND s.state <> 'ended' AND m.active AND CASE s.state
    WHEN 'half' THEN s.created_at > now() - %(half)s * interval '1 minute'
    ELSE s.created_at > now() - %(longest)s * interval '1 hour'
        AND s.last_seen_at > now() - %(idle)s * interval '1 minute' END
"""
LOOK = f"""
WITH noted AS (
    UPDATE staff_sessions s SET last_seen_at = now() FROM staff m
    WHERE m.id = s.staff AND s.last_seen_at < now() - %(noted_every)s * interval '1 second' AND {_LIVE}
)
SELECT s.id, s.state, {", ".join("m." + name for name in MEMBER_COLUMNS)}
FROM staff_sessions s JOIN staff m ON m.id = s.staff WHERE {_LIVE}
"""  # noqa: S608 - this module's own words
BEGIN = """
INSERT INTO staff_sessions (id, staff, token_hash, state) VALUES (%(id)s, %(staff)s, %(token_hash)s, %(state)s)
"""
_END: LiteralString = "UPDATE staff_sessions SET state = 'ended', ended_at = now(), ended_by = %(by)s"
END = f"{_END} WHERE id = %(id)s AND state <> 'ended'"
END_ALL = f"{_END} WHERE staff = %(staff)s AND state <> 'ended'"


@dataclass(frozen=True, slots=True)
class Visit:
    """A live session; half: the password was right, the second factor is still to come."""

    id: UUID
    half: bool
    member: Member


def look(pool: Pool, token_hash: bytes, *, noted: bool = True) -> Visit | None:
    """The session of that token, if it is neither ended nor over, and its member still works here.

    noted: its member is there; a page that asks by itself does not make the session longer.
    """
    values = {
        "token_hash": token_hash,
        "half": HALF_MINUTES,
        "longest": LONGEST_HOURS,
        "idle": IDLE_MINUTES,
        "noted_every": NOTED_EVERY_SECONDS if noted else NEVER_SECONDS,
    }
    with autocommit(pool) as connection:
        row = connection.execute(LOOK, values).fetchone()
    return Visit(row[0], row[1] == "half", Member(*row[2:])) if row else None


def begin(connection: Connection, member: UUID, token_hash: bytes, *, half: bool) -> UUID:
    """A new session; a half one lives for HALF_MINUTES."""
    session = uuid7()
    state = "half" if half else "open"
    connection.execute(BEGIN, {"id": session, "staff": member, "token_hash": token_hash, "state": state})
    return session


def end(connection: Connection, session: UUID, *, by: str) -> bool:
    """by: a member's name, or what ended it; False when it had ended before."""
    return connection.execute(END, {"id": session, "by": by}).rowcount == 1


def end_all(connection: Connection, member: UUID, *, by: str) -> int:
    """End every session of a member; gives how many."""
    return connection.execute(END_ALL, {"staff": member, "by": by}).rowcount
