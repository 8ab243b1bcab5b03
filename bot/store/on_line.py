"""Who of a list talks with us on LINE: a person there has proven the very telephone number or address of the list.

Proven is a contact to which that person sent an application off, or by whose code they showed that one is theirs. One
that staff have moved since proves nothing, and a telephone number only for NUMBER_HOLDS. Where two people on LINE have
proven a contact, or one has proven those of several people of the list, nobody is taken for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from bot.store.db import Connection
from bot.store.known_claims import NUMBER_HOLDS

BATCH = 1000

# Over the people of bot.store.plans. A person's newest talk tells whether they have blocked the account.
ON_LINE = """
WITH proven AS (
    SELECT target, person, acted_at AS at FROM submissions
    WHERE channel = 'line' AND target IS NOT NULL AND as_filed IS NULL AND filed_by IS NULL
    UNION ALL
    SELECT s.target, k.person, k.at FROM known_claims k JOIN submissions s ON s.id = k.submission
    WHERE s.target IS NOT NULL AND s.as_filed IS NULL
), same AS (
    SELECT p.n, v.person FROM people p JOIN proven v ON v.target = p.sms_person WHERE v.at >= %(numbers_since)s
    UNION SELECT p.n, v.person FROM people p JOIN proven v ON v.target = p.mail_person
), talking AS (
    SELECT s.n, c.address, c.blocked, count(*) OVER (PARTITION BY s.n) AS accounts,
        count(*) OVER (PARTITION BY s.person) AS people
    FROM same s CROSS JOIN LATERAL (
        SELECT address, blocked FROM conversations
        WHERE person = s.person AND channel = 'line' AND address <> '' ORDER BY created_at DESC LIMIT 1) c
)
SELECT t.n, p.contacts, t.address FROM talking t JOIN people p USING (n)
WHERE t.accounts = 1 AND t.people = 1 AND NOT t.blocked
"""
REACHED = """
UPDATE people p SET contacts = r.contacts, ways = string_to_array(r.ways, ' ')
FROM unnest(%(ns)s::bigint[], %(contacts)s::bytea[], %(ways)s::text[]) AS r (n, contacts, ways) WHERE p.n = r.n
"""


@dataclass(frozen=True, slots=True)
class Talking:
    """Somebody of a list, by their number in it, and where they talk with us on LINE; both are sealed."""

    n: int
    contacts: bytes
    address: bytes


@dataclass(frozen=True, slots=True)
class Reached:
    """The same with the contacts, sealed, and the ways that they have by it."""

    n: int
    contacts: bytes
    ways: Sequence[str]


def on_line(connection: Connection, at: datetime) -> Iterator[list[Talking]]:
    """Some of them at a time, by the campaign's clock, in the caller's transaction."""
    with connection.cursor("on_line", row_factory=class_row(Talking)) as cursor:
        cursor.execute(ON_LINE, {"numbers_since": at - NUMBER_HOLDS})
        while some := cursor.fetchmany(BATCH):
            yield some


def reach(connection: Connection, people: Sequence[Reached]) -> None:
    """They are planned with these contacts and ways."""
    values = {
        "ns": [each.n for each in people],
        "contacts": [each.contacts for each in people],
        "ways": [" ".join(each.ways) for each in people],
    }
    connection.execute(REACHED, values)
