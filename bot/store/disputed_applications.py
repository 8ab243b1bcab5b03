"""What a dispute does to the applications of its claims: they wait, are looked at again, or end.

Whoever changes a row here holds the coupons of both claims by bot.store.holds.lock().
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.store.db import Connection, Pool, autocommit

LOCK = "SELECT FROM submissions WHERE receipt_no = ANY(%(numbers)s) ORDER BY id FOR UPDATE"
HOLDERS_OF = """
SELECT DISTINCT c.receipt_no FROM disputes d JOIN claims c ON c.id = d.held_by
WHERE d.claim = %(claim)s AND d.closed_at IS NULL AND d.held_since IS NOT NULL
"""

# Another try counts, so that whoever asked the backend before, and has not written its answer yet, does not write it.
# Who has withdrawn is not paid because of it: what the backend would not let go, it is asked to let go once more.
GO_ON = """
UPDATE submissions SET due_at = now(), tries = tries + 1, lease_until = '-infinity', settled_at = NULL,
    state = CASE WHEN state = 'disputed' AND reason = 'not_cancelled' THEN 'withdrawing' ELSE 'pending' END
WHERE receipt_no = ANY(%(numbers)s) AND state = ANY(%(was)s)
"""
REJECT = """
UPDATE submissions SET state = 'rejected', amount = NULL, reason = 'taken', settled_at = %(at)s, tries = tries + 1
WHERE receipt_no = %(receipt_no)s AND state IN ('filed', 'pending', 'held', 'disputed')
"""
SAY_WHY = "UPDATE submissions SET reason = 'dispute' WHERE id = %(id)s AND state = 'held'"

HOLDS_UP = """
SELECT FROM disputes d JOIN claims c ON c.id = d.held_by JOIN submissions s ON s.receipt_no = c.receipt_no
WHERE s.id = %(id)s AND d.closed_at IS NULL AND (s.released_at IS NULL OR d.held_since > s.released_at)
  AND d.held_since IS NOT NULL LIMIT 1
"""

# Those that no dispute here is about: another backend decides, or it refused, or would not let go.
ELSEWHERE = """
SELECT s.receipt_no, s.reason, s.acted_at, s.settled_at, s.channel FROM submissions s
WHERE s.state = 'disputed' AND NOT EXISTS (
    SELECT FROM disputes d JOIN claims c ON c.id = d.claim WHERE c.receipt_no = s.receipt_no AND d.closed_at IS NULL)
ORDER BY s.acted_at, s.id LIMIT %(most)s
"""
COUNT_ELSEWHERE = """
SELECT count(*), min(s.acted_at) FROM submissions s WHERE s.state = 'disputed' AND NOT EXISTS (
    SELECT FROM disputes d JOIN claims c ON c.id = d.claim WHERE c.receipt_no = s.receipt_no AND d.closed_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A disputed application that is decided by others than us."""

    receipt_no: str
    reason: str
    acted_at: datetime
    settled_at: datetime | None
    channel: str


def elsewhere(pool: Pool, *, most: int) -> Sequence[Elsewhere]:
    """The oldest first."""
    with autocommit(pool) as connection:
        return [Elsewhere(*row) for row in connection.execute(ELSEWHERE, {"most": most})]


def count_elsewhere(pool: Pool) -> tuple[int, datetime | None]:
    """How many disputed applications others decide, and since when the oldest waits."""
    with autocommit(pool) as connection:
        row = connection.execute(COUNT_ELSEWHERE).fetchone()
    return (row[0], row[1]) if row else (0, None)


def lock(connection: Connection, receipt_nos: Sequence[str]) -> None:
    """Let nobody withdraw any of them until the transaction ends."""
    connection.execute(LOCK, {"numbers": list(receipt_nos)})


def holders_waiting_for(connection: Connection, claim: UUID) -> list[str]:
    """The receipt numbers that wait because of a dispute with that claim."""
    return [row[0] for row in connection.execute(HOLDERS_OF, {"claim": claim})]


def go_on(connection: Connection, receipt_nos: Sequence[str], *, was: Sequence[str]) -> bool:
    """Let applications in these states be asked after, or be withdrawn, once more; False where there is none."""
    return connection.execute(GO_ON, {"numbers": list(receipt_nos), "was": list(was)}).rowcount > 0


def reject(connection: Connection, receipt_no: str, *, at: datetime) -> None:
    """Its only coupon is another's."""
    connection.execute(REJECT, {"receipt_no": receipt_no, "at": at})


def say_why(connection: Connection, submission: UUID) -> None:
    """It is held for a dispute, not for a case."""
    connection.execute(SAY_WHY, {"id": submission})


def holds_up(connection: Connection, submission: UUID) -> bool:
    """Whether staff have sent an application back to wait, and have not let it go."""
    return connection.execute(HOLDS_UP, {"id": submission}).rowcount > 0
