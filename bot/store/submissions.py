"""Applications as the counter took them, until the claims backend has decided; and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.known_claims import MINE, Whose

INSERT = """
INSERT INTO submissions (id, receipt_no, conversation, channel, person, campaign, campaign_version, acted_at, claim,
    target, filed_by, subjects, erase_at)
VALUES (%(id)s, %(receipt_no)s, %(conversation)s, %(channel)s, %(person)s, %(campaign)s, %(campaign_version)s,
    %(acted_at)s, %(claim)s, %(target)s, %(filed_by)s, %(subjects)s::bytea[], %(erase_at)s)
"""

CLAIM = """
WITH due AS (
    SELECT id FROM submissions
    WHERE state IN ('filed', 'pending', 'withdrawing') AND due_at <= now() AND lease_until < now()
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE submissions s SET lease_until = now() + interval '60 seconds', tries = tries + 1
FROM due WHERE s.id = due.id
RETURNING s.id, s.receipt_no, s.conversation, s.channel, s.person, s.campaign, s.campaign_version, s.claim, s.state,
    s.tries, coalesce(s.as_filed, s.claim)
"""

# What was withdrawn, or decided, while the backend was asked stays so: an answer to the earlier question is dropped.
LATER = """
UPDATE submissions SET due_at = now() + %(seconds)s * interval '1 second', lease_until = '-infinity',
    state = %(state)s, reason = %(reason)s
WHERE id = %(id)s AND (state IN ('filed', 'pending') OR state = 'withdrawing' AND %(state)s = 'withdrawing')
  AND tries = %(tries)s
"""

SETTLE = """
UPDATE submissions SET state = %(state)s, amount = %(amount)s, reason = %(reason)s,
    existing_receipt_no = %(existing)s, settled_at = %(at)s, lease_until = '-infinity'
WHERE id = %(id)s AND (state IN ('filed', 'pending') AND NOT %(withdrawn)s OR state = 'withdrawing' AND %(withdrawn)s)
  AND (%(tries)s::integer IS NULL OR tries = %(tries)s)
"""

# Whatever is on its way to the person, or has been, cannot be called back; nor can what a refund was asked for. Of a
# right `e`: its URL has touched the wire, by itself or with a mailing.
HAS_GONE = """
(EXISTS (SELECT FROM outgoing o WHERE o.once_key = 'reward_url:' || e.id AND o.state NOT IN ('planned', 'cancelled'))
    OR EXISTS (SELECT FROM deliveries d WHERE d.entitlement = e.id AND d.purpose = 'reward_url' AND d.attempts > 0))
"""
WITHDRAWABLE = f"""
SELECT s.receipt_no, NOT EXISTS (SELECT FROM refunds WHERE submission = s.id AND state <> 'cancelled')
    AND NOT EXISTS (SELECT FROM entitlements e WHERE e.submission = s.id AND {HAS_GONE})
FROM submissions s
WHERE {MINE} AND s.state IN ('filed', 'pending', 'held', 'accepted', 'disputed')
ORDER BY s.acted_at DESC
LIMIT 5
"""  # noqa: S608 - this house's own words
HOLD = f"""
SELECT s.id FROM submissions s
WHERE s.receipt_no = %(receipt_no)s AND {MINE} AND s.state IN ('filed', 'pending', 'held', 'accepted', 'disputed')
  AND NOT EXISTS (SELECT FROM refunds WHERE submission = s.id AND state <> 'cancelled')
FOR UPDATE OF s
"""  # noqa: S608 - as above
CALL_BACK = """
WITH voided AS (
    UPDATE entitlements SET voided_at = %(at)s, state = 'cancelled'
    WHERE submission = %(id)s AND voided_at IS NULL AND brand IS NULL RETURNING id
), with_a_mailing AS (
    UPDATE deliveries d SET state = 'cancelled', reason = 'withdrawn', due_at = NULL
    FROM voided WHERE d.entitlement = voided.id AND d.state = 'planned' AND d.attempts = 0
)
UPDATE outgoing o SET state = 'cancelled', error = 'withdrawn', settled_at = now()
FROM voided WHERE o.once_key = 'reward_url:' || voided.id AND o.state = 'planned'
"""
GONE_OUT = f"SELECT FROM entitlements e WHERE e.submission = %(id)s AND {HAS_GONE}"
WITHDRAW = """
UPDATE submissions SET state = 'withdrawing', due_at = now(), tries = 0, settled_at = NULL WHERE id = %(id)s
"""

# What brought the URL last, and how often it was sent again: messages, each found by its own key, and the delivery of
# a mailing that took the first of them over, in the words of messages.
LAST_URL = """
LEFT JOIN LATERAL (
    SELECT (array_agg(n.state ORDER BY n.id DESC))[1] AS state, greatest(count(*) - 1, 0) AS resent,
        (array_agg(n.person ORDER BY n.id DESC))[1] AS person FROM (
        SELECT o.id, o.state, o.person FROM outgoing o
        WHERE o.once_key IN ('reward_url:' || e.id, 'reward_url_again:' || e.id || ':1',
            'reward_url_again:' || e.id || ':2', 'reward_url_again:' || e.id || ':3')
          AND NOT (o.state = 'cancelled' AND o.error IS NOT DISTINCT FROM 'by_mailing')
        UNION ALL SELECT d.id, CASE
            WHEN d.state IN ('accepted', 'presumed', 'chosen') THEN 'sent'
            WHEN d.state = 'expired' THEN 'undelivered' ELSE d.state END, coalesce(s.target, '')
        FROM deliveries d WHERE d.entitlement = e.id AND d.purpose = 'reward_url' AND d.state <> 'cancelled') n
) url ON true
"""
URL_OF_PERSON = f"""
SELECT e.id, e.token, s.claim, url.state, url.resent, url.person
FROM submissions s
JOIN entitlements e ON e.submission = s.id AND e.voided_at IS NULL
{LAST_URL}
WHERE {MINE} AND s.claim IS NOT NULL AND url.state IS NOT NULL
ORDER BY s.acted_at DESC LIMIT 1
"""  # noqa: S608 - this module's own words

FILED = f"""
SELECT s.receipt_no, s.state, s.amount, s.acted_at, s.existing_receipt_no, s.campaign, s.campaign_version, s.claim,
    url.state, r.state, e.state, s.reason
FROM submissions s
LEFT JOIN entitlements e ON e.submission = s.id
{LAST_URL}
LEFT JOIN refunds r ON r.submission = s.id AND r.state <> 'cancelled'
"""  # noqa: S608 - as above
OF_PERSON = f"{FILED} WHERE {MINE} ORDER BY s.acted_at DESC LIMIT 10"
ID_OF = "SELECT id FROM submissions WHERE receipt_no = %(receipt_no)s"
DISPUTED = "SELECT EXISTS (SELECT FROM submissions WHERE person = %(person)s AND state = 'disputed')"
BY_RECEIPT_NO = f"{FILED} WHERE s.receipt_no = %(receipt_no)s"


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """An application to be handed in; claim is sealed, target the fingerprint of where its URL goes.

    subjects: its coupons, as cases about them are found (bot.store.holds). filed_by: the member of staff who filled it
    in for a caller.
    """

    id: UUID
    receipt_no: str
    conversation: UUID
    channel: str
    person: bytes
    campaign: str
    campaign_version: int
    acted_at: datetime
    claim: bytes
    erase_at: datetime
    target: bytes | None = None
    filed_by: str | None = None
    subjects: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DueSubmission:
    """A claimed application; state filed: to be handed in, pending: to be asked after.

    claim is the application as it stands, as_filed as the backend may have read it already; both are sealed.
    """

    id: UUID
    receipt_no: str
    conversation: UUID | None
    channel: str
    person: bytes
    campaign: str
    campaign_version: int
    claim: bytes
    state: str
    tries: int
    as_filed: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the backend decided; amount in yen."""

    state: str
    amount: int | None
    reason: str
    existing: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Filed:
    """An application as its person is told of it; claim is sealed (None once erased).

    url is the state of the message that brought its URL last, refund that of a live one, right that of its right to
    points; None while there is none. reason: why it stands so, in a word of the backend's or ours.
    """

    receipt_no: str
    state: str
    amount: int | None
    acted_at: datetime
    existing_receipt_no: str | None
    campaign: str
    campaign_version: int
    claim: bytes | None
    url: str | None
    refund: str | None = None
    right: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Somebody takes their own application back, at that time by the campaign's clock."""

    receipt_no: str
    person: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class SentUrl:
    """The newest URL of a person; token and claim are sealed.

    state is that of its last message, person the fingerprint of where that went, resent how often it went again.
    """

    entitlement: UUID
    token: bytes
    claim: bytes
    state: str
    resent: int
    person: bytes


def insert(connection: Connection, submission: NewSubmission) -> None:
    """Raises psycopg.errors.UniqueViolation when the receipt number is taken: the turn is played again."""
    connection.execute(INSERT, {name: getattr(submission, name) for name in submission.__slots__})


def claim(connection: Connection, *, most: int) -> list[DueSubmission]:
    """Lease applications whose time to be handed in, or asked after, has come."""
    return [DueSubmission(*row) for row in connection.execute(CLAIM, {"most": most}).fetchall()]


def later(pool: Pool, due: DueSubmission, *, seconds: float, state: str, reason: str) -> None:
    """Not decided yet: try, or ask, again after that time; nothing where another try was ordered meanwhile."""
    with autocommit(pool) as connection:
        again = {"tries": due.tries, "seconds": seconds, "state": state, "reason": reason}
        connection.execute(LATER, {"id": due.id, **again})


def settle(
    connection: Connection, submission: UUID, outcome: Outcome, *, withdrawn: bool = False, tries: int | None = None
) -> bool:
    """Record the decision once, or the answer to a withdrawal; False when it stood already, or the other was asked.

    tries: which try brought it; False too when staff have decided meanwhile what another one has to ask.
    """
    row = {name: getattr(outcome, name) for name in outcome.__slots__}
    return connection.execute(SETTLE, {"id": submission, "withdrawn": withdrawn, "tries": tries, **row}).rowcount == 1


def withdrawable(pool: Pool, whose: Whose) -> list[tuple[str, bool]]:
    """The person's applications that are not at an end, newest first: receipt number, whether it can be taken back."""
    with autocommit(pool) as connection:
        return connection.execute(WITHDRAWABLE, whose.row).fetchall()


def withdraw(connection: Connection, withdrawal: Withdrawal) -> bool:
    """Take an application back, its unsent URL with it; False when it is too late: then nothing may be committed."""
    values = {"receipt_no": withdrawal.receipt_no, **Whose(withdrawal.person).row}
    held = connection.execute(HOLD, values).fetchone()
    if held is None:
        return False
    row = {"id": held[0], "at": withdrawal.at}
    connection.execute(CALL_BACK, row)
    if connection.execute(GONE_OUT, row).rowcount:
        return False
    return connection.execute(WITHDRAW, row).rowcount == 1


def url_of_person(pool: Pool, whose: Whose) -> SentUrl | None:
    """The newest URL that was planned for a person; None when there is none."""
    with autocommit(pool) as connection:
        row = connection.execute(URL_OF_PERSON, whose.row).fetchone()
    return SentUrl(*row) if row else None


def is_disputed(pool: Pool, person: bytes) -> bool:
    """Whether an application of theirs waits for staff to say whose coupon it is."""
    with autocommit(pool) as connection:
        row = connection.execute(DISPUTED, {"person": person}).fetchone()
    return bool(row and row[0])


def of_person(pool: Pool, whose: Whose) -> list[Filed]:
    """The person's applications, newest first."""
    with autocommit(pool) as connection:
        return [Filed(*row) for row in connection.execute(OF_PERSON, whose.row).fetchall()]


def id_of(pool: Pool, receipt_no: str) -> UUID | None:
    """The application by that receipt number, erased or not."""
    with autocommit(pool) as connection:
        row = connection.execute(ID_OF, {"receipt_no": receipt_no}).fetchone()
    return row[0] if row else None


def by_receipt_no(pool: Pool, receipt_no: str) -> Filed | None:
    """The application with that receipt number (ten digits)."""
    with autocommit(pool) as connection:
        row = connection.execute(BY_RECEIPT_NO, {"receipt_no": receipt_no}).fetchone()
    return Filed(*row) if row else None
