"""Chatwoot by its application API, as a user of its own: contacts, conversations and messages of one API inbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from integrations.answers import Misshapen, read_model
from integrations.call import Answer, CallFailed, Request, ask, open_http, send
from integrations.desks.chatwoot.document import (
    OUTGOING,
    ContactPart,
    ContactsPart,
    ConversationPart,
    ConversationsPart,
    InboxPart,
    MessagePart,
    MessagesPart,
    NewContactAnswer,
)
from integrations.desks.chatwoot.webhook import check_signature, check_token, conversation_of
from integrations.desks.desk import (
    DeskAway,
    DeskRefused,
    DeskUnknown,
    File,
    ForgedKnock,
    NewTalk,
    Post,
    Seen,
    TheirWords,
)

UPLOAD_SECONDS = 15.0
PAGE = 100  # messages that come at once after one that is named
MOST_PAGES = 10
OURS = "madoguchi:"  # in front of our keys, so that our own words are known when they come back
TALK_KEY = "madoguchi"  # the custom attribute that holds a talk's key
TURNED_AWAY = {401: "unauthorised", 403: "forbidden", 429: "busy"}
TAKEN = 422  # also the answer to a contact whose identifier is there already

_Part = TypeVar("_Part", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ChatwootConfig:
    """Where it is (without a slash at the end), our user's token there, and the inbox; "" is not configured."""

    url: str
    account: int
    inbox: int
    api_token: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    webhook_token: str = field(default="", repr=False)
    connect_seconds: float = 2.0
    read_seconds: float = 3.0


class AccessToken:
    """The token of a user; there is no other to try.

    The documentation writes api_access_token. Proxies drop names with an underscore; Chatwoot reads both alike.
    """

    def __init__(self, token: str) -> None:
        self._headers = {"Api-Access-Token": token}

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def refused(self, headers: Mapping[str, str]) -> bool:
        return False


