"""The emulated Chatwoot: contacts, conversations and messages of one API inbox, and the webhooks about them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.courier import Call, Courier, Job
from integrations.emulator.outgoing import Answer, Unreachable
from integrations.emulator.store import Store

ACCOUNT, INBOX = 1, 1
FAMILIES = ("image", "audio", "video")
KINDS = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
WEBHOOK_DEADLINE = 5.0
OUR_USER = "Madoguchi"  # the name of the user whose token the counter has


class NoSuch(Exception):
    """There is no contact or conversation of that id."""


@dataclass
class Message:
    """One message; kind is incoming, outgoing or activity; sender is of the kinds user, contact or agent_bot."""

    id: int
    kind: str
    content: str
    private: bool = False
    source_id: str | None = None
    sender: dict[str, Any] = field(default_factory=dict)
    content_attributes: dict[str, Any] = field(default_factory=dict)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    created_at: int = 0


@dataclass
class Talk:
    """A conversation."""

    id: int
    contact: int
    status: str
    custom_attributes: dict[str, Any]
    assignee: str = ""
    messages: list[Message] = field(default_factory=list)


@dataclass
class Contact:
    """A contact, with the name by which the inbox knows it."""

    id: int
    name: str
    identifier: str
    source_id: str


class ChatwootDesk:
    """All of it, and what its agents do."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.RLock()
        self.contacts = {saved["id"]: Contact(**saved) for saved in store.load("chatwoot_contact")}
        self.talks = {saved["id"]: _revived(saved) for saved in store.load("chatwoot_talk")}
        self._last_message = max((each.id for talk in self.talks.values() for each in talk.messages), default=0)
        self._files = {saved["id"]: saved for saved in store.load("chatwoot_file")}
        self.courier: Courier | None = None

    def add_contact(self, name: str, identifier: str) -> Contact | None:
        """None when its identifier is taken."""
        with self._lock:
            if any(each.identifier == identifier for each in self.contacts.values()):
                return None
            contact = Contact(len(self.contacts) + 1, name, identifier, str(uuid.uuid4()))
            self.contacts[contact.id] = contact
            self._store.put("chatwoot_contact", str(contact.id), asdict(contact))
            return contact

    def find_contacts(self, part: str) -> list[Contact]:
        """Whose name or identifier holds this."""
        with self._lock:
            return [each for each in self.contacts.values() if part and (part in each.identifier or part in each.name)]

    def open(self, contact: int, status: str, attributes: Mapping[str, Any]) -> Talk:
        with self._lock:
            talk = Talk(len(self.talks) + 1, contact, status, dict(attributes))
            self.talks[talk.id] = talk
            self._keep(talk)
        self._tell("conversation_created", talk)
        return talk

    def talk(self, talk_id: int) -> Talk:
        """Raises NoSuch."""
        try:
            return self.talks[talk_id]
        except KeyError:
            raise NoSuch from None

    def write(self, talk: Talk, kind: str, content: str, **more: Any) -> Message:
        """A new message; the person's words open a conversation that was resolved."""
        with self._lock:
            self._last_message += 1
            message = Message(self._last_message, kind, content, created_at=int(time.time()), **more)
            talk.messages.append(message)
            reopened = kind == "incoming" and talk.status == "resolved"
            if reopened:
                talk.status = "open"
            self._keep(talk)
        if kind != "activity":
            self._tell("message_created", talk, message)
        if reopened:
            self._tell("conversation_status_changed", talk)
        return message

    def reply(self, talk: Talk, text: str, *, agent: str, files: int = 0) -> Message:
        """What an agent writes to the person."""
        pictures = [{"id": n + 1, "file_type": "image", "data_url": "https://…"} for n in range(files)]
        return self.write(talk, "outgoing", text, sender=user(agent), attachments=pictures)

    def attach(self, kind: str, content: bytes) -> dict[str, Any]:
        """Keep a file that came with a message; gives how the message shows it."""
        with self._lock:
            file = uuid.uuid4().hex
            self._files[file] = {"id": file, "kind": kind, "content": base64.b64encode(content).decode()}
            self._store.put("chatwoot_file", file, self._files[file])
        family = kind.partition("/")[0]
        shown = family if family in FAMILIES else "file"
        return {
            "id": file,
            "file_type": shown,
            "data_url": f"/emulator/chatwoot/files/{file}",
            "file_size": len(content),
        }

    def file(self, file: str) -> tuple[str, bytes]:
        """Its media type and its bytes. Raises NoSuch."""
        try:
            saved = self._files[file]
        except KeyError:
            raise NoSuch from None
        return saved["kind"], base64.b64decode(saved["content"])

    def note(self, talk: Talk, text: str, *, agent: str) -> Message:
        """What an agent writes for colleagues alone."""
        return self.write(talk, "outgoing", text, private=True, sender=user(agent))

    def assign(self, talk: Talk, agent: str) -> None:
        with self._lock:
            talk.assignee = agent
            self._keep(talk)
        self._tell("conversation_updated", talk)

    def set_status(self, talk: Talk, status: str) -> None:
        with self._lock:
            if talk.status == status:
                return
            talk.status = status
            self._keep(talk)
        self._tell("conversation_status_changed", talk)

    def delete(self, talk: Talk, message: Message) -> None:
        """What an agent takes back is told as changed."""
        with self._lock:
            message.content, message.content_attributes = "This message was deleted", {"deleted": True}
            for each in message.attachments:
                self._files.pop(each["id"], None)
                self._store.drop("chatwoot_file", str(each["id"]))
            message.attachments = []
            self._keep(talk)
        self._tell("message_updated", talk, message)

    def shown(self, talk: Talk) -> dict[str, Any]:
        """The conversation, as API and webhooks show it."""
        contact = self.contacts[talk.contact]
        return {
            "id": talk.id,
            "inbox_id": INBOX,
            "status": talk.status,
            "can_reply": True,
            "channel": "Channel::Api",
            "custom_attributes": talk.custom_attributes,
            "contact_inbox": {"contact_id": contact.id, "inbox_id": INBOX, "source_id": contact.source_id},
            "meta": {
                "sender": {"id": contact.id, "name": contact.name, "identifier": contact.identifier, "type": "contact"},
                **({"assignee": user(talk.assignee)} if talk.assignee else {}),
            },
        }

    def _keep(self, talk: Talk) -> None:
        self._store.put("chatwoot_talk", str(talk.id), asdict(talk))

    def _tell(self, event: str, talk: Talk, message: Message | None = None) -> None:
        if self.courier:
            body = {**self._told(talk, message), "event": event}
            # Chatwoot's webhooks are jobs of their own: nothing keeps them in order.
            self.courier.add(Job("chatwoot.webhook", f"chatwoot/{uuid.uuid4().hex}", {"body": body}))

    def _told(self, talk: Talk, message: Message | None) -> dict[str, Any]:
        conversation = self.shown(talk)
        if message is None:
            return conversation
        return {
            "id": message.id,
            "content": message.content,
            "content_type": "text",
            "content_attributes": message.content_attributes,
            "message_type": message.kind,
            "private": message.private,
            "source_id": message.source_id,
            "sender": message.sender,
            "attachments": message.attachments,
            "conversation": conversation,
            "inbox": {"id": INBOX, "name": "Madoguchi"},
            "account": {"id": ACCOUNT, "name": "Emulated"},
        }


class ChatwootRoute:
    """Carries its webhooks to the counter: signed, and sent once, whatever the answer is."""

    def __init__(self, config: EmulatorConfig) -> None:
        self._config = config

    def prepare(self, job: Job) -> Call | None:
        body = json.dumps(job.data["body"], ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(self._config.chatwoot_webhook_secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Chatwoot-Timestamp": stamp,
            "X-Chatwoot-Signature": f"sha256={signed.hexdigest()}",
            "X-Chatwoot-Delivery": job.id,
        }
        return Call("chatwoot", f"{self._config.counter_url}/webhooks/chatwoot", headers, body, WEBHOOK_DEADLINE)

    def again(self, job: Job, outcome: Answer | Unreachable) -> float | None:
        return None

    def holds(self, job: Job, outcome: Answer | Unreachable) -> bool:
        return False


def user(name: str) -> dict[str, Any]:
    """A member of the team, as messages name them."""
    return {"id": 1 + sum(name.encode()), "name": name, "type": "user"}


def _revived(saved: dict[str, Any]) -> Talk:
    return Talk(**{**saved, "messages": [Message(**each) for each in saved["messages"]]})
