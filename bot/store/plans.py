"""From a list to rows: what was read is staged beside the record, looked through, and brought in by the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from bot.store.db import Connection
from bot.store.holds import open_cases
from bot.store.mailing_figures import Kind, Real

BATCH = 20_000  # people brought in by one statement, so that progress can be told
SHOWN = 1000  # lines told of each finding
LOCK = 4702148  # any number, the same in every process: two lists are never brought in side by side

STAGE = """
CREATE TEMPORARY TABLE incoming (
    line integer, person bytea, entitlement uuid, delivery uuid, prefecture text, number text, trip_date date,
    amount integer, token_hash bytea, token bytea, contacts bytea, target bytea, sms_person bytea, mail_person bytea,
    ways text[], mail_group text, language text, subject bytea
) ON COMMIT DROP
"""
COPY = "COPY incoming FROM STDIN (FORMAT BINARY)"
TYPES = (
    *("int4", "bytea", "uuid", "uuid", "text", "text", "date"),
    *("int4", "bytea", "bytea", "bytea", "bytea", "bytea", "bytea"),
    *("text[]", "text", "text", "bytea"),
)
INDEX = "CREATE INDEX ON incoming (person)"

# What is left out, in this order, and why; each gives the lines.
FINDINGS: Mapping[str, LiteralString] = {
    "planned_before": """
        DELETE FROM incoming i USING entitled_coupons c
        WHERE c.prefecture = i.prefecture AND c.number = i.number AND c.amount = i.amount RETURNING i.line
    """,
    "planned_with_another_sum": """
        DELETE FROM incoming i USING entitled_coupons c
        WHERE c.prefecture = i.prefecture AND c.number = i.number RETURNING i.line
    """,
    "applied_for": """
        DELETE FROM incoming i USING claim_coupons c
        WHERE c.prefecture = i.prefecture AND c.number = i.number AND c.live RETURNING i.line
    """,
    # All of a person's coupons wait for the one: their reward is one for the sum (rules.md §1.4(2) and (9)).
    "case_open": """
        DELETE FROM incoming WHERE person IN (
            SELECT i.person FROM incoming i JOIN cases c ON c.subject = i.subject
            WHERE c.kind = ANY(%(kinds)s) AND c.state = ANY(%(states)s))
        RETURNING line
    """,
    "unlike_contacts": """
        DELETE FROM incoming WHERE person IN (
            SELECT person FROM incoming GROUP BY person
            HAVING count(DISTINCT (coalesce(sms_person, ''), coalesce(mail_person, ''))) > 1)
        RETURNING line
    """,
    "has_a_right_already": """
        DELETE FROM incoming i USING entitlements e
        WHERE e.person = i.person AND e.campaign = %(campaign)s RETURNING i.line
    """,
}

APPLIED_MEANWHILE = """
SELECT count(*) FROM incoming i JOIN claim_coupons c USING (prefecture, number) WHERE c.live
"""

# One right a person, for the sum of the coupons (rules.md §1.4(9)).
PEOPLE = """
CREATE TEMPORARY TABLE people ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY line) AS n, one.* FROM (
    SELECT DISTINCT ON (person) *, sum(amount) OVER mine AS total, count(*) OVER mine AS coupons
    FROM incoming WINDOW mine AS (PARTITION BY person)
    ORDER BY person, line
) AS one
"""
NUMBERED = "CREATE UNIQUE INDEX ON people (n)"
# One telephone or one address under several people: shown, for it may be a family's.
SHARED = """
SELECT line FROM (
    SELECT line, count(*) OVER (PARTITION BY sms_person) AS same_phone, sms_person FROM people) AS each
