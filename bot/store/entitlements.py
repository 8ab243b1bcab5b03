"""Rights to points: each from the decision to the code that is shown, and never beside a refund.

One choice a right, for good: `brand` is written once, by one statement, which the first of two wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit
from bot.store.moves import leading_to

AT_ONCE = 5000  # rows in one statement: it has to end within the time-out of statements

# From each state to those that may follow it; docs/state-machines.md is drawn from this.
MOVES: Mapping[str, Sequence[str]] = {
    "planned": ("notified", "opened", "expired", "cancelled"),
    "notified": ("opened", "expired", "cancelled"),
    "opened": ("choosing", "chosen", "expired", "cancelled"),
    "choosing": ("chosen", "expired", "cancelled"),
    "chosen": ("issuing", "issued"),
    "issuing": ("chosen", "issued", "failed"),
    "issued": ("code_shown",),
    "code_shown": (),
    "failed": ("chosen", "opened"),
    "cancelled": ("planned", "notified", "opened"),
    "expired": (),
}

# Money back or points, never both. Whoever asks for the money holds the application's row, as the settling does.
GIVE = """
INSERT INTO entitlements (id, submission, receipt_no, campaign, campaign_version, language, target, amount, token_hash,
    token, created_at, erase_at)
SELECT %(id)s, %(submission)s, %(receipt_no)s, %(campaign)s, %(campaign_version)s, %(language)s, %(target)s,
    %(amount)s, %(token_hash)s, %(token)s, %(at)s, %(erase_at)s
WHERE NOT EXISTS (SELECT FROM refunds WHERE submission = %(submission)s AND state <> 'cancelled')
ON CONFLICT (submission) DO NOTHING
"""

# One whose URL was called back before it went out; the sum may be another by now, and where it goes as well.
GIVE_AGAIN = """
UPDATE entitlements SET voided_at = NULL, state = 'planned', amount = %(amount)s, target = NULL
WHERE submission = %(submission)s AND state = 'cancelled' AND brand IS NULL
  AND NOT EXISTS (SELECT FROM refunds WHERE submission = %(submission)s AND state <> 'cancelled')
RETURNING id, token
"""
FREE_KEY = """
UPDATE outgoing SET once_key = once_key || ':before:' || id
WHERE once_key = 'reward_url:' || %(id)s AND state = 'cancelled'
"""

_RIGHT = """
SELECT e.id, e.receipt_no, e.coupon_number, e.campaign, e.campaign_version, e.amount, e.language, e.state, e.brand,
    e.code, e.target, s.claim
FROM entitlements e LEFT JOIN submissions s ON s.id = e.submission
"""
FIND = f"{_RIGHT} WHERE e.token_hash = %(token_hash)s AND e.voided_at IS NULL"
BY_ID = f"{_RIGHT} WHERE e.id = %(id)s AND e.voided_at IS NULL"

MOVE = """
UPDATE entitlements SET state = %(to)s,
    notified_at = CASE WHEN %(to)s = 'notified' THEN %(at)s ELSE notified_at END,
    opened_at = CASE WHEN %(to)s = 'opened' THEN %(at)s ELSE opened_at END,
    shown_at = CASE WHEN %(to)s = 'code_shown' THEN %(at)s ELSE shown_at END
WHERE id = %(id)s AND state = ANY(%(was)s)
"""

# A refund that is asked for at this moment holds the right's row too: whoever comes second finds it void, or chosen.
CHOOSE = """
UPDATE entitlements e SET state = 'chosen', brand = %(brand)s, chosen_at = %(at)s, erase_at = %(erase_at)s,
    due_at = now()
WHERE e.id = %(id)s AND e.brand IS NULL AND e.voided_at IS NULL AND e.state = ANY(%(was)s)
  AND NOT EXISTS (SELECT FROM refunds r WHERE r.submission = e.submission AND r.state <> 'cancelled')
"""


# Of the messages that have just gone out, those that brought a URL for the first time.
NOTIFIED = """
UPDATE entitlements e SET state = 'notified', notified_at = %(at)s
FROM outgoing o
WHERE o.id = ANY(%(messages)s) AND o.state IN ('sent', 'delivered') AND e.state = ANY(%(was)s)
  AND e.id = CASE WHEN o.purpose = 'reward_url' THEN split_part(o.once_key, ':', 2)::uuid END
