"""Refunds to bank accounts: one live refund an application, and never beside a right to points, or a chosen reward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from bot.store import audit
from bot.store.db import Connection, Pool, autocommit
from bot.store.known_claims import MINE, Whose
from bot.store.moves import leading_to

# The whole machine: from each state to those that may follow.
MOVES: Mapping[str, Sequence[str]] = {
    "applied": ("checked", "cancelled"),
    "checked": ("applied", "released", "cancelled"),
    "released": ("paid", "returned"),
    "paid": ("returned",),
    "returned": ("applied", "cancelled"),
    "cancelled": (),
}
# A check is taken back by staff; what the bank sent back is free again once its account is corrected.
BY_PERSON = (("applied", "cancelled"), ("checked", "cancelled"), ("returned", "applied"), ("returned", "cancelled"))
APPLICANT = "applicant"  # who acts in the audit where it is no member of staff
# Whoever puts it into a file only holds its row, which no waiting statement looks at again: so the wait is one of its
# own, and the next statement sees the line in the file.
WAIT = "SELECT FROM refunds WHERE receipt_no = %(receipt_no)s AND state <> 'cancelled' FOR UPDATE"

# Whoever settles the application, holds it for a case, or gives it a right to points, waits here, or is waited for.
HOLD = "SELECT FROM submissions WHERE id = %(submission)s AND receipt_no = %(receipt_no)s FOR UPDATE"

APPLY = """
INSERT INTO refunds (id, submission, receipt_no, campaign, campaign_version, acted_at, details, account, erase_at)
SELECT %(id)s, %(submission)s, %(receipt_no)s, %(campaign)s, %(campaign_version)s, %(acted_at)s, %(details)s,
    %(account)s, %(erase_at)s
WHERE NOT EXISTS (SELECT FROM entitlements WHERE submission = %(submission)s AND brand IS NOT NULL)
ON CONFLICT DO NOTHING
"""

# Until a reward is chosen (rules.md §1.4(4)). Who chooses one at this moment holds the right's row: this waits.
VOID = """
WITH voided AS (
    UPDATE entitlements SET voided_at = %(at)s, state = 'cancelled'
    WHERE submission = %(submission)s AND voided_at IS NULL AND brand IS NULL AND state <> 'expired' RETURNING id
)
UPDATE outgoing o SET state = 'cancelled', error = 'refund_chosen', settled_at = now()
FROM voided WHERE o.once_key = 'reward_url:' || voided.id AND o.state = 'planned'
"""

# What a mailing was to bring, and dropped while the right was void, goes by itself now: the mailing may be over.
RESTORE = """
WITH restored AS (
    UPDATE entitlements SET voided_at = NULL, state = CASE
        WHEN opened_at IS NOT NULL THEN 'opened' WHEN notified_at IS NOT NULL THEN 'notified' ELSE 'planned' END
    WHERE submission = %(submission)s AND voided_at IS NOT NULL
      AND EXISTS (SELECT FROM submissions WHERE id = %(submission)s AND state = 'accepted') RETURNING id
)
UPDATE outgoing o SET state = 'planned', error = NULL, settled_at = NULL
FROM restored WHERE o.once_key = 'reward_url:' || restored.id AND o.state = 'cancelled'
  AND (o.error = 'refund_chosen' OR o.error = 'by_mailing' AND EXISTS (
    SELECT FROM deliveries d WHERE d.entitlement = restored.id AND d.purpose = 'reward_url'
      AND d.state = 'cancelled' AND d.attempts = 0 AND d.reason = ''))
"""

# Accepted while the refund stood, so no right to points was given: it is settled once more, and is.
SETTLE_AGAIN = """
UPDATE submissions SET state = 'pending', due_at = now()
WHERE id = %(submission)s AND state = 'accepted'
  AND NOT EXISTS (SELECT FROM entitlements WHERE submission = %(submission)s)
"""

COLUMNS = """
SELECT id, submission, receipt_no, campaign, campaign_version, acted_at, state, amount, reason, details, EXISTS (
    SELECT FROM refund_lines WHERE refund = refunds.id AND live), checked_by, checked_at
