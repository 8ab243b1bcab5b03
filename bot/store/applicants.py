"""Applicants' rights as mailings see them: whose URL is still to go out, and who has it and has not chosen.

Their URL is planned in `outgoing` with the decision. A mailing takes it over as long as nothing has touched the wire:
the one row is called back by the statement that makes the other, so that nobody gets both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.store.db import Connection, Pool, one_value

BATCH = 1000
FIRST = UUID(int=0)  # before every right

# A right `e` with its application `s`; line: where its person talks with us, if that is on LINE.
_RIGHT = """
SELECT e.id, e.language, s.claim, c.address
FROM entitlements e JOIN submissions s ON s.id = e.submission
LEFT JOIN conversations c ON c.id = s.conversation AND c.channel = 'line' AND c.address <> '' AND NOT c.blocked
WHERE e.campaign = %(campaign)s AND e.id > %(after)s AND e.brand IS NULL AND e.voided_at IS NULL
  AND s.state = 'accepted' AND s.claim IS NOT NULL
"""

# What a cancelled mailing had not sent may go with another one, unless its URL goes by itself since then.
_NEVER_SENT = """
d.purpose = 'reward_url' AND d.state = 'cancelled' AND d.attempts = 0 AND d.reason = 'mailing cancelled'
AND NOT EXISTS (
    SELECT FROM outgoing alone WHERE alone.once_key = 'reward_url:' || d.entitlement AND alone.state <> 'cancelled')
"""

_OPEN = f"""
{_RIGHT}
  AND e.state = 'planned'
  AND CASE WHEN EXISTS (SELECT FROM deliveries d WHERE d.entitlement = e.id AND d.purpose = 'reward_url')
    THEN EXISTS (SELECT FROM deliveries d WHERE d.entitlement = e.id AND {_NEVER_SENT})
    ELSE EXISTS (SELECT FROM outgoing o WHERE o.once_key = 'reward_url:' || e.id AND o.state = 'planned') END
"""  # noqa: S608 - this module's own words
TO_LOOK_AT = f"{_OPEN} ORDER BY e.id LIMIT {BATCH}"
COUNT = f"SELECT count(*) FROM ({_OPEN} LIMIT %(most)s) AS counted"  # noqa: S608 - as above
# The application's row is what a withdrawal, a refund and a change of contact hold too: whoever comes second sees it.
TO_BE_SENT = f"{TO_LOOK_AT} FOR UPDATE OF s"
TO_BE_REMINDED = f"""
{_RIGHT}
  AND e.state IN ('notified', 'opened', 'choosing')
  AND NOT EXISTS (SELECT FROM deliveries d WHERE d.entitlement = e.id AND d.purpose = %(purpose)s)
