"""Between a conversation's row and the State that the mind works with; and what of it a newer notice changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store.conversations import Conversation
from bot.store.inbound import Event
from dialogs.engine import BrokenScript, Desk
from dialogs.message import Address
from dialogs.reaction import Beside, Pending, Setting, State
from dialogs.rules.campaign import Campaign
from dialogs.scripts import FIRST, SCRIPTS, SIDES, newest


def new_conversation(parts: Parts, event: Event, address: Address, *, language: str) -> Conversation:
    """A first one, with the newest script and the campaign of the day."""
    return Conversation(
        id=uuid7(),
        channel=event.channel,
        person=event.person,
        address=parts.vault.seal_json([address.channel, address.user], "address"),
        campaign=parts.campaign.id,
        campaign_version=parts.campaign.version,
        script=FIRST,
        script_version=newest(FIRST),
        language=language,
        answers=None,
        pending={},
        turn=0,
        owner="bot",
        blocked=False,
    )


def state_of(parts: Parts, conversation: Conversation) -> State:
    """The conversation as the mind knows it."""
    kept = parts.vault.open_json(conversation.answers, "conversations.answers") if conversation.answers else {}
    return State(
        id=conversation.id.hex[-8:],
        turn=conversation.turn,
        language=conversation.language,
        record=kept.get("record", {}),
        pending=_pending(kept.get("pending", {})),
        owner=conversation.owner,
        outcome=kept.get("outcome", ""),
        blocked=conversation.blocked,
        beside=_beside(kept["beside"]) if kept.get("beside") else None,
        **_with_staff(kept.get("with_staff", {})),
    )


def setting_of(parts: Parts, conversation: Conversation, channel: str) -> Setting:
    """What a turn of it is played with. Raises BrokenScript when its script or its campaign is here no more."""
    script = SCRIPTS.get(conversation.script, {}).get(conversation.script_version)
    if script is None:
        raise BrokenScript(f"no script {conversation.script}, version {conversation.script_version}")
    if conversation.campaign not in parts.campaigns:
        raise BrokenScript(f"no campaign {conversation.campaign}, version {conversation.campaign_version}")
    campaign = parts.campaigns.seen_by(conversation)
    beside = parts.campaigns.beside(campaign)
    return Setting(script, Desk(campaign, channel, beside, home=parts.settings.public_base_url), SIDES)


def campaign_of(parts: Parts, conversation: Conversation) -> Campaign:
    """The notice that it saw; the counter's own when that one's file is gone, so that its person can still be told."""
    return parts.campaigns.seen_by(conversation) if conversation.campaign in parts.campaigns else parts.campaign


def _pending(plain: Mapping[str, Any]) -> Pending:
    asked_at = plain.get("asked_at")
    return Pending(**{**plain, "asked_at": asked_at and datetime.fromisoformat(asked_at)})


def _beside(plain: Mapping[str, Any]) -> Beside:
    return Beside(plain["name"], _pending(plain["pending"]), plain["outcome"], plain.get("channel", ""))


def _with_staff(plain: Mapping[str, Any]) -> dict[str, Any]:
    let_go_at = plain.get("let_go_at")
    return {**plain, "let_go_at": let_go_at and datetime.fromisoformat(let_go_at)} if plain else {}


def sealed_state(parts: Parts, state: State) -> bytes:
    """What of a conversation is in nobody's columns, sealed."""
    kept: dict[str, Any] = {"record": state.record, "pending": _plain(state.pending), "outcome": state.outcome}
    if state.beside:
        kept["beside"] = {**asdict(state.beside), "pending": _plain(state.beside.pending)}
    if state.told_opening or state.told_place or state.let_go_at:
        let_go_at = state.let_go_at and state.let_go_at.isoformat()
        told = {"told_opening": state.told_opening, "told_place": state.told_place, "let_go_at": let_go_at}
        kept["with_staff"] = told
    return parts.vault.seal_json(kept, "conversations.answers")


def _plain(pending: Pending) -> dict[str, Any]:
    return asdict(pending) | {"asked_at": pending.asked_at and pending.asked_at.isoformat()}


def of_today(parts: Parts, conversation: Conversation) -> Conversation:
    """The conversation under the newest version of its campaign and script, for what begins afresh."""
    version = parts.campaigns[conversation.campaign].version
    return replace(conversation, campaign_version=version, script_version=newest(conversation.script))


def told_anew(parts: Parts, conversation: Conversation) -> Conversation:
    """What has been told to its end is not under way any more: after a newer notice it is told by that one."""
    today = parts.campaigns.get(conversation.campaign)
    if today is None or today.version <= conversation.campaign_version:
        return conversation
    state = state_of(parts, conversation)
    unsaid = replace(state, record={key: entry for key, entry in state.record.items() if not key.startswith("!")})
    return replace(of_today(parts, conversation), answers=sealed_state(parts, unsaid))