class Chatwoot:
    """A Desk; all threads of a process share one. close() ends its connections."""

    name = "chatwoot"
    title = "Chatwoot"

    def __init__(self, config: ChatwootConfig) -> None:
        self._config = config
        self._http = open_http(config.connect_seconds)
        self._credentials = AccessToken(config.api_token)
        self._root = f"{config.url}/api/v1/accounts/{config.account}"

    def close(self) -> None:
        self._http.close()

    def check(self) -> None:
        """Only in an API inbox may we write a person's words; our user has to be one of its collaborators."""
        if self._get(f"/inboxes/{self._config.inbox}", InboxPart).channel_type != "Channel::Api":
            raise DeskRefused("no API inbox")

    def open(self, talk: NewTalk) -> str:
        """Looked for first, and so whole after any broken try."""
        contact, source_id = self._contact(talk)
        there = self._get(f"/contacts/{contact}/conversations", ConversationsPart)
        for known in there.payload:
            if known.custom_attributes.get(TALK_KEY) == talk.key:
                return str(known.id)
        made = self._post(
            "/conversations",
            {
                "source_id": source_id,
                "inbox_id": self._config.inbox,
                "contact_id": contact,
                "status": "open",
                "custom_attributes": {**talk.facts, TALK_KEY: talk.key},
            },
            ConversationPart,
        )
        return str(made.id)

    def write(self, talk_id: str, post: Post) -> None:
        """A note is an outgoing message that is private; the person's words are incoming, which API inboxes allow."""
        path = f"/conversations/{talk_id}/messages"
        if post.file is None:
            body = {**_fields(post), "private": post.side == "note", "content_type": "text"}
            self._post(path, body, MessagePart)
        else:
            _read(self._done(_upload(self._root + path, _fields(post), post.file)), MessagePart)

    def has(self, talk_id: str, key: str) -> bool:
        return any(message.source_id == OURS + key for message in self._messages(talk_id, 0))

    def erase(self, talk_id: str, key: str) -> None:
        for message in self._messages(talk_id, 0):
            if message.source_id == OURS + key:
                self._act("DELETE", f"/conversations/{talk_id}/messages/{message.id}")

    def finish(self, talk_id: str) -> None:
        self._act("POST", f"/conversations/{talk_id}/toggle_status", {"status": "resolved"})

    def look(self, talk_id: str, *, after: int) -> Seen:
        """First how it stands, then what was said: whatever was said before it was resolved is then among it."""
        conversation = self._get(f"/conversations/{talk_id}", ConversationPart)
        words = sorted(filter(None, map(_theirs, self._messages(talk_id, after))), key=lambda each: each.id)
        holder = conversation.meta.assignee
        return Seen(conversation.status == "resolved", (holder.name or "?") if holder else "", words)

    def knock(self, headers: Mapping[str, str], body: bytes, *, token: str, now: datetime) -> str:
        """Whatever is configured has to be right: the signature, the token in the path, or both."""
        config = self._config
        if not (config.webhook_secret or config.webhook_token):
            raise ForgedKnock
        if config.webhook_token:
            check_token(config.webhook_token, token)
        if config.webhook_secret:
            check_signature(config.webhook_secret, headers, body, now=now)
        return conversation_of(body, account=config.account)

    def _contact(self, talk: NewTalk) -> tuple[int, str]:
        """Its id, and by which name the inbox knows it."""
        known = self._find_contact(talk.person)
        if known is None:
            wanted = {"inbox_id": self._config.inbox, "name": talk.name, "identifier": OURS + talk.person}
            made = self._post("/contacts", wanted, NewContactAnswer).payload
            return made.contact.id, made.contact_inbox.source_id
        return known.id, next(
            (each.source_id for each in known.contact_inboxes if each.inbox.id == self._config.inbox), ""
        )

    def _find_contact(self, person: str) -> ContactPart | None:
        found = self._get(f"/contacts/search?q={quote(OURS + person, safe='')}", ContactsPart)
        return next((each for each in found.payload if each.identifier == OURS + person), None)

    def _messages(self, talk_id: str, after: int) -> Iterator[MessagePart]:
        for _ in range(MOST_PAGES):
            page = self._get(f"/conversations/{talk_id}/messages?after={after}", MessagesPart).payload
            yield from page
            if len(page) < PAGE:
                return
            after = max(message.id for message in page)

    def _get(self, path: str, model: type[_Part]) -> _Part:
        request = Request("GET", self._root + path, seconds=self._config.read_seconds)
        try:
            answer = ask(self._http, request, credentials=self._credentials)
        except CallFailed as failed:
            raise DeskAway(failed.reason) from failed
        return _read(answer, model)

    def _post(self, path: str, body: Mapping[str, Any], model: type[_Part]) -> _Part:
        return _read(self._act("POST", path, body), model)

    def _act(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        sent = json.dumps(body).encode() if body is not None else b""
        return self._done(Request(method, self._root + path, sent, seconds=self._config.read_seconds))

    def _done(self, request: Request) -> Answer:
        """One try: the same again may be a second one."""
        try:
            answer = send(self._http, request, self._credentials.headers())
        except CallFailed as failed:
            raise (DeskAway if failed.surely_not_done else DeskUnknown)(failed.reason) from failed
        _check(answer)
        return answer


def _fields(post: Post) -> dict[str, str]:
    kind = "incoming" if post.side == "person" else "outgoing"
    return {"content": post.text, "message_type": kind, "source_id": OURS + post.key}


def _upload(url: str, fields: Mapping[str, str], file: File) -> Request:
    """A form with the file in it; a message is private only where a form says so."""
    form = httpx.Request("POST", url, data=fields, files=[("attachments[]", (file.name, file.content, file.kind))])
    headers = {"Content-Type": form.headers["content-type"]}
    return Request("POST", url, form.read(), headers, seconds=UPLOAD_SECONDS)


def _theirs(message: MessagePart) -> TheirWords | None:
    """The words of a member of the team; None for the person's own, for a machine's, for ours and for deleted ones."""
    if message.message_type != OUTGOING or message.content_attributes.get("deleted"):
        return None
    if message.sender is None or message.sender.type != "user" or (message.source_id or "").startswith(OURS):
        return None
    kind: Literal["note", "reply"] = "note" if message.private else "reply"
    return TheirWords(message.id, kind, message.sender.name or "?", message.content or "", len(message.attachments))


def _read(answer: Answer, model: type[_Part]) -> _Part:
    _check(answer)
    try:
        return read_model(model, answer.body)
    except Misshapen:
        raise DeskUnknown("nonsense") from None


def _check(answer: Answer) -> None:
    """Raises DeskError unless it was done."""
    if 200 <= answer.status < 300:
        return
    seconds = float(answer.retry_after) if answer.retry_after.isascii() and answer.retry_after.isdigit() else None
    if answer.status in TURNED_AWAY:
        raise DeskAway(TURNED_AWAY[answer.status], seconds)
    if 400 <= answer.status < 500:
        raise DeskRefused(str(answer.status))
    raise DeskUnknown("unavailable" if answer.status == 503 else "failed", seconds)
