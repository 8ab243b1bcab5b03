"""Coupons that pass from one claim to another, and what then becomes of both claims and of their applications.

Whoever calls holds the coupons of all these claims by lock() until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from bot.store import claims, disputed_applications, disputes, holds
from bot.store.db import Connection
from bot.store.vault import Vault
from dialogs.rules.claim import ClaimState, Decision

UNPAID = ("filed", "pending", "held", "disputed")


def lock(connection: Connection, vault: Vault, coupons: Iterable[tuple[str, str]]) -> None:
    """Let nobody else file, settle or decide anything about these coupons, by prefecture and number."""
    holds.lock(connection, [holds.subject_of(vault, *coupon) for coupon in coupons])


def goes_on(connection: Connection, claim: UUID, *, at: datetime) -> ClaimState:
    """What a claim is with the coupons that are left to it: decided anew, rejected, or disputed for another one.

    Its application, if it came by us, goes the same way.
    """
    receipt_no, was = claims.stands(connection, claim)
    left, disputed = disputes.rest(connection, claim)
    if disputed:
        return ClaimState.DISPUTED
    if not left:
        claims.settle(connection, claim, decision=Decision(ClaimState.REJECTED, reason="taken"), was=was)
        disputed_applications.reject(connection, receipt_no, at=at)
        return ClaimState.REJECTED
    claims.settle(connection, claim, decision=Decision(ClaimState.PENDING, reason="dispute_decided"), was=was)
    disputed_applications.go_on(connection, [receipt_no], was=UNPAID)
    return ClaimState.PENDING


def ended(connection: Connection, claim: UUID, waited: Sequence[str], *, at: datetime) -> None:
    """A claim has just ended: each coupon that it held is now of whoever came for it first after it.

    waited: the receipt numbers of those who waited because that claim was for their coupon too.
    """
    disputed_applications.go_on(connection, waited, was=("held",))
    for dispute, heir, prefecture, number in disputes.freed(connection, claim):
        disputes.go(connection, dispute)
        disputes.win(connection, heir, prefecture, number)
        goes_on(connection, heir, at=at)