WHERE same_phone > 1 AND sms_person IS NOT NULL ORDER BY line
"""
TOTALS = """
SELECT ways[1], mail_group, language, count(*), sum(coupons)::bigint, sum(total)::bigint FROM people
GROUP BY 1, 2, 3 ORDER BY 4 DESC
"""
SEVERAL = "SELECT count(*) FROM people WHERE coupons > 1"
SAMPLE = """
SELECT DISTINCT ON (ways[1], language) ways[1], language, contacts, number, total::integer FROM people ORDER BY 1, 2, n
"""

BRING_IN = """
WITH batch AS MATERIALIZED (
    SELECT * FROM people WHERE n > %(after)s::bigint AND n <= %(after)s::bigint + %(size)s
), rights AS (
    INSERT INTO entitlements (id, person, coupon_number, campaign, campaign_version, language, target, amount,
        token_hash, token, created_at)
    SELECT entitlement, person, number, %(campaign)s, %(campaign_version)s, language, target, total, token_hash, token,
        %(at)s
    FROM batch
), coupons AS (
    INSERT INTO entitled_coupons (prefecture, number, trip_date, amount, entitlement, subject)
    SELECT i.prefecture, i.number, i.trip_date, i.amount, b.entitlement, i.subject
    FROM batch b JOIN incoming i USING (person)
), persons AS (
    INSERT INTO entitled_persons (person, entitlement)
    SELECT sms_person, entitlement FROM batch WHERE sms_person IS NOT NULL
    UNION ALL SELECT mail_person, entitlement FROM batch WHERE mail_person IS NOT NULL
)
INSERT INTO deliveries (id, mailing, entitlement, purpose, contacts, ways, mail_group)
SELECT delivery, %(mailing)s, entitlement, 'reward_url', contacts, ways, mail_group FROM batch
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A coupon of the list with all that its person's right needs; person groups the coupons of one.

    subject is the coupon as cases about it are found (bot.store.holds).
    """

    line: int
    person: bytes
    entitlement: UUID
    delivery: UUID
    prefecture: str
    number: str
    trip_date: date
    amount: int
    token_hash: bytes
    token: bytes
    contacts: bytes
    target: bytes
    sms_person: bytes | None
    mail_person: bytes | None
    ways: Sequence[str]
    mail_group: str
    language: str
    subject: bytes


FIELDS = Row.__slots__


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows are left out for a reason, and the first of their lines."""

    rows: int
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class Share:
    """So many people whose first way, mail group and language are these; coupons and yen in all."""

    way: str
    mail_group: str
    language: str
    people: int
    coupons: int
    yen: int


@dataclass(frozen=True, slots=True)
class Target:
    """What the people of a list are brought into."""

    mailing: UUID
    campaign: str
    campaign_version: int
    at: datetime


def alone(connection: Connection, *, wait: bool) -> bool:
    """Let no other list begin before the caller's transaction ends; False where one is at work, and no wait for it."""
    connection.execute("SET LOCAL statement_timeout = 0")
    if wait:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        return True
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,)).fetchone()
    return bool(row and row[0])


def stage(connection: Connection, rows: Iterable[Row]) -> None:
    """Stream rows beside the record, for the rest of the caller's transaction; touches nothing of the record."""
    connection.execute("SET LOCAL statement_timeout = 0")
    connection.execute(STAGE)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for row in rows:
            copy.write_row([getattr(row, name) for name in FIELDS])
    connection.execute(INDEX)
    connection.execute("ANALYZE incoming")


def sift(connection: Connection, campaign: str) -> dict[str, Finding]:
    """Take out of what was staged all that has a right already, or may have none from a list; and gather people."""
    values = {"campaign": campaign, **open_cases()}
    found = {reason: _lines(connection, sql, values) for reason, sql in FINDINGS.items()}
    connection.execute(PEOPLE)
    connection.execute(NUMBERED)
    connection.execute("ANALYZE people")
    found["shared_phone"] = _lines(connection, SHARED, {})
    return found


def shares(connection: Connection) -> list[Share]:
    """The people who would be brought in, by what is the same with them."""
    return [Share(*row) for row in connection.execute(TOTALS)]


def with_several(connection: Connection) -> int:
    """How many people have more than one coupon."""
    row = connection.execute(SEVERAL).fetchone()
    return int(row[0]) if row else 0


def sample(connection: Connection) -> list[tuple[Kind, Real]]:
    """One of them for each kind of words."""
    return [
        (Kind(way, language, applied=False), Real(contacts, None, number, amount))
        for way, language, contacts, number, amount in connection.execute(SAMPLE)
    ]


def bring_in(connection: Connection, target: Target) -> Iterator[int]:
    """Make rights and deliveries of the people, a batch at each step; gives how many it were so far."""
    values: dict[str, Any] = {name: getattr(target, name) for name in target.__slots__}
    done = 0
    while brought := connection.execute(BRING_IN, {**values, "after": done, "size": BATCH}).rowcount:
        done += brought
        yield done


def applied_meanwhile(connection: Connection) -> int:
    """How many coupons of those brought in were applied for since they were sifted."""
    row = connection.execute(APPLIED_MEANWHILE).fetchone()
    return int(row[0]) if row else 0


def _lines(connection: Connection, sql: LiteralString, values: Mapping[str, Any]) -> Finding:
    cursor = connection.execute(sql, values)
    return Finding(cursor.rowcount, sorted(line for (line,) in cursor.fetchmany(SHOWN)))
