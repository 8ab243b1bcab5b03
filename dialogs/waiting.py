"""What waits for a day, and how long its answers are kept for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from dialogs.questions import LOST
from dialogs.reaction import TOLD, State
from dialogs.rules.campaign import Campaign
from dialogs.scripts.reminding import REMIND_ME, REMINDER


def kept_until(state: State, campaign: Campaign, at: datetime) -> datetime:
    """When the answers are erased if nothing more is heard: some days after `at`, or at 申請期限 if that was told."""
    draft = at + timedelta(days=campaign.retention.drafts_days)
    return max(draft, campaign.dates.apply_end) if _promised(state) else draft


def waits_for_number(state: State) -> bool:
    """Whether the number that waits was said to be lost: its issuer is asked meanwhile (notice 2, ※紛失)."""
    entry = state.record.get(state.pending.key, {})
    return bool(entry.get("old")) and entry["v"] == LOST


def _promised(state: State) -> bool:
    """Whether somebody was told that their answers stay until the deadline, and has neither applied nor stopped since.

    A number that was lost may be found by now, and the site may have opened: the promise stands.
    """
    if state.outcome not in ("", TOLD):
        return False
    lost = any(key.startswith("?") and key.endswith(REMINDER) for key in state.record)
    return lost or waits_for_number(state) or state.record.get(REMIND_ME, {}).get("v") == "yes"
