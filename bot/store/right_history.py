"""A person's right, looked for by staff, and all that was sent for it, with a mailing or by itself. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from bot.store.db import Pool, autocommit

MOST_FOUND = 50

_STANDING = """
SELECT e.id, e.receipt_no, e.coupon_number, e.campaign, e.campaign_version, e.amount, e.language, e.state, e.brand,
    e.reason, s.claim, (SELECT d.contacts FROM deliveries d WHERE d.entitlement = e.id AND d.contacts IS NOT NULL
        ORDER BY d.id DESC LIMIT 1) AS contacts
FROM entitlements e LEFT JOIN submissions s ON s.id = e.submission
"""
BY_ID = f"{_STANDING} WHERE e.id = %(id)s"
SEARCH = f"""
{_STANDING} WHERE e.id IN (
    SELECT n.id FROM submissions m JOIN entitlements n ON n.submission = m.id WHERE m.receipt_no = %(receipt_no)s
    UNION SELECT entitlement FROM entitled_persons WHERE person = %(person)s
    UNION SELECT n.id FROM submissions m JOIN entitlements n ON n.submission = m.id WHERE m.target = %(person)s
    UNION SELECT entitlement FROM entitled_coupons WHERE prefecture = ANY(%(prefectures)s) AND number = %(number)s
    UNION SELECT n.id FROM claim_coupons c JOIN claims k ON k.id = c.claim
        JOIN submissions m ON m.receipt_no = k.receipt_no JOIN entitlements n ON n.submission = m.id
        WHERE c.prefecture = ANY(%(prefectures)s) AND c.number = %(number)s)
ORDER BY e.id LIMIT {MOST_FOUND}
"""  # noqa: S608 - this module's own words

# Messages that went by themselves are found by their keys, whole, for how text is ordered is the database's own affair;
# and by those that they were given when the URL was sent elsewhere.
_MESSAGES = """
SELECT o.* FROM outgoing o WHERE o.once_key IN (
    SELECT key || coalesce(':before:' || b.id, '')
    FROM unnest(ARRAY['reward_url:' || %(id)s, 'reward_url_again:' || %(id)s || ':1',
        'reward_url_again:' || %(id)s || ':2', 'reward_url_again:' || %(id)s || ':3',
        'reward_ready:' || %(id)s || ':1', 'reward_ready:' || %(id)s || ':2',
        'reward_ready:' || %(id)s || ':3']) AS key,
    LATERAL (SELECT NULL::uuid AS id UNION ALL SELECT c.id FROM contact_changes c
        JOIN entitlements e ON e.submission = c.submission WHERE e.id = %(uuid)s) AS b)
"""
HAPPENED = f"""
WITH mine AS (
    SELECT d.id, d.purpose, m.name FROM deliveries d JOIN mailings m ON m.id = d.mailing WHERE d.entitlement = %(uuid)s
), singly AS ({_MESSAGES})
SELECT a.at, mine.name AS mailing, mine.purpose, 'attempt' AS what, a.way, a.provider, '' AS code
FROM mine JOIN delivery_attempts a ON a.delivery = mine.id
UNION ALL
SELECT v.at, mine.name, mine.purpose, v.kind, '', v.provider, coalesce(v.code, '')
FROM mine JOIN delivery_events v ON v.delivery = mine.id
UNION ALL
SELECT o.first_attempt_at, '', o.purpose, 'attempt', o.channel, '', '' FROM singly o
WHERE o.first_attempt_at IS NOT NULL
UNION ALL
SELECT r.received_at, '', o.purpose, r.status, '', r.provider, coalesce(r.code, '')
FROM singly o JOIN receipts r ON r.outgoing = o.id
ORDER BY at, what
"""  # noqa: S608 - as above
PLANNED = f"""
SELECT m.name AS mailing, d.purpose, d.state, d.reason, array_to_string(d.ways, ', ') AS ways
FROM deliveries d JOIN mailings m ON m.id = d.mailing WHERE d.entitlement = %(uuid)s
UNION ALL
SELECT '', o.purpose, o.state, coalesce(o.error, ''), o.channel FROM ({_MESSAGES}) o
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Sought:
    """What staff typed, as each kind of number that it may be; "" and no person where it is none."""

    receipt_no: str
    person: bytes | None
    number: str
    prefectures: Sequence[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A right as it stands; claim (an applicant's) and contacts (of a mailing) are sealed, None once erased."""

    id: UUID
    receipt_no: str | None
    coupon_number: str | None
    campaign: str
    campaign_version: int
    amount: int
    language: str
    state: str
    brand: str | None
    reason: str
    claim: bytes | None
    contacts: bytes | None


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was planned for a right: with a mailing, or by itself (mailing is "")."""

    mailing: str
    purpose: str
    state: str
    reason: str
    ways: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An attempt, or a word on one."""

    at: datetime
    mailing: str
    purpose: str
    what: str
    way: str
    provider: str
    code: str


def search(pool: Pool, sought: Sought) -> list[Standing]:
    """The rights that it may be about, at most MOST_FOUND."""
    values = {name: getattr(sought, name) for name in sought.__slots__}
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Standing)) as cursor:
        return cursor.execute(SEARCH, {**values, "prefectures": list(sought.prefectures)}).fetchall()


def by_id(pool: Pool, right: UUID) -> Standing | None:
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Standing)) as cursor:
        return cursor.execute(BY_ID, {"id": right}).fetchone()


def messages(pool: Pool, right: UUID) -> list[Message]:
    """All that was planned for it."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Message)) as cursor:
        return cursor.execute(PLANNED, {"uuid": right, "id": str(right)}).fetchall()


def happened(pool: Pool, right: UUID) -> list[Happened]:
    """All that was tried and heard, in its order."""
    with autocommit(pool) as connection, connection.cursor(row_factory=class_row(Happened)) as cursor:
        return cursor.execute(HAPPENED, {"uuid": right, "id": str(right)}).fetchall()
