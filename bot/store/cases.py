"""Cases for staff: one live one for a person, a kind of trouble and a coupon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

_COLUMNS = "id, case_no, kind, campaign, campaign_version, conversation, channel, acted_at, details, state, changed_at"

OPEN = """
INSERT INTO cases (id, case_no, kind, campaign, campaign_version, person, subject, conversation, channel, acted_at,
    details, changed_at, erase_at)
VALUES (%(id)s, %(case_no)s, %(kind)s, %(campaign)s, %(campaign_version)s, %(person)s, %(subject)s, %(conversation)s,
    %(channel)s, %(acted_at)s, %(details)s, %(acted_at)s, %(erase_at)s)
ON CONFLICT DO NOTHING
"""

MEND = """
UPDATE cases SET kind = %(kind)s, subject = %(subject)s, details = %(details)s, changed_at = %(at)s
WHERE case_no = %(case_no)s AND person = %(person)s AND state = 'opened'
"""

LIVE = f"""
SELECT {_COLUMNS} FROM cases
WHERE person = %(person)s AND kind = %(kind)s AND subject = %(subject)s AND state NOT IN ('closed', 'withdrawn')
"""  # noqa: S608 - this module's own names

BY_NO = f"SELECT {_COLUMNS} FROM cases WHERE case_no = %(case_no)s"  # noqa: S608 - as above

OF_PERSON = f"""
SELECT {_COLUMNS} FROM cases WHERE person = %(person)s ORDER BY acted_at DESC, id DESC LIMIT 10
"""  # noqa: S608 - as above

# Those that staff have to do something about come first, the oldest of them before all.
LISTED = f"""
SELECT {_COLUMNS} FROM cases WHERE campaign = %(campaign)s AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY state IN ('closed', 'withdrawn'), acted_at, id LIMIT %(most)s
"""  # noqa: S608 - as above

COUNTS = "SELECT state, count(*) FROM cases WHERE campaign = %(campaign)s GROUP BY state"


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case as it is opened; details are sealed, person and subject are keyed hashes."""

    id: UUID
    case_no: str
    kind: str
    campaign: str
    campaign_version: int
    person: bytes
    subject: bytes
    conversation: UUID | None
    channel: str
    acted_at: datetime
    details: bytes
    erase_at: datetime


@dataclass(frozen=True, slots=True)
class MendedCase:
    """Other words for a case that nobody of the staff has taken up yet."""

    case_no: str
    kind: str
    person: bytes
    subject: bytes
    details: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands; details are sealed, None once erased."""

    id: UUID
    case_no: str
    kind: str
    campaign: str
    campaign_version: int
    conversation: UUID | None
    channel: str
    acted_at: datetime
    details: bytes | None
    state: str
    changed_at: datetime


def write(connection: Connection, case: NewCase | MendedCase) -> bool:
    """Open or mend a case; False when another one came first, or staff have taken it up."""
    statement = OPEN if isinstance(case, NewCase) else MEND
    return connection.execute(statement, {name: getattr(case, name) for name in case.__slots__}).rowcount == 1


def live(pool: Pool, *, person: bytes, kind: str, subject: bytes) -> Case | None:
    """The person's own case of that kind about that coupon, unless it is over."""
    return _one(pool, LIVE, person=person, kind=kind, subject=subject)


def by_no(pool: Pool, case_no: str) -> Case | None:
    return _one(pool, BY_NO, case_no=case_no)


def of_person(pool: Pool, person: bytes) -> Sequence[Case]:
    """A person's cases, newest first."""
    with autocommit(pool) as connection:
        return [Case(*row) for row in connection.execute(OF_PERSON, {"person": person})]


def listed(connection: Connection, campaign: str, *, state: str | None, most: int) -> Sequence[Case]:
    """Cases of a campaign, in one state or in any; what is over comes last."""
    values = {"campaign": campaign, "state": state, "most": most}
    return [Case(*row) for row in connection.execute(LISTED, values)]


def counts(connection: Connection, campaign: str) -> dict[str, int]:
    """How many cases of a campaign are in each state that has any."""
    return dict(connection.execute(COUNTS, {"campaign": campaign}).fetchall())


def _one(pool: Pool, query: str, **values: Any) -> Case | None:
    with autocommit(pool) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    return Case(*row) if row else None
