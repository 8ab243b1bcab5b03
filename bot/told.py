"""What somebody is told with 「状況」 in a conversation: all that they have with us, and what is half filled in."""

from __future__ import annotations

from datetime import datetime

from bot.parts import Parts
from bot.recalling import setting_of
from bot.store.conversations import Conversation
from bot.store.known_claims import Whose
from bot.told_status import told_status
from dialogs.beside import out_of_it
from dialogs.message import Outbound
from dialogs.progress import questions_left
from dialogs.reaction import Reaction, Setting, State
from dialogs.standing import draft


def how_it_stands(parts: Parts, conversation: Conversation, reaction: Reaction, whose: Whose) -> tuple[Outbound, ...]:
    """One after the other; the question that waits follows."""
    at, door = reaction.said.at, conversation.channel
    told = told_status(parts, whose, reaction.state.language, at=at, channel=door)
    setting = setting_of(parts, conversation, reaction.said.address.channel)
    return (*told, *half_filled(setting, reaction.state, at=at, door=door))


def half_filled(setting: Setting, state: State, *, at: datetime, door: str) -> tuple[Outbound, ...]:
    """How much of an application is left and by when, where one has been begun. Raises BrokenScript."""
    begun = out_of_it(state)
    if begun.outcome or not any(key[0] not in "!?@" for key in begun.record):
        return ()
    left = questions_left(setting.script, setting.desk, begun.record, at)
    told = draft(left, setting.desk.campaign, at=at, language=state.language, channel=door)
    return (told,) if left else ()


def in_order(reaction: Reaction, letters: tuple[Outbound, ...], said: tuple[Outbound, ...]) -> tuple[Outbound, ...]:
    """A receipt first of all; but how things stand after what leads to it, and before the question that waits."""
    if not reaction.tell_status:
        return letters + said
    asked = said[-1:] if reaction.asking else ()
    return (*said[: len(said) - len(asked)], *letters, *asked)
