"""What the worker erases once an hour, by each campaign's dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog

from bot.parts import Parts
from bot.store import erasure

MESSAGES_KEPT = timedelta(days=90)

log = structlog.get_logger(__name__)


def erase(parts: Parts) -> None:
    """Erase whatever is past its date."""
    now = parts.clock.now()
    campaigns = parts.campaigns.values()
    erased = erasure.erase(
        parts.db,
        now=now,
        # Several campaigns share a person's messages: they go when the last one does not need them any more.
        chats_are_over=all(
            now >= campaign.dates.receive_end + timedelta(days=campaign.retention.chat_text_days)
            for campaign in campaigns
        ),
        pages_before=now - timedelta(days=max(campaign.retention.drafts_days for campaign in campaigns)),
        messages_before=datetime.now(UTC) - MESSAGES_KEPT,
    )
    if any(erased.values()):
        log.info("erased", **erased)