FROM refunds
"""

LIVE = f"{COLUMNS} WHERE receipt_no = %(receipt_no)s AND state <> 'cancelled'"

# One that was given up is still looked at, where no other one took its place.
NEWEST = (
    f"{COLUMNS} WHERE receipt_no = %(receipt_no)s ORDER BY state <> 'cancelled' DESC, acted_at DESC, id DESC LIMIT 1"
)

# What is paid is what the backend decided on the application, not what anybody typed.
CHECK = """
UPDATE refunds r SET state = 'checked', amount = s.amount, reason = '', checked_by = %(by)s, checked_at = %(at)s,
    account = %(account)s
FROM submissions s
WHERE r.id = %(id)s AND r.state = 'applied' AND s.id = r.submission AND s.state = 'accepted' AND s.amount >= 1
RETURNING r.amount
"""

# One that is not checked yet stays as it is, with another account.
_OPEN = """
(r.state = 'applied' OR r.state = ANY(%(earlier)s))
    AND NOT EXISTS (SELECT FROM refund_lines l WHERE l.refund = r.id AND l.live)
"""
CORRECT = f"""
UPDATE refunds r SET state = 'applied', details = %(details)s, account = %(account)s, reason = '', checked_by = NULL,
    checked_at = NULL
WHERE r.receipt_no = %(receipt_no)s AND {_OPEN}
"""  # noqa: S608 - this module's own words

OF_PERSON = f"""
SELECT r.receipt_no, s.claim, r.details, r.campaign, r.campaign_version, {_OPEN}
FROM refunds r JOIN submissions s ON s.id = r.submission
WHERE {MINE} AND r.state <> 'cancelled' AND r.details IS NOT NULL AND s.claim IS NOT NULL
ORDER BY r.state = 'returned' DESC, r.acted_at DESC LIMIT 5
"""  # noqa: S608 - as above

UNCHECK = """
UPDATE refunds SET state = 'applied', reason = %(reason)s, checked_by = NULL, checked_at = NULL
WHERE id = %(id)s AND state = 'checked' AND NOT EXISTS (SELECT FROM refund_lines WHERE refund = %(id)s AND live)
"""

CANCEL = """
UPDATE refunds SET state = 'cancelled', settled_at = %(at)s, erase_at = %(erase_at)s
WHERE id = %(id)s AND state = ANY(%(earlier)s)
  AND NOT EXISTS (SELECT FROM refund_lines WHERE refund = refunds.id AND live)
"""

# What the bank cannot have paid yet is in its file still, and would be paid beside the one that is corrected.
TAKE_BACK = """
UPDATE refunds SET state = 'returned', reason = %(reason)s, settled_at = NULL, erase_at = %(erase_at)s
WHERE id = %(id)s AND state = ANY(%(earlier)s) AND EXISTS (
    SELECT FROM refund_lines l JOIN refund_files f ON f.number = l.file
    WHERE l.refund = %(id)s AND l.live AND f.exported_at IS NOT NULL AND f.pay_on <= %(today)s)
"""
FREE = "UPDATE refund_lines SET live = false WHERE refund = %(id)s AND live"


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund as it was asked for; details are sealed, account is a keyed hash."""

    id: UUID
    submission: UUID
    receipt_no: str
    campaign: str
    campaign_version: int
    acted_at: datetime
    details: bytes
    account: bytes
    erase_at: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as it stands; amount in yen once checked, details sealed (None once erased)."""

    id: UUID
    submission: UUID
    receipt_no: str
    campaign: str
    campaign_version: int
    acted_at: datetime
    state: str
    amount: int | None
    reason: str
    details: bytes | None
    in_file: bool
    checked_by: str | None
    checked_at: datetime | None

    @property
    def mark(self) -> str:
        """What tells its account from every other that its person has given, and nothing of it."""
        return sha256(self.details or b"").hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's own refund; claim and details are sealed, open: the account may still be another one."""

    receipt_no: str
    claim: bytes
    details: bytes
    campaign: str
    campaign_version: int
    open: bool


