"""Between a conversation's row and the State that the mind works with; and what of it a newer notice changes."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from bot.parts import Parts
from bot.store.conversations import Conversation
from dialogs.reaction import Pending, State
from dialogs.scripts import newest


def state_of(parts: Parts, conversation: Conversation) -> State:
    """The conversation as the mind knows it."""
    kept = parts.vault.open_json(conversation.answers, "conversations.answers") if conversation.answers else {}
    pending = dict(kept.get("pending", {}))
    if pending.get("asked_at"):
        pending["asked_at"] = datetime.fromisoformat(pending["asked_at"])
    return State(
        id=conversation.id.hex[-8:],
        turn=conversation.turn,
        language=conversation.language,
        record=kept.get("record", {}),
        pending=Pending(**pending),
        owner=conversation.owner,
        outcome=kept.get("outcome", ""),
        blocked=conversation.blocked,
    )


def sealed_state(parts: Parts, state: State) -> bytes:
    pending = asdict(state.pending) | {"asked_at": state.pending.asked_at and state.pending.asked_at.isoformat()}
    kept = {"record": state.record, "pending": pending, "outcome": state.outcome}
    return parts.vault.seal_json(kept, "conversations.answers")


def of_today(parts: Parts, conversation: Conversation) -> Conversation:
    """The conversation under the newest version of its campaign and script, for what begins afresh."""
    version = parts.campaigns[conversation.campaign].version
    return replace(conversation, campaign_version=version, script_version=newest(conversation.script))


def told_anew(parts: Parts, conversation: Conversation) -> Conversation:
    """What has been told to its end is not under way any more: after a newer notice it is told by that one."""
    if parts.campaigns[conversation.campaign].version <= conversation.campaign_version:
        return conversation
    state = state_of(parts, conversation)
    unsaid = replace(state, record={key: entry for key, entry in state.record.items() if not key.startswith("!")})
    return replace(of_today(parts, conversation), answers=sealed_state(parts, unsaid))
