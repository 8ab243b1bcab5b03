"""Rights to points: an accepted application becomes a right, a URL, and the one message that brings it; then a choice.

planned ──> notified ──> opened ──> choosing ──> chosen ──> issuing ──> issued ──> code_shown
                                                           (bot.store.entitlements.MOVES has every arrow)
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.letterbox import message_to, token_hash
from bot.parts import Parts
from bot.store import entitlements, outgoing
from bot.store.db import Connection, transaction
from bot.store.entitlements import NewRight, Right
from bot.store.submissions import DueSubmission
from dialogs.letters import reward_url
from dialogs.rules.calendar import sending_time
from dialogs.rules.claim import Claim

# Crockford's digits: none that is read as another. Twelve of them are 60 bits, kept as a hash and limited by address.
TOKEN_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # noqa: S105 - an alphabet
TOKEN_LENGTH = 12
TOKEN = "entitlements.token"  # noqa: S105 - the column
MISREAD = str.maketrans("OIL", "011")

Chosen = Literal["chosen", "taken", "over", "cannot_issue"]


def entitle(
    parts: Parts, connection: Connection, submission: DueSubmission, claim: Claim, *, amount: int, language: str
) -> None:
    """Give the right and plan its message, in the transaction that records the decision; a second time does nothing."""
    token = new_token()
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
    )
    if not entitlements.give(connection, right):
        return
    plan_url(parts, connection, right.id, token, claim=claim, language=language)


def plan_url(parts: Parts, connection: Connection, right: UUID, token: str, *, claim: Claim, language: str) -> None:
    """The message that brings the URL, on its day and within the hours of sending."""
    campaign, now = parts.campaigns.seen_by(claim), parts.clock.now()
    kind, value = claim.target.kind, claim.target.value
    letter = reward_url(kind, parts.public_url(f"/r/{token}"), claim.receipt_no, campaign, language=language)
    message = message_to(parts.vault, kind, value, letter, purpose="reward_url")
    due = sending_time(campaign, max(now, campaign.dates.app_send_from))
    outgoing.insert(connection, replace(message, once_key=f"reward_url:{right}", not_before=due))


def new_token() -> str:
    """The secret of a URL, short enough to be typed from a telephone."""
    return "".join(secrets.choice(TOKEN_DIGITS) for _ in range(TOKEN_LENGTH))


def find(parts: Parts, token: str) -> Right | None:
    """The right that a URL stands for, however its letters were typed; None for any other."""
    return entitlements.find(parts.db, token_hash(token.upper().translate(MISREAD)))


def is_over(parts: Parts, right: Right, at: datetime) -> bool:
    """Whether 受取期限 has passed (notice 2)."""
    return at >= parts.campaigns.seen_by(right).dates.receive_end


def choose(parts: Parts, right: Right, brand_id: str, *, at: datetime) -> Chosen:
    """Take a reward for good, as of when the person acted; of two choices at once one is taken. Raises psycopg.Error.

    "taken": one was chosen before, or the right is void by now; look at it again.
    """
    if is_over(parts, right, at):
        return "over"
    brands = parts.campaigns.seen_by(right).brands
    if not any(brand.id == brand_id and brand.can_issue(right.amount) for brand in brands):
        return "cannot_issue"
    with transaction(parts.db) as connection:
        return "chosen" if entitlements.choose(connection, right.id, brand_id, at=at) else "taken"
