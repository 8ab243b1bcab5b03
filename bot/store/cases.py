"""Cases for staff: one live one for a person, a kind of trouble and a coupon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.store import by_key, holds
from bot.store.db import Connection, Pool, autocommit, one_value
from bot.store.moves import leading_to
from dialogs.rules.cases import NEXT, CaseState

_COLUMNS = """
id, case_no, kind, campaign, campaign_version, conversation, channel, acted_at, details, state, changed_at, subject,
    found_by, restored
"""

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

SUBJECT = "SELECT subject FROM cases WHERE case_no = %(case_no)s FOR UPDATE"

LIVE = f"""
SELECT {_COLUMNS} FROM cases
WHERE person = %(person)s AND kind = %(kind)s AND subject = %(subject)s AND state NOT IN ('closed', 'withdrawn')
"""  # noqa: S608 - this module's own names

BY_NO = f"SELECT {_COLUMNS} FROM cases WHERE case_no = %(case_no)s"  # noqa: S608 - as above

OF_PERSON = f"""
SELECT {_COLUMNS} FROM cases WHERE person = %(person)s ORDER BY acted_at DESC, id DESC LIMIT 10
"""  # noqa: S608 - as above

# Those that staff have to do something about come first, the oldest of them before all, of whichever campaign.
LISTED = f"""
SELECT {_COLUMNS} FROM cases WHERE campaign = ANY(%(campaigns)s) AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY state IN ('closed', 'withdrawn'), acted_at, id LIMIT %(most)s
"""  # noqa: S608 - as above

# By the key: each part is a step along the index.
PART = f"""
SELECT {_COLUMNS} FROM cases
WHERE id < %(before)s AND campaign = ANY(%(campaigns)s) AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY id DESC LIMIT %(most)s
"""  # noqa: S608 - as above
COUNT = """
SELECT count(*) FROM cases WHERE campaign = ANY(%(campaigns)s) AND (%(state)s::text IS NULL OR state = %(state)s)
"""

HOLD = f"{BY_NO} FOR UPDATE"
ABOUT = f"""
SELECT {_COLUMNS} FROM cases WHERE subject IN (
    SELECT unnest(subjects) FROM submissions WHERE receipt_no = %(receipt_no)s)
  AND state NOT IN ('closed', 'withdrawn') ORDER BY acted_at, id
"""  # noqa: S608 - as above

# What was found is whoever found it last: a case may be looked into more than once.
MOVE = """
UPDATE cases SET state = %(to)s, changed_at = %(at)s,
    found_by = CASE WHEN %(to)s = 'found' THEN %(by)s ELSE found_by END,
    restored = coalesce(%(amount)s, restored),
    restored_by = CASE WHEN %(amount)s::integer IS NULL THEN restored_by ELSE %(by)s END
WHERE case_no = %(case_no)s AND state = ANY(%(was)s)
"""

WAITING = """
SELECT state, count(*), min(acted_at) FROM cases
WHERE campaign = ANY(%(campaigns)s) AND state NOT IN ('closed', 'withdrawn') GROUP BY state
"""

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
    """A case as it stands; details are sealed, None once erased. restored in yen, found_by a name of staff."""

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
    subject: bytes
    found_by: str | None
    restored: int | None


def write(connection: Connection, case: NewCase | MendedCase) -> bool:
    """Open or mend a case, and hold what it holds up; False when another one came first, or staff have taken it up."""
    mended = isinstance(case, MendedCase)
    subjects = {case.subject, *(_subjects(connection, case.case_no) if mended else ())}
    holds.lock(connection, list(subjects))
    statement, at = (MEND, case.at) if isinstance(case, MendedCase) else (OPEN, case.acted_at)
    if connection.execute(statement, {name: getattr(case, name) for name in case.__slots__}).rowcount != 1:
        return False
    for subject in subjects:
        holds.follow(connection, subject, at=at)
    return True


def _subjects(connection: Connection, case_no: str) -> list[bytes]:
    """The coupon that a case is about so far, its row held."""
    return [row[0] for row in connection.execute(SUBJECT, {"case_no": case_no})]


def live(pool: Pool, *, person: bytes, kind: str, subject: bytes) -> Case | None:
    """The person's own case of that kind about that coupon, unless it is over."""
    return _one(pool, LIVE, person=person, kind=kind, subject=subject)


def by_no(pool: Pool, case_no: str) -> Case | None:
    return _one(pool, BY_NO, case_no=case_no)


def about(pool: Pool, receipt_no: str) -> Sequence[Case]:
    """The cases about a coupon of that application which are not over, the oldest first."""
    with autocommit(pool) as connection:
        return [Case(*row) for row in connection.execute(ABOUT, {"receipt_no": receipt_no})]


def hold(connection: Connection, case_no: str) -> Case | None:
    """A case by its number, held until the transaction ends."""
    row = connection.execute(HOLD, {"case_no": case_no}).fetchone()
    return Case(*row) if row else None


def move(
    connection: Connection, case_no: str, to: CaseState, *, by: str, at: datetime, amount: int | None = None
) -> bool:
    """On to the next state, if that may follow the one it is in; False changes nothing. amount: yen given back.

    Raises CheckViolation (four_eyes) when one name finds it so and gives it back.
    """
    row = {"case_no": case_no, "to": f"{to}", "by": by, "at": at, "amount": amount, "was": leading_to(NEXT, to)}
    return connection.execute(MOVE, row).rowcount == 1


def of_person(pool: Pool, person: bytes) -> Sequence[Case]:
    """A person's cases, newest first."""
    with autocommit(pool) as connection:
        return [Case(*row) for row in connection.execute(OF_PERSON, {"person": person})]


def listed(connection: Connection, campaigns: Iterable[str], *, state: str | None, most: int) -> Sequence[Case]:
    """Cases of all those campaigns, in one state or in any; what is over comes last."""
    values = {"campaigns": list(campaigns), "state": state, "most": most}
    return [Case(*row) for row in connection.execute(LISTED, values)]


def every(pool: Pool, campaigns: Iterable[str], *, state: str | None) -> Iterator[Case]:
    """All cases of those campaigns, in one state or in any, the newest first."""
    for row in by_key.newest_first(pool, PART, {"campaigns": list(campaigns), "state": state}):
        yield Case(*row)  # type: ignore[arg-type]  # as the columns are


def how_many(pool: Pool, campaigns: Iterable[str], *, state: str | None) -> int:
    return int(one_value(pool, COUNT, {"campaigns": list(campaigns), "state": state}))


def counts(connection: Connection, campaign: str) -> dict[str, int]:
    """How many cases of a campaign are in each state that has any."""
    return dict(connection.execute(COUNTS, {"campaign": campaign}).fetchall())


def waiting(pool: Pool, campaigns: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    """How many are in each state that is not over, and since when the oldest waits."""
    with autocommit(pool) as connection:
        found = connection.execute(WAITING, {"campaigns": list(campaigns)}).fetchall()
    return {state: (count, oldest) for state, count, oldest in found}


def _one(pool: Pool, query: str, **values: Any) -> Case | None:
    with autocommit(pool) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    return Case(*row) if row else None
