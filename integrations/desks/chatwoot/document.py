"""What we read of Chatwoot's answers and webhooks, as pydantic models; whoever answers may tell more."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

INCOMING, OUTGOING = 0, 1  # message_type as the API has it; 2 is an activity, 3 a template
KINDS = {"incoming": INCOMING, "outgoing": OUTGOING, "activity": 2, "template": 3}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class SenderPart(_Answer):
    """Who wrote: a user is a member of the team, a contact the person, an agent_bot a machine."""

    name: str | None = None
    type: str = ""


def _or_nothing(value: object) -> object:
    return value if isinstance(value, dict) else {}


Loose = Annotated[dict[str, Any], BeforeValidator(_or_nothing)]


class MessagePart(_Answer):
    """A message of a conversation."""

    id: int
    content: str | None = None
    message_type: int
    private: bool = False
    source_id: str | None = None
    sender: SenderPart | None = None
    content_attributes: Loose = Field(default_factory=dict)
    attachments: list[Any] = Field(default_factory=list)


class MessagesPart(_Answer):
    payload: list[MessagePart]


class MetaPart(_Answer):
    assignee: SenderPart | None = None


class ConversationPart(_Answer):
    """A conversation; id counts within the account."""

    id: int
    status: str = ""
    custom_attributes: Loose = Field(default_factory=dict)
    meta: MetaPart = MetaPart()


class ConversationsPart(_Answer):
    payload: list[ConversationPart]


class InboxPart(_Answer):
    id: int
    channel_type: str = ""


class ContactInboxPart(_Answer):
    """The link of a contact with an inbox; source_id names the contact there."""

    source_id: str
    inbox: InboxPart


class ContactPart(_Answer):
    id: int
    identifier: str | None = None
    contact_inboxes: list[ContactInboxPart] = Field(default_factory=list)


class ContactsPart(_Answer):
    payload: list[ContactPart]


class NewContactPart(_Answer):
    contact: ContactPart
    contact_inbox: ContactInboxPart


class NewContactAnswer(_Answer):
    payload: NewContactPart


class KnockConversation(_Answer):
    id: int


class KnockAccount(_Answer):
    id: int


class KnockPart(_Answer):
    """A webhook: of a message it names the conversation, of a conversation it is the conversation."""

    event: str = ""
    id: int | None = None
    conversation: KnockConversation | None = None
    account: KnockAccount | None = None