"""

# Each version of a campaign has a last day of its own. The states are before("expired"), written as the index has them.
_OPEN = "state IN ('planned', 'notified', 'opened', 'choosing')"
OPEN_VERSIONS = f"SELECT DISTINCT campaign, campaign_version FROM entitlements WHERE {_OPEN}"  # noqa: S608 - our words
EXPIRE = f"""
UPDATE entitlements SET state = 'expired', erase_at = %(erase_at)s
WHERE id IN (
    SELECT id FROM entitlements WHERE campaign = %(campaign)s AND campaign_version = %(version)s AND {_OPEN}
    LIMIT %(most)s FOR UPDATE)
"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class NewRight:
    """A right to points; the token is kept as a hash to find it by and sealed to send it again.

    target (sealed) is for who never applied here; an applicant's stands in the application, and here only where a
    mailing got through another way. erase_at is when target and code go.
    """

    id: UUID
    submission: UUID | None
    receipt_no: str
    campaign: str
    campaign_version: int
    language: str
    amount: int
    token_hash: bytes
    token: bytes
    at: datetime
    erase_at: datetime
    target: bytes | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A right as it stands; amount in yen; code, target and claim (the application's) are sealed.

    An app user has no receipt number; there the coupon's inquiry number stands.
    """

    id: UUID
    receipt_no: str | None
    coupon_number: str | None
    campaign: str
    campaign_version: int
    amount: int
    language: str
    state: str
    brand: str | None
    code: bytes | None
    target: bytes | None
    claim: bytes | None


def mark_of(receipt_no: str | None, coupon_number: str | None) -> tuple[str, str]:
    """The end of the receipt number, or of the coupon's inquiry number where nobody applied."""
    return ("receipt", receipt_no[-4:]) if receipt_no else ("coupon", (coupon_number or "")[-4:])


def give(connection: Connection, right: NewRight) -> bool:
    """Give the right to points; False when the application has one, or a refund instead."""
    row = {name: getattr(right, name) for name in right.__slots__}
    return connection.execute(GIVE, row).rowcount == 1


def give_again(connection: Connection, submission: UUID, *, amount: int) -> tuple[UUID, bytes] | None:
    """The right that was void while its application was held: its id and sealed token, ready for another message.

    None when there is none, it stands, or there is a refund instead.
    """
    row = connection.execute(GIVE_AGAIN, {"submission": submission, "amount": amount}).fetchone()
    if row is None:
        return None
    connection.execute(FREE_KEY, {"id": str(row[0])})
    return row[0], row[1]


def find(pool: Pool, token_hash: bytes) -> Right | None:
    """The right that a URL's token stands for, unless it is void."""
    return _one(pool, FIND, {"token_hash": token_hash})


def by_id(pool: Pool, right: UUID) -> Right | None:
    """A right as it stands by now, unless it is void."""
    return _one(pool, BY_ID, {"id": right})


def _one(pool: Pool, query: LiteralString, values: Mapping[str, object]) -> Right | None:
    with autocommit(pool) as connection:
        row = connection.execute(query, values).fetchone()
    return Right(*row) if row else None


def move(connection: Connection, right: UUID, to: str, *, at: datetime) -> bool:
    """On to the next state, if that may follow the one it is in; False changes nothing."""
    return connection.execute(MOVE, {"id": right, "to": to, "at": at, "was": before(to)}).rowcount == 1


def choose(connection: Connection, right: UUID, brand: str, *, at: datetime, erase_at: datetime) -> bool:
    """Take this reward for good; False if one was taken before, the right is void or over, or money was asked for."""
    row = {"id": right, "brand": brand, "at": at, "erase_at": erase_at, "was": before("chosen")}
    return connection.execute(CHOOSE, row).rowcount == 1


def notified(pool: Pool, messages: Sequence[UUID], *, at: datetime) -> None:
    """The URLs that these messages brought have gone out. Said afterwards: a crash before it costs this word alone."""
    with autocommit(pool) as connection:
        connection.execute(NOTIFIED, {"messages": list(messages), "at": at, "was": before("notified")})


def open_versions(pool: Pool) -> list[tuple[str, int]]:
    """The campaigns, with their versions, of which rights are still to be chosen from."""
    with autocommit(pool) as connection:
        return connection.execute(OPEN_VERSIONS).fetchall()


def expire(pool: Pool, campaign: str, version: int, *, erase_at: datetime) -> int:
    """End the rights of a campaign's version that nothing was chosen for, some thousands at a time; gives how many."""
    ended = 0
    with autocommit(pool) as connection:
        values = {"campaign": campaign, "version": version, "most": AT_ONCE, "erase_at": erase_at}
        while count := connection.execute(EXPIRE, values).rowcount:
            ended += count
    return ended


def before(state: str) -> list[str]:
    """The states that this one may follow."""
    return leading_to(MOVES, state)
