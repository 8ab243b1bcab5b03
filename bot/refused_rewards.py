"""Rewards that the vendor will never issue, mended by staff: asked for once more, or given back to be chosen anew.

failed ──> chosen    the same reward again, under a new request
  └──────> opened    its person chooses another one

Either way the gift of the request before has to be dead, or one right could become two codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from bot.issuing import request_id
from bot.parts import Parts
from bot.staff_names import staff_name
from bot.store import audit, issuing
from bot.store.db import Connection, transaction
from bot.store.issuing import FailedRight
from dialogs.rules.claim import show_receipt_no
from integrations.rewards.vendor import GiftStatus, Vendor, VendorError

MOST_LISTED = 200
DEAD = (GiftStatus.CANCELLED, GiftStatus.EXPIRED)

log = structlog.get_logger(__name__)


class CannotMend(Exception):
    """A refused reward cannot be moved so; says why in a sentence, without personal data."""


def waiting(parts: Parts) -> Sequence[FailedRight]:
    """Those that wait for staff, the longest first. Raises psycopg.Error."""
    return issuing.failed_ones(parts.db, most=MOST_LISTED)


def ask_again(parts: Parts, number: str, *, by: str) -> None:
    """The same reward once more, for the right of that receipt or inquiry number. Raises CannotMend, NoName."""
    _mend(parts, number, issuing.ask_again, action="reward.asked_again", by=by)
    parts.bell.ring("rewards")


def choose_anew(parts: Parts, number: str, *, by: str) -> None:
    """Its person may choose another reward. Raises CannotMend, NoName."""
    _mend(parts, number, issuing.undo_choice, action="reward.choice_undone", by=by)


def _mend(parts: Parts, number: str, move: Callable[[Connection, FailedRight], bool], *, action: str, by: str) -> None:
    name, right, now = staff_name(by), _found(parts, number), parts.clock.now()
    if move is issuing.undo_choice and now >= parts.campaigns.seen_by(right).dates.receive_end:
        raise CannotMend("The last day to choose is over: nobody could choose another one. Ask for it again instead.")
    _bury(parts.rewards, right)
    with transaction(parts.db) as connection:
        if not move(connection, right):
            raise CannotMend("It has moved meanwhile. Look at the list once more.")
        audit.add(connection, actor=name, action=action, subject=f"right:{right.id}", at=now)
    log.info(action, right=str(right.id), brand=right.brand)


def _found(parts: Parts, number: str) -> FailedRight:
    found = issuing.failed_ones(parts.db, number, most=2)
    if len(found) != 1:
        raise CannotMend("No refused reward, or more than one, has that number. Those that wait: bot rewards list")
    return found[0]


def _bury(vendor: Vendor | None, right: FailedRight) -> None:
    """Make sure that nothing can be had under the request that was refused."""
    if vendor is None:
        raise CannotMend("No gift vendor is set (REWARDS_URL), so nobody can tell what became of the gift.")
    gift_id = request_id(right.id, right.request)
    try:
        gift = vendor.get(gift_id)
        if gift and gift.status not in DEAD and vendor.cancel(gift_id).status not in DEAD:
            raise CannotMend(f"The vendor does not cancel the gift {gift_id}. Talk with them before anything else.")
    except VendorError as error:
        raise CannotMend(
            f"The vendor did not say that the gift {gift_id} is dead ({error.reason}). Nothing was changed."
        ) from None


def number_of(right: FailedRight) -> str:
    """What staff call it by: the receipt number, or the inquiry number of who never applied."""
    return show_receipt_no(right.receipt_no) if right.receipt_no else right.coupon_number or ""
