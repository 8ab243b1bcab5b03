"""Codes of chosen rewards from the gift vendor: an attempt is committed first, then the wire, then what came of it.

    chosen ──> issuing ──> issued
       ^          │  └───> failed        the vendor will never issue it: staff look
       └── later ─┤                      surely not done, a growing pause
                  └──> issuing           nobody knows: the gift is asked after before anything is asked again

Every request id belongs to one right for ever, and the vendor gives one gift to an id: nothing is issued twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog

from bot.filing import open_claim
from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import issuing, outgoing
from bot.store.db import Connection, autocommit, transaction
from bot.store.entitlements import mark_of
from bot.store.issuing import DueRight
from bot.store.reward_codes import PLACE
from dialogs.letters import code_ready
from dialogs.rules.calendar import sending_time
from dialogs.rules.claim import DeliveryTarget
from integrations.rewards.code import RewardCode
from integrations.rewards.vendor import (
    Gift,
    GiftStatus,
    Order,
    Vendor,
    VendorAway,
    VendorError,
    VendorRefused,
    VendorUnknown,
)

LEASE_SECONDS = 90.0  # three calls, each twice its reading time at the longest, and a margin
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0  # seconds between tries, doubled each time
ASK_AFTER = 20.0  # seconds until the vendor is asked what became of a call
TOLD_AFTER = timedelta(minutes=1)  # who waited longer than this for a code has left the page
# A choice that was made in time is issued however long the vendor was away.
LEEWAY = timedelta(days=60)

log = structlog.get_logger(__name__)


def request_id(right: UUID, request: int) -> str:
    """What the vendor knows a gift by: letters and digits, 40 at most, the same for every try of one request."""
    return f"M{right.hex}V{request}"


def issue(parts: Parts, due: DueRight) -> None:
    """One attempt for one leased right. Raises psycopg.Error; the lease then brings it back."""
    vendor = parts.rewards
    try:
        if vendor is None:
            raise VendorAway("no_vendor")
        gift, code = _ask(vendor, _order(parts, due), due)
    except VendorError as error:
        _not_yet(parts, due, error)
        return
    _settle(parts, due, gift, code)


def _order(parts: Parts, due: DueRight) -> Order:
    """The same at every try: another order under a request id would be refused."""
    return Order(due.amount, (due.brand,), parts.campaigns.seen_by(due).dates.receive_end + LEEWAY)


def _ask(vendor: Vendor, order: Order, due: DueRight) -> tuple[Gift, RewardCode]:
    key = request_id(due.id, due.request)
    # Only what was never tried may be asked for without a look: an earlier try may have been carried out.
    gift = vendor.get(key) if due.attempts > 1 else None
    gift = gift or vendor.issue(key, order)
    if gift.status in (GiftStatus.CANCELLED, GiftStatus.EXPIRED) or gift.brand not in (None, due.brand):
        raise VendorRefused(f"gift_{gift.status}")
    if gift.amount != due.amount:
        raise VendorRefused("other_amount")
    return gift, vendor.redeem(key, due.brand)


def _not_yet(parts: Parts, due: DueRight, error: VendorError) -> None:
    log.warning(
        "reward.not_issued", right=str(due.id), outcome=type(error).__name__, reason=error.reason, attempt=due.attempts
    )
    with autocommit(parts.db) as connection:
        match error:
            case VendorAway():
                pause = min(LONGEST_PAUSE, error.retry_after or FIRST_PAUSE * 2.0 ** min(due.attempts - 1, 10))
                issuing.later(connection, due, seconds=pause, reason=error.reason, surely_not_done=True)
            case VendorUnknown():
                wait = min(ASK_AFTER, float(parts.settings.unknown_lookup_after))
                issuing.later(connection, due, seconds=wait, reason=error.reason, surely_not_done=False)
            case _:
                log.error("reward.refused", right=str(due.id), brand=due.brand, reason=error.reason)
                issuing.failed(connection, due, reason=error.reason)


def put_off(parts: Parts, due: DueRight, *, reason: str) -> None:
    """What nobody foresaw: it may have been done, so the gift is asked after first."""
    with autocommit(parts.db) as connection:
        issuing.later(connection, due, seconds=LONGEST_PAUSE, reason=reason, surely_not_done=False)


def _settle(parts: Parts, due: DueRight, gift: Gift, code: RewardCode) -> None:
    now = parts.clock.now()
    sealed = parts.vault.seal_json(code.to_json(), PLACE)
    with transaction(parts.db) as connection:
        if not issuing.issued(connection, due, code=sealed, vendor_ref=gift.vendor_ref, at=now):
            return
        if now - due.chosen_at >= TOLD_AFTER:
            _tell(parts, connection, due)
    parts.bell.ring("outgoing")
    log.info("reward.issued", right=str(due.id), brand=due.brand, attempt=due.attempts)


def _tell(parts: Parts, connection: Connection, due: DueRight) -> None:
    """That the code can be seen; without it, and without the URL: whoever reads the telephone has that."""
    target = _target(parts, due)
    if target is None:
        return
    campaign = parts.campaigns.seen_by(due)
    mark = mark_of(due.receipt_no, due.coupon_number)
    letter = code_ready(target.kind, mark, campaign, due.language)
    message = message_to(parts.vault, target.kind, target.value, letter, purpose="reward_ready")
    due_at = sending_time(campaign, parts.clock.now())
    outgoing.insert(connection, replace(message, once_key=f"reward_ready:{due.id}:{due.request}", not_before=due_at))


def _target(parts: Parts, due: DueRight) -> DeliveryTarget | None:
    if due.claim:
        return open_claim(parts, due.claim).target
    return DeliveryTarget(*parts.vault.open_json(due.target, "entitlements.target")) if due.target else None
