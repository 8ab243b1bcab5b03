"""Rights to points: an accepted application becomes a right, a URL, and the one message that brings it; then a choice.

planned ──> notified ──> opened ──> choosing ──> chosen ──> issuing ──> issued ──> code_shown
                                                           (bot.store.entitlements.MOVES has every arrow)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import psycopg
import structlog
from uuid_utils.compat import uuid7

from bot.letterbox import as_short_token, message_to, short_token, token_hash
from bot.parts import Parts
from bot.store import entitlements, outgoing, reward_codes
from bot.store.db import Connection, transaction
from bot.store.entitlements import NewRight, Right
from bot.store.reward_codes import Shelf
from bot.store.submissions import DueSubmission
from dialogs.letters import reward_url
from dialogs.rules.calendar import sending_time
from dialogs.rules.campaign import JST, Brand, Campaign
from dialogs.rules.claim import Claim
from integrations.rewards.code import RewardCode

TOKEN = "entitlements.token"  # noqa: S105 - the column
LAST_CHOICES = timedelta(hours=1)

Chosen = Literal["chosen", "taken", "over", "cannot_issue"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Version:
    campaign: str
    campaign_version: int


@dataclass(frozen=True)
class Offer:
    """A reward, and why this sum cannot be had in it: "minimum", "maximum", "step", "unavailable" or ""."""

    brand: Brand
    why_not: str


def entitle(
    parts: Parts, connection: Connection, submission: DueSubmission, claim: Claim, *, amount: int, language: str
) -> None:
    """Give the right and plan its message, in the transaction that records the decision; a second time does nothing.

    One that was void while its application was held lives again, with the sum of now.
    """
    token = short_token()
    right = NewRight(
        id=uuid7(),
        submission=submission.id,
        receipt_no=claim.receipt_no,
        campaign=submission.campaign,
        campaign_version=submission.campaign_version,
        language=language,
        amount=amount,
        token_hash=token_hash(token),
        token=parts.vault.seal(token.encode(), TOKEN),
        at=parts.clock.now(),
        erase_at=kept_until(parts.campaigns.seen_by(submission)),
    )
    if entitlements.give(connection, right):
        plan_url(parts, connection, right.id, token, claim=claim, language=language)
    elif again := entitlements.give_again(connection, submission.id, amount=amount):
        known = parts.vault.open(again[1], TOKEN).decode()
        plan_url(parts, connection, again[0], known, claim=claim, language=language)


def plan_url(parts: Parts, connection: Connection, right: UUID, token: str, *, claim: Claim, language: str) -> None:
    """The message that brings the URL, on its day and within the hours of sending."""
    campaign, now = parts.campaigns.seen_by(claim), parts.clock.now()
    kind, value = claim.target.kind, claim.target.value
    letter = reward_url(kind, parts.public_url(f"/r/{token}"), claim.receipt_no, campaign, language=language)
    message = message_to(parts.vault, kind, value, letter, purpose="reward_url")
    due = sending_time(campaign, max(now, campaign.dates.app_send_from))
    outgoing.insert(connection, replace(message, once_key=f"reward_url:{right}", not_before=due))


def find(parts: Parts, token: str) -> Right | None:
    """The right that a URL stands for, however its letters were typed; None for any other."""
    return entitlements.find(parts.db, token_hash(as_short_token(token)))


def is_over(parts: Parts, right: Right, at: datetime) -> bool:
    """Whether 受取期限 has passed (notice 2)."""
    return at >= parts.campaigns.seen_by(right).dates.receive_end


def kept_until(campaign: Campaign) -> datetime:
    """Up to when a code can be seen again; then it is erased."""
    return campaign.dates.receive_end + timedelta(days=campaign.retention.codes_days)


def expire(parts: Parts) -> None:
    """End what was not chosen in time: later than a choice of the last second can come in. Raises psycopg.Error."""
    for campaign, version in entitlements.open_versions(parts.db):
        seen = parts.campaigns.seen_by(_Version(campaign, version))
        if parts.clock.now() >= seen.dates.receive_end + LAST_CHOICES:
            ended = entitlements.expire(parts.db, campaign, version, erase_at=kept_until(seen))
            log.info("reward.expired", campaign=campaign, version=version, rights=ended)


def brands_of(parts: Parts, right: Right) -> tuple[Brand, ...]:
    """Dates are those of the version that somebody saw; what can be issued today stands in the newest."""
    return parts.campaigns[right.campaign].brands


def offers(parts: Parts, right: Right, *, at: datetime) -> list[Offer]:
    """Every reward of the notice, in its order. Raises psycopg.Error."""
    on_stock = reward_codes.brands_with(parts.db, right.campaign, amount=right.amount, today=at.astimezone(JST).date())
    return [
        Offer(brand, brand.why_not(right.amount) or ("" if _is_supplied(parts, brand, on_stock) else "unavailable"))
        for brand in brands_of(parts, right)
    ]


def _is_supplied(parts: Parts, brand: Brand, on_stock: set[str]) -> bool:
    return parts.rewards is not None if brand.supply == "vendor" else brand.id in on_stock


def choose(parts: Parts, right: Right, brand_id: str, *, at: datetime) -> Chosen:
    """Take a reward for good, as of when the person acted; of two choices at once one is taken. Raises psycopg.Error.

    "taken": one was chosen before, or the right is void by now: look at it again. "cannot_issue": not for this sum, or
    the last code was given out at this moment. From our stock the code is there at once.
    """
    if is_over(parts, right, at):
        return "over"
    brand = next((brand for brand in brands_of(parts, right) if brand.id == brand_id), None)
    if brand is None or brand.why_not(right.amount) or (brand.supply == "vendor" and parts.rewards is None):
        return "cannot_issue"
    shelf = Shelf(right.campaign, brand.id, right.amount, at.astimezone(JST).date())
    with transaction(parts.db) as connection:
        kept = kept_until(parts.campaigns.seen_by(right))
        if not entitlements.choose(connection, right.id, brand.id, at=at, erase_at=kept):
            return "taken"
        supplied = brand.supply == "vendor" or reward_codes.give(connection, right.id, shelf, at=at)
        if not supplied:
            raise psycopg.Rollback  # what cannot be had is not chosen either
    log.info("reward.chosen", right=str(right.id), brand=brand.id, supplied=supplied)
    if brand.supply == "stock":
        _look_after(parts, shelf, low=brand.low_stock)
    return "chosen" if supplied else "cannot_issue"


def _look_after(parts: Parts, shelf: Shelf, *, low: int) -> None:
    left = reward_codes.left(parts.db, shelf, most=low)
    if left < low:
        log.warning("reward.stock_low", campaign=shelf.campaign, brand=shelf.brand, amount=shelf.amount, left=left)


def code_of(parts: Parts, right: Right) -> RewardCode | None:
    """The code that was issued for a right, as long as it is kept."""
    return RewardCode.from_json(parts.vault.open_json(right.code, reward_codes.PLACE)) if right.code else None
