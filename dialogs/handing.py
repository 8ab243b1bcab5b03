"""Between the bot and staff: what is heard while a person has the conversation, and how it comes back to the bot.

bot ──> queue <──> agent:<id> ──> bot | closed ──> queue (a word within some days) | bot
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialogs.engine import Turn
from dialogs.facts import call_centre_now
from dialogs.message import Inbound
from dialogs.reaction import BOT, CLOSED, PRIVATE_DOORS, QUEUE, Pending, Reaction, State
from dialogs.reading import Unreadable
from dialogs.reading.text import bare, tidy
from dialogs.rules.campaign import Campaign
from dialogs.steps import Say
from dialogs.walking import after_the_end, ask_aside, show, with_turn

BACK_TO_BOT = frozenset(bare(word) for word in ("ボットに戻る", "ボットにもどる", "bot", "back to bot"))
REOPENS_WITHIN = timedelta(days=7)
WORDS = ("text", "image", "file")  # what is meant for the person who answered; a tap on a menu is meant for the bot
OWNED = "owned"  # how a turn was taken whose words were meant for staff
REOPENED = "reopened"  # and how, if they came after the end of a talk
FOR_STAFF = "staff"

# How staff let go of a conversation: the text of an event of kind "staff".
RETURN, SURVEY, CLOSE = "return", "survey", "close"
WAYS_BACK = (RETURN, SURVEY, CLOSE)


def wants_bot(said: Inbound) -> bool:
    try:
        return bare(tidy(said.text)) in BACK_TO_BOT
    except Unreadable:
        return False


def is_for_staff(said: Inbound) -> bool:
    """Whether it was written into the field for staff that a page of ours shows after a talk with them."""
    return said.extra.get("for") == FOR_STAFF


def answered_on_a_page(said: Inbound) -> bool:
    """Whether it answers a question of a page of ours: nobody of staff is spoken to by it, and it may be private."""
    return bool(said.ask_id) and said.address.channel in PRIVATE_DOORS


def to_queue(reaction: Reaction, campaign: Campaign, says: Say, *, manner: str) -> Reaction:
    """Into the queue, with the call centre's hours; how many are before them the host adds, who alone knows it."""
    key, facts = call_centre_now(campaign, reaction.said.at)
    state = replace(reaction.state, owner=QUEUE, pending=Pending(), told_opening=_opening(campaign, reaction))
    reaction = reaction.then(says, Say("person_call", facts, wording=key), state=state, manner=manner)
    return replace(reaction, asking=None, tell_place=True, heard=True)


def while_owned(reaction: Reaction, campaign: Campaign) -> Reaction:
    """Silent, so as never to speak over a person; who still waits is told once in a closed period when it ends."""
    reaction = replace(reaction, manner=OWNED, heard=True)
    if reaction.state.owner != QUEUE or reaction.said.kind not in WORDS:
        return reaction
    reaction, opening = replace(reaction, tell_place=True), _opening(campaign, reaction)
    if not opening or opening == reaction.state.told_opening:
        return reaction
    key, facts = call_centre_now(campaign, reaction.said.at)
    state = replace(reaction.state, told_opening=opening)
    return reaction.then(Say("person_call", facts, wording=key), state=state)


def reopens(state: State, said: Inbound) -> bool:
    """Whether a word after the end of a talk with staff still belongs to it; on a page, what is written to them."""
    if state.let_go_at is None or said.kind not in WORDS or wants_bot(said):
        return False
    if said.address.channel in PRIVATE_DOORS:
        return state.owner == BOT and is_for_staff(said)
    return state.owner == CLOSED and timedelta(0) <= said.at - state.let_go_at < REOPENS_WITHIN


def closed(reaction: Reaction) -> Reaction:
    """Staff have ended it; what waited waits for the next word to the bot, and on a page of ours is simply there."""
    owner = BOT if reaction.said.address.channel in PRIVATE_DOORS else CLOSED
    state = replace(reaction.state, owner=owner, let_go_at=reaction.said.at, told_place=0)
    return reaction.then(Say("staff_closed", {"days": REOPENS_WITHIN.days}), state=state, manner="closed", heard=True)


def handed_back(reaction: Reaction, now: Turn, *, survey: bool) -> Reaction:
    """Back to the bot by staff: what waited is asked again, with its answers kept; before it how it was, if wanted."""
    state = replace(reaction.state, owner=BOT, pending=Pending(), told_place=0)
    reaction = replace(reaction, state=state, manner="handed_back", heard=True)
    if survey:
        return ask_aside(reaction.then(*now.say, state=replace(state, record=now.record)), "survey", now=now)
    return _go_on(reaction.then(Say("handed_back")), now)


def back_to_bot(reaction: Reaction, now: Turn) -> Reaction:
    """Back by the person's own word."""
    state = replace(reaction.state, owner=BOT, pending=Pending(), told_place=0)
    reaction = replace(reaction, state=state, manner="back_to_bot", heard=True)
    return _go_on(reaction.then(Say("back_to_bot")), now)


def thanked(reaction: Reaction, picked: str, now: Turn) -> Reaction:
    """The one question of how it was is answered: counted by its manner, and no more asked."""
    state = replace(reaction.state, pending=Pending())
    reaction = reaction.then(Say("survey_thanks"), state=state, manner=f"survey:{picked}", asking=None)
    return show(reaction, now) if now.asking else reaction


def _go_on(reaction: Reaction, now: Turn) -> Reaction:
    if now.lookup or now.asking or now.say:
        return with_turn(reaction, now)
    return after_the_end(reaction)


def _opening(campaign: Campaign, reaction: Reaction) -> str:
    """Names the closed period: when it ends, or that it never does; "" while somebody is there."""
    key, facts = call_centre_now(campaign, reaction.said.at)
    if key == "call_centre.open":
        return ""
    return facts["next_open"].isoformat() if facts else "ended"