ORDER BY e.id LIMIT {BATCH} FOR UPDATE OF s
"""

_ROWS = """
rows AS (
    SELECT * FROM unnest(%(rights)s::uuid[], %(deliveries)s::uuid[], %(contacts)s::bytea[], %(ways)s::text[],
        %(mail_groups)s::text[]) AS r (entitlement, id, contacts, ways, mail_group)
), persons AS (
    INSERT INTO entitled_persons (person, entitlement)
    SELECT DISTINCT * FROM unnest(%(persons)s::bytea[], %(persons_of)s::uuid[]) ON CONFLICT DO NOTHING
)
"""
_COLUMNS = "id, mailing, entitlement, purpose, contacts, ways, mail_group"
_VALUES = "r.id, %(mailing)s, r.entitlement, %(purpose)s, r.contacts, string_to_array(r.ways, ' '), r.mail_group"
TAKE_OVER = f"""
WITH {_ROWS}, called_back AS (
    UPDATE outgoing o SET state = 'cancelled', error = 'by_mailing', settled_at = now()
    FROM rows r WHERE o.once_key = 'reward_url:' || r.entitlement AND o.state = 'planned'
      AND NOT EXISTS (SELECT FROM deliveries d WHERE d.entitlement = r.entitlement AND d.purpose = 'reward_url')
    RETURNING r.entitlement
), again AS (
    UPDATE deliveries d SET mailing = %(mailing)s, state = 'planned', due_at = now(), reason = '', pilot = false,
        step = 0, contacts = r.contacts, ways = string_to_array(r.ways, ' '), mail_group = r.mail_group
    FROM rows r WHERE d.entitlement = r.entitlement AND {_NEVER_SENT}
    RETURNING d.entitlement
), added AS (
    INSERT INTO deliveries ({_COLUMNS}) SELECT {_VALUES} FROM rows r JOIN called_back USING (entitlement)
    ON CONFLICT (entitlement, purpose) DO NOTHING RETURNING entitlement
)
SELECT (SELECT count(*) FROM added) + (SELECT count(*) FROM again)
"""  # noqa: S608 - as above
REMIND = f"""
WITH {_ROWS}, added AS (
    INSERT INTO deliveries ({_COLUMNS}) SELECT {_VALUES} FROM rows r
    ON CONFLICT (entitlement, purpose) DO NOTHING RETURNING entitlement
)
SELECT count(*) FROM added
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Applicant:
    """A right with its application as that stands (sealed); line: the sealed address of their chat on LINE."""

    right: UUID
    language: str
    claim: bytes
    line: bytes | None


@dataclass(frozen=True, slots=True)
class Addressed:
    """An applicant's delivery to be made; contacts are sealed, persons fingerprints of each number and address."""

    right: UUID
    delivery: UUID
    contacts: bytes
    ways: Sequence[str]
    mail_group: str
    persons: Sequence[bytes]


def how_many(pool: Pool, campaign: str, *, most: int) -> int:
    """How many to_look_at() would give in all, counted up to that many; opens nothing of theirs."""
    return int(one_value(pool, COUNT, {"campaign": campaign, "after": FIRST, "most": most}))


def to_look_at(connection: Connection, campaign: str, *, after: UUID) -> list[Applicant]:
    """The next ones whose URL has not touched the wire."""
    return _next(connection, TO_LOOK_AT, {"campaign": campaign, "after": after})


def to_be_sent(connection: Connection, campaign: str, *, after: UUID) -> list[Applicant]:
    """The same, held until the transaction ends."""
    return _next(connection, TO_BE_SENT, {"campaign": campaign, "after": after})


def to_be_reminded(connection: Connection, campaign: str, purpose: str, *, after: UUID) -> list[Applicant]:
    """The next ones who have their URL, by whichever way it went, and have not chosen."""
    return _next(connection, TO_BE_REMINDED, {"campaign": campaign, "after": after, "purpose": purpose})


def _next(connection: Connection, query: str, values: dict[str, Any]) -> list[Applicant]:
    return [Applicant(*row) for row in connection.execute(query.encode(), values)]


def take_over(connection: Connection, mailing: UUID, rows: Sequence[Addressed]) -> int:
    """Let the mailing bring their URL instead of `outgoing`; gives how many, without those just begun there."""
    return _made(connection, TAKE_OVER, mailing, "reward_url", rows)


def remind(connection: Connection, mailing: UUID, purpose: str, rows: Sequence[Addressed]) -> int:
    """A reminder to each, once; gives how many."""
    return _made(connection, REMIND, mailing, purpose, rows)


def _made(connection: Connection, query: str, mailing: UUID, purpose: str, rows: Sequence[Addressed]) -> int:
    values = {
        "mailing": mailing,
        "purpose": purpose,
        "rights": [row.right for row in rows],
        "deliveries": [row.delivery for row in rows],
        "contacts": [row.contacts for row in rows],
        "ways": [" ".join(row.ways) for row in rows],
        "mail_groups": [row.mail_group for row in rows],
        "persons": [person for row in rows for person in row.persons],
        "persons_of": [row.right for row in rows for _ in row.persons],
    }
    made = connection.execute(query.encode(), values).fetchone()
    return int(made[0]) if made else 0
