"""What waits for a day, and how long its answers are kept for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from dialogs.questions import LOST
from dialogs.reaction import TOLD, State
from dialogs.rules.campaign import Campaign
from dialogs.scripts.reminding import REMIND_ME


def kept_until(state: State, campaign: Campaign, at: datetime) -> datetime:
    """When the answers are erased if nothing more is heard: some days after `at`, or 申請期限 where something waits."""
    draft = at + timedelta(days=campaign.retention.drafts_days)
    waits = waits_for_number(state) or _waits_for_the_opening(state, campaign, at)
    return max(draft, campaign.dates.apply_end) if waits else draft


def waits_for_number(state: State) -> bool:
    """Whether the number that waits was said to be lost: its issuer is asked meanwhile (notice 2, ※紛失)."""
    entry = state.record.get(state.pending.key, {})
    return bool(entry.get("old")) and entry["v"] == LOST


def _waits_for_the_opening(state: State, campaign: Campaign, at: datetime) -> bool:
    wanted = state.record.get(REMIND_ME, {}).get("v") == "yes"
    return wanted and state.outcome == TOLD and not campaign.site_is_open(at)
