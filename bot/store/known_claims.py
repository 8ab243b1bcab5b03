"""Whose an application is: of who sent it off, and of who has shown, through another door, that they are the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

NUMBER_HOLDS = timedelta(days=90)  # numbers that were given up are given out again after some months

# Of a row `s` of submissions. By its ids, so that each of the three is found by its own index.
MINE = """
s.id IN (
    SELECT id FROM submissions WHERE person = %(person)s
        AND (%(known_since)s::timestamptz IS NULL OR acted_at >= %(known_since)s)
    UNION SELECT submission FROM known_claims WHERE person = %(person)s
        AND (%(known_since)s::timestamptz IS NULL OR at >= %(known_since)s)
    UNION SELECT unnest(%(shown)s::uuid[]))
"""

# What is erased has no coupon left by which somebody could show that it is theirs.
AT_THIS_TARGET = f"""
SELECT s.id, s.receipt_no, s.claim FROM submissions s
WHERE s.target = %(person)s AND s.claim IS NOT NULL AND NOT {MINE}
ORDER BY s.acted_at DESC LIMIT 10
"""  # noqa: S608 - this module's own words

KNOW = """
INSERT INTO known_claims (person, submission, at) SELECT %(person)s, id, %(at)s FROM submissions WHERE id = %(id)s
ON CONFLICT (person, submission) DO UPDATE SET at = greatest(known_claims.at, excluded.at)
"""


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody: a fingerprint of channel and user, and the applications that this very turn has shown to be theirs.

    known_since: what they filed or showed before it is not taken for theirs any more.
    """

    person: bytes
    shown: tuple[UUID, ...] = ()
    known_since: datetime | None = None

    @property
    def row(self) -> dict[str, object]:
        return {"person": self.person, "shown": list(self.shown), "known_since": self.known_since}


def who_speaks(person: bytes, channel: str, at: datetime, *, shown: tuple[UUID, ...] = ()) -> Whose:
    """Who writes there and then: a telephone number is its person's for NUMBER_HOLDS after they last showed it."""
    return Whose(person, shown, at - NUMBER_HOLDS if channel == "sms" else None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application whose URL goes to the number that somebody writes from; claim is sealed."""

    id: UUID
    receipt_no: str
    claim: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody has shown that an application is theirs."""

    person: bytes
    id: UUID
    at: datetime


def at_this_target(pool: Pool, whose: Whose) -> list[Candidate]:
    """What goes to this very number and was not shown to be theirs yet, newest first; none for other channels."""
    with autocommit(pool) as connection:
        return [Candidate(*row) for row in connection.execute(AT_THIS_TARGET, whose.row).fetchall()]


def know(connection: Connection, known: Known) -> None:
    """From now on they find it."""
    connection.execute(KNOW, {"person": known.person, "id": known.id, "at": known.at})
