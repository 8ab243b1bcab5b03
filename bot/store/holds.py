"""What waits for a case of (B) on one of its coupons: one reward for both, held until it is decided (rules.md §1.4(2)).

An application and a case know each other by the coupon alone, as one keyed hash: they may have come by two doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Rollback

from bot.store.db import Connection, Pool, autocommit
from bot.store.submissions import HAS_GONE
from bot.store.vault import Vault
from dialogs.rules.cases import HELD_KINDS, HOLDING

# A case that is opened and an application that is settled at the same moment take turns: else neither sees the other.
LOCK = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(encode(subject, 'hex'), 0) AS key FROM unnest(%(subjects)s::bytea[]) AS subject
    ORDER BY key) AS in_order
"""
SUBJECTS = "SELECT subjects FROM submissions WHERE id = %(id)s"

_HOLDS = "c.kind = ANY(%(kinds)s) AND c.state = ANY(%(states)s)"
ANY_OPEN = f"SELECT FROM cases c WHERE c.subject = ANY(%(subjects)s::bytea[]) AND {_HOLDS} LIMIT 1"
HELD_BY = f"""
SELECT c.case_no FROM cases c JOIN submissions s ON c.subject = ANY(s.subjects)
WHERE s.id = %(id)s AND {_HOLDS} AND (s.released_at IS NULL OR c.acted_at > s.released_at)
ORDER BY c.acted_at
"""  # noqa: S608 - as above

ACCEPTED = """
SELECT id FROM submissions WHERE state = 'accepted' AND subjects && %(subjects)s::bytea[] ORDER BY id FOR UPDATE
"""
CALL_BACK = """
WITH live AS (
    SELECT id FROM entitlements WHERE submission = %(id)s AND voided_at IS NULL
), with_a_mailing AS (
    UPDATE deliveries d SET state = 'cancelled', reason = 'held', due_at = NULL
    FROM live WHERE d.entitlement = live.id AND d.purpose = 'reward_url' AND d.state = 'planned' AND d.attempts = 0
)
UPDATE outgoing o SET state = 'cancelled', error = 'held', settled_at = now()
FROM live WHERE o.once_key = 'reward_url:' || live.id AND o.state = 'planned'
"""
# Whoever puts it into a file for the bank at this moment holds its row: wait for that.
REFUND = "SELECT FROM refunds WHERE submission = %(id)s AND state <> 'cancelled' FOR UPDATE"
TOO_LATE = f"""
SELECT FROM entitlements e WHERE e.submission = %(id)s AND (e.brand IS NOT NULL OR {HAS_GONE})
UNION ALL
SELECT FROM refunds r JOIN refund_lines l ON l.refund = r.id AND l.live
WHERE r.submission = %(id)s AND r.state <> 'cancelled'
"""  # noqa: S608 - this house's own words
VOID = """
UPDATE entitlements SET voided_at = %(at)s, state = 'cancelled' WHERE submission = %(id)s AND voided_at IS NULL
"""
# The sum may be another afterwards, so it is to be checked anew.
UNCHECK = """
UPDATE refunds SET state = 'applied', checked_by = NULL, checked_at = NULL
WHERE submission = %(id)s AND state = 'checked'
"""
HOLD = "UPDATE submissions SET state = 'held', settled_at = %(at)s WHERE id = %(id)s"

# What a list has planned for the person of a coupon, and not sent. Whoever looks at it next sees what was decided here.
LISTED = """
SELECT d.id FROM deliveries d JOIN entitled_coupons p ON p.entitlement = d.entitlement
WHERE p.subject = %(subject)s AND d.purpose = 'reward_url' AND d.state = 'planned' AND d.attempts = 0
FOR UPDATE OF d
"""
HOLD_LISTED = "UPDATE deliveries SET due_at = 'infinity', reason = 'held' WHERE id = ANY(%(ids)s)"
# A right is for all the coupons of its person (rules.md §1.4(9)).
SEND_LISTED = f"""
UPDATE deliveries d SET due_at = now(), reason = '' WHERE id = ANY(%(ids)s) AND reason = 'held'
  AND NOT EXISTS (SELECT FROM entitled_coupons p JOIN cases c USING (subject)
    WHERE p.entitlement = d.entitlement AND {_HOLDS})
"""  # noqa: S608 - as above

