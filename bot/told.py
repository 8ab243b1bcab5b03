"""What somebody is told with 「状況」 in a conversation: all that they have with us, and what is half filled in."""

from __future__ import annotations

from bot.parts import Parts
from bot.recalling import setting_of
from bot.store.conversations import Conversation
from bot.store.known_claims import Whose
from bot.told_status import told_status
from dialogs.beside import out_of_it
from dialogs.message import Outbound
from dialogs.progress import questions_left
from dialogs.reaction import Reaction
from dialogs.standing import draft


def how_it_stands(parts: Parts, conversation: Conversation, reaction: Reaction, whose: Whose) -> tuple[Outbound, ...]:
    """One after the other; the question that waits follows."""
    language, at, door = reaction.state.language, reaction.said.at, conversation.channel
    told = told_status(parts, whose, language, at=at, channel=door)
    state = out_of_it(reaction.state)
    if state.outcome or not any(key[0] not in "!?@" for key in state.record):
        return told
    setting = setting_of(parts, conversation, reaction.said.address.channel)
    left = questions_left(setting.script, setting.desk, state.record, at)
    return (*told, draft(left, language, door)) if left else told


def in_order(reaction: Reaction, letters: tuple[Outbound, ...], said: tuple[Outbound, ...]) -> tuple[Outbound, ...]:
    """A receipt first of all; but how things stand after what leads to it, and before the question that waits."""
    if not reaction.tell_status:
        return letters + said
    asked = said[-1:] if reaction.asking else ()
    return (*said[: len(said) - len(asked)], *letters, *asked)
