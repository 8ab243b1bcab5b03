"""What a turn makes of a conversation's place with staff: into the queue, spoken in it, out of it. Written by the turn.

waiting ──> taken ──> returning ──> back | closed        (bot.store.handoffs.MOVES is the whole table)
   ^──────────┘  lapsed, passed on, or what was handed back cannot go on
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store import cases, handoff_queue, submissions
from bot.store.conversations import Conversation
from bot.store.desk_outbox import ForDesk
from bot.store.handoffs import Ended, Followed, NewHandoff, Requeued, Spoke
from dialogs.handing import WORDS, answered_on_a_page
from dialogs.reaction import ASKED, BOT, CLOSED, QUEUE, TRIES, Reaction, State
from dialogs.rules.cases import OVER
from dialogs.steps import Say

STAFF = "staff"  # the channel of the events by which staff let go of a conversation
OFFICE = (BOT, CLOSED)  # owners who are nobody of the staff
PERSON = "person"


def tell_place(parts: Parts, conversation: Conversation, reaction: Reaction) -> Reaction:
    """How many wait before them, where there are any and it is news."""
    if not reaction.tell_place or reaction.lookup:
        return reaction
    state = reaction.state
    before = handoff_queue.ahead(parts.db, conversation.id, prefecture_of(state))
    if before in (0, state.told_place):
        return replace(reaction, state=replace(state, told_place=before))
    return reaction.then(Say("queue_place", {"ahead": before}), state=replace(state, told_place=before))


def followed(parts: Parts, before: Conversation, reaction: Reaction, *, detail: str = "") -> Followed | None:
    """What the turn does to the handoff; detail: what broke, if it is quarantined."""
    state, was_with_staff = reaction.state, before.owner not in OFFICE
    news = told_desk(parts, before, reaction)
    if state.owner in OFFICE:
        by = reaction.said.extra.get("by", PERSON)
        return Ended(before.id, "closed" if state.owner == CLOSED else "back", by, news) if was_with_staff else None
    if was_with_staff and reaction.said.kind == "staff":
        return Requeued(before.id, detail, news)
    if was_with_staff:
        return Spoke(before.id, news) if reaction.said.kind in WORDS else None
    if state.owner != QUEUE:
        return None
    reason, detail = _reason(parts, before, reaction, detail)
    return NewHandoff(
        id=uuid7(),
        conversation=before.id,
        campaign=before.campaign,
        channel=before.channel,
        prefecture=prefecture_of(state),
        reason=reason,
        detail=detail,
        began_at=reaction.said.at,
        news=news,
    )


def told_desk(parts: Parts, before: Conversation, reaction: Reaction) -> ForDesk | None:
    """What the turn tells an outside desk: a talk begins there, its person has spoken, it is over."""
    if parts.desk is None:
        return None
    state, said, was_with_staff = reaction.state, reaction.said, before.owner not in OFFICE
    if state.owner in OFFICE:
        body = {"key": "over", "by": said.extra.get("by", "")}
        return ForDesk(before.id, "over", sealed_for_desk(parts, body), over=True)
    if was_with_staff and said.kind != "staff":
        heard = {"kind": "masked", "text": ""} if answered_on_a_page(said) else {"kind": said.kind, "text": said.text}
        return ForDesk(before.id, "heard", sealed_for_desk(parts, heard))
    if state.owner != QUEUE or not for_desk(parts.settings.desk_prefectures, prefecture_of(state)):
        return None
    # What was resolved there is resolved: in that talk nobody would look any more.
    return ForDesk(before.id, "opened", desk=parts.desk.name, ending=sealed_for_desk(parts, {"key": "anew"}))


def for_desk(prefectures: Sequence[str], prefecture: str) -> bool:
    """Whether talks of that prefecture ("": not named yet) go to the outside desk; none chosen is all of them."""
    return not prefectures or prefecture in prefectures


def sealed_for_desk(parts: Parts, body: Mapping[str, str]) -> bytes:
    return parts.vault.seal_json(body, "desk_outbox.body")


def prefecture_of(state: State) -> str:
    """Which team it is for: the prefecture that they named, "" before they have."""
    entry = state.record.get("prefecture", {})
    return "" if entry.get("old") else str(entry.get("v", ""))


def owner_of(agent: UUID | None, desk: str) -> str:
    """As a conversation says who of the staff has it: a member, an outside desk, or nobody yet."""
    return f"agent:{agent}" if agent else f"desk:{desk}" if desk else QUEUE


def agent_of(owner: str) -> UUID | None:
    """Which member of staff has it, if one has."""
    kind, _, agent = owner.partition(":")
    return UUID(agent) if kind == "agent" else None


def _reason(parts: Parts, conversation: Conversation, reaction: Reaction, detail: str) -> tuple[str, str]:
    """What staff should know of it first: why it cannot go on, what of theirs is open with us, how they came."""
    if reaction.manner in ("quarantined", "reopened"):
        return reaction.manner, detail
    if submissions.is_disputed(parts.db, conversation.person):
        return "dispute", ""
    open_case = next((case for case in cases.of_person(parts.db, conversation.person) if case.state not in OVER), None)
    if open_case:
        return "case", open_case.case_no
    if reaction.to_staff in (ASKED, TRIES, ""):
        return reaction.to_staff or ASKED, ""
    return "script", reaction.to_staff
