"""News of an application, to where its person hears of it: the chat where they talk with us, or the proven contact."""

from __future__ import annotations

from collections.abc import Callable

from bot.filing import open_claim
from bot.letterbox import message_to, to_chat
from bot.parts import Parts
from bot.store import conversations
from bot.store.conversations import Conversation
from bot.store.db import Connection
from bot.store.outgoing import NewOutgoing
from bot.store.who_applied import Applicant
from dialogs.letters import addressed
from dialogs.message import Outbound
from dialogs.reaction import PRIVATE_DOORS

# The words of it in a language, for a channel.
Letter = Callable[[str, str], Outbound]


def news_for(
    parts: Parts, connection: Connection, applicant: Applicant, letter: Letter, *, purpose: str
) -> NewOutgoing | None:
    """A message to be planned; None where nobody can be reached any more."""
    chat, language = chat_of(connection, applicant)
    if chat:
        return to_chat(parts.vault, chat, [letter(language, chat.channel)], purpose=purpose)
    if applicant.claim is None:
        return None
    target, campaign = open_claim(parts, applicant.claim).target, parts.campaigns.seen_by(applicant)
    said = addressed(letter(language, target.kind), target.kind, applicant.receipt_no, campaign, language=language)
    return message_to(parts.vault, target.kind, target.value, said, purpose=purpose)


def chat_of(connection: Connection, applicant: Applicant) -> tuple[Conversation | None, str]:
    """The chat where they hear of it, None where that is their proven contact; and the language that they chose."""
    chat = conversations.read(connection, applicant.conversation) if applicant.conversation else None
    return (chat if chat and _hears_there(chat, applicant) else None), (chat.language if chat else "ja")


def _hears_there(chat: Conversation, applicant: Applicant) -> bool:
    """Not on a page, and not where staff have moved the application away from: that number is somebody else's now."""
    here = chat.channel not in PRIVATE_DOORS and not chat.blocked and bool(chat.address)
    return here and chat.person == applicant.person