LOOK_AGAIN = """
UPDATE submissions SET state = 'pending', due_at = now(), tries = 0, settled_at = NULL
WHERE state = 'held' AND subjects && %(subjects)s::bytea[]
"""
RELEASE = """
UPDATE submissions SET state = 'pending', due_at = now(), tries = 0, settled_at = NULL, released_at = %(at)s
WHERE receipt_no = %(receipt_no)s AND state = 'held' RETURNING id
"""
OF_COUPON = """
SELECT s.receipt_no, s.state FROM submissions s JOIN cases c ON c.subject = ANY(s.subjects)
WHERE c.case_no = %(case_no)s AND s.state NOT IN ('rejected', 'duplicate', 'cancelled') ORDER BY s.acted_at, s.id
"""


def subject_of(vault: Vault, prefecture: str, number: str) -> bytes:
    """The coupon that a case or an application is about; all of those whose number is not known are one."""
    return vault.fingerprint("case", prefecture, number)


def lock(connection: Connection, subjects: Sequence[bytes]) -> None:
    """Let nobody else open, decide or settle anything about these coupons until the transaction ends."""
    connection.execute(LOCK, {"subjects": list(subjects)})


def lock_of(connection: Connection, submission: UUID) -> None:
    """The same for the coupons of an application."""
    row = connection.execute(SUBJECTS, {"id": submission}).fetchone()
    lock(connection, row[0] if row else [])


def held_by(connection: Connection, submission: UUID) -> list[str]:
    """The numbers of the open cases that an application has to wait for."""
    return [row[0] for row in connection.execute(HELD_BY, {"id": submission, **open_cases()})]


def is_open(pool: Pool, subjects: Sequence[bytes]) -> bool:
    """Whether an open case of (B) is about one of these coupons."""
    with autocommit(pool) as connection:
        return _any_open(connection, subjects)


def follow(connection: Connection, subject: bytes, *, at: datetime) -> None:
    """After a change of a case about that coupon, in its transaction and under lock(): hold what it holds up, or let
    it be looked at again. What has gone out, or stands in a file for the bank, cannot be held any more."""
    listed = [row[0] for row in connection.execute(LISTED, {"subject": subject})]
    if not _any_open(connection, [subject]):
        connection.execute(LOOK_AGAIN, {"subjects": [subject]})
        connection.execute(SEND_LISTED, {"ids": listed, **open_cases()})
        return
    connection.execute(HOLD_LISTED, {"ids": listed})
    for (submission,) in connection.execute(ACCEPTED, {"subjects": [subject]}).fetchall():
        if held_by(connection, submission):
            take_back(connection, submission, at=at)


def release(connection: Connection, receipt_no: str, *, at: datetime) -> UUID | None:
    """Let a held application go although a case is open, as of that time; None if it is not held."""
    row = connection.execute(RELEASE, {"receipt_no": receipt_no, "at": at}).fetchone()
    return row[0] if row else None


def of_case(connection: Connection, case_no: str) -> list[tuple[str, str]]:
    """The applications with the coupon that a case is about, which are alive: receipt number and state."""
    return connection.execute(OF_COUPON, {"case_no": case_no}).fetchall()


def take_back(connection: Connection, submission: UUID, *, at: datetime) -> bool:
    """Hold an accepted application and call back what it brings; False where that has gone out, or stands in a file
    for the bank: then nothing is changed."""
    row = {"id": submission, "at": at}
    connection.execute(REFUND, row)
    with connection.transaction() as attempt:
        connection.execute(CALL_BACK, row)
        if connection.execute(TOO_LATE, row).rowcount:
            raise Rollback(attempt)  # what is called back goes after all, such as a URL that is out, sent elsewhere
        for statement in (VOID, UNCHECK, HOLD):
            connection.execute(statement, row)
        return True
    return False


def _any_open(connection: Connection, subjects: Sequence[bytes]) -> bool:
    return connection.execute(ANY_OPEN, {"subjects": list(subjects), **open_cases()}).rowcount > 0


def open_cases() -> dict[str, list[str]]:
    """Of which kinds and in which states a case holds what it is about, as queries name them."""
    return {"kinds": list(HELD_KINDS), "states": [f"{state}" for state in HOLDING]}