@dataclass(frozen=True, slots=True)
class Corrected:
    """The account as its person has corrected it; details are sealed, account is a keyed hash."""

    receipt_no: str
    details: bytes
    account: bytes
    at: datetime


def apply(connection: Connection, refund: NewRefund) -> bool:
    """Ask for a refund in place of points, whose URL is void from now on.

    False if there is no such application, or a live refund of it, or its reward is chosen.
    """
    row = {name: getattr(refund, name) for name in refund.__slots__}
    if not connection.execute(HOLD, row).rowcount:
        return False
    connection.execute(VOID, {"submission": refund.submission, "at": refund.acted_at})
    return connection.execute(APPLY, row).rowcount == 1


def live(connection: Connection, receipt_no: str) -> Refund | None:
    """The refund of an application that was not cancelled."""
    row = connection.execute(LIVE, {"receipt_no": receipt_no}).fetchone()
    return Refund(*row) if row else None


def hold(connection: Connection, refund: Refund) -> None:
    """Let nobody else settle its application, correct it or put it into a file until the transaction ends."""
    connection.execute(HOLD, {"submission": refund.submission, "receipt_no": refund.receipt_no})
    connection.execute(WAIT, {"receipt_no": refund.receipt_no})


def check(connection: Connection, refund: Refund, *, account: bytes | None, by: str, at: datetime) -> int | None:
    """Found right by a person of the staff; gives the sum to pay, None unless it was applied for and is accepted.

    account: its keyed hash, which rows of before that was kept do not have yet.
    """
    row = connection.execute(CHECK, {"id": refund.id, "account": account, "by": by, "at": at}).fetchone()
    return int(row[0]) if row else None


def of_person(pool: Pool, whose: Whose) -> list[Mine]:
    """A person's own refunds that were not given up; what the bank sent back first."""
    with autocommit(pool) as connection:
        rows = connection.execute(OF_PERSON, {**whose.row, "earlier": leading_to(MOVES, "applied")}).fetchall()
    return [Mine(*row) for row in rows]


def correct(connection: Connection, corrected: Corrected) -> bool:
    """Another account for a refund that stands in no file, to be checked anew; False: write nothing then."""
    row = {name: getattr(corrected, name) for name in corrected.__slots__}
    values = {**row, "earlier": leading_to(MOVES, "applied")}
    connection.execute(WAIT, values)
    if connection.execute(CORRECT, values).rowcount != 1:
        return False
    subject = corrected.receipt_no
    audit.add(connection, actor=APPLICANT, action="refund.corrected", subject=subject, at=corrected.at)
    return True


def uncheck(connection: Connection, refund: Refund, *, reason: str) -> bool:
    """It was not right after all, and is to be checked anew; False unless it was checked and stands in no file."""
    connection.execute(WAIT, {"receipt_no": refund.receipt_no})
    return connection.execute(UNCHECK, {"id": refund.id, "reason": reason}).rowcount == 1


def cancel(connection: Connection, refund: Refund, *, at: datetime, erase_at: datetime) -> bool:
    """Give the refund up and let the right to points live again, or be given; False once it stands in a file."""
    hold(connection, refund)
    values = {"id": refund.id, "at": at, "erase_at": erase_at, "earlier": leading_to(MOVES, "cancelled")}
    if not connection.execute(CANCEL, values).rowcount:
        return False
    connection.execute(RESTORE, {"submission": refund.submission})
    connection.execute(SETTLE_AGAIN, {"submission": refund.submission})
    return True


def take_back(connection: Connection, refund: UUID, *, reason: str, today: date, erase_at: datetime) -> bool:
    """The bank sent the money back: the refund waits for its person, free for another file; False where the bank
    cannot have paid it by that day."""
    values = {"id": refund, "reason": reason, "today": today, "erase_at": erase_at}
    if not connection.execute(TAKE_BACK, {**values, "earlier": leading_to(MOVES, "returned")}).rowcount:
        return False
    connection.execute(FREE, values)
    return True


def newest(connection: Connection, receipt_no: str) -> Refund | None:
    """The live refund of an application, else the one that was given up last."""
    row = connection.execute(NEWEST, {"receipt_no": receipt_no}).fetchone()
    return Refund(*row) if row else None
