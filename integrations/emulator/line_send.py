"""What happens to messages that the counter sends: whom they reach, what they count, what a retry gets.

Errors:
    Refused                 the request is answered with an error; it says which
"""

from __future__ import annotations

import re
import secrets
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.emulator.clock import Clock
from integrations.emulator.line_fields import Problem
from integrations.emulator.line_people import Chats, People, Person
from integrations.emulator.line_rules import MULTICAST_TO, check_request
from integrations.emulator.line_tokens import ReplyTokens, RetryKeys
from integrations.emulator.store import Store

ID_FORMS = re.compile(r"[UCR][0-9a-f]{32}")
USER_ID = re.compile(r"U[0-9a-f]{32}")
QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template"})

Sent = list[dict[str, Any]]


class Refused(Exception):
    """The request is answered with this status and LINE's error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        problems: Sequence[Problem] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, Any] = {"message": message, **(extra or {})}
        if problems:
            self.body["details"] = [{"message": found.message, "property": found.property} for found in problems]


def refuse_problems(problems: Sequence[Problem]) -> None:
    """Raise Refused when there is any problem."""
    if problems:
        raise Refused(400, f"The request body has {len(problems)} error(s)", problems=problems)


@dataclass
class Quota:
    """Messages of this month: how many may be sent (None: any number) and how many were."""

    value: int | None = None
    used: int = 0


@dataclass(frozen=True)
class Desk:
    """The parts that sending works with."""

    people: People
    chats: Chats
    clock: Clock
    store: Store
    replies: ReplyTokens
    retries: RetryKeys
    strict: bool
    quota: Quota = field(default_factory=Quota)


class Outbox:
    """reply, push and multicast, once their requests came in over HTTP."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        for saved in desk.store.load("quota"):
            desk.quota.used, desk.quota.value = saved["used"], saved["value"]
        for saved in desk.store.load("retry"):
            desk.retries.revive(saved)

    @property
    def quota(self) -> Quota:
        """The counts of this month."""
        return self._desk.quota

    def limit(self, value: int | None) -> None:
        """Allow so many messages a month; None lifts the limit."""
        self.quota.value = value
        self._save_quota()

    def check(self, body: Mapping[str, Any]) -> None:
        """Raise Refused for a body that breaks a limit; a lenient emulator lets it pass."""
        if self._desk.strict:
            refuse_problems(check_request(body))
        elif not isinstance(body.get("messages"), list) or not all(isinstance(m, dict) for m in body["messages"]):
            raise Refused(400, "The request body has 1 error(s)")

    def reply(self, body: Mapping[str, Any]) -> Sent:
        """Answer an event with its reply token."""
        self.check(body)
        token = body.get("replyToken")
        user_id = self._desk.replies.use(token) if isinstance(token, str) else None
        person = self._desk.people.get(user_id) if user_id else None
        if person is None:
            raise Refused(400, "Invalid reply token")
        with self._lock:
            return self._show(person, body["messages"], via="reply")

    def push(self, body: Mapping[str, Any], *, retry_key: str | None, request_id: str) -> Sent:
        """Send to one person of the counter's own accord."""
        to = body.get("to")
        if not isinstance(to, str) or not ID_FORMS.fullmatch(to):
            raise Refused(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        self.check(body)
        person = self._desk.people.get(to)
        with self._lock:
            self._refuse_repeated(retry_key)
            if person is None:
                raise Refused(400, "Failed to send messages")
            sent = self._send_to([person], body["messages"], via="push")
            self._accept(retry_key, request_id, sent)
        return sent

    def multicast(self, body: Mapping[str, Any], *, retry_key: str | None, request_id: str) -> None:
        """Send to up to 500 friends."""
        to = body.get("to")
        refuse_problems([*MULTICAST_TO.check(to, "to")])
        for index, user_id in enumerate(to if isinstance(to, list) else ()):
            if not isinstance(user_id, str) or not USER_ID.fullmatch(user_id):
                raise Refused(400, f"The property, to[{index}], in the request body is invalid (line: -, column: -)")
        self.check(body)
        found = [self._desk.people.get(user_id) for user_id in dict.fromkeys(to or ())]
        with self._lock:
            self._refuse_repeated(retry_key)
            self._send_to([person for person in found if person and person.friend], body["messages"], via="push")
            self._accept(retry_key, request_id, [])

    def _send_to(self, people: Sequence[Person], messages: Sequence[Mapping[str, Any]], *, via: str) -> Sent:
        now = self._desk.clock.now()
        reached = [person for person in people if person.can_be_reached(now)]
        quota = self.quota
        if quota.value is not None and quota.used + len(reached) > quota.value:
            raise Refused(429, "You have reached your monthly limit.")
        sent: Sent = []
        for person in people:
            sent = self._show(person, messages, via=via)
        if reached:
            quota.used += len(reached)
            self._save_quota()
        return sent

    def _show(self, person: Person, messages: Sequence[Mapping[str, Any]], *, via: str) -> Sent:
        chats = self._desk.chats
        sent = [_sent(chats.new_id(), message) for message in messages]
        if not person.can_be_reached(self._desk.clock.now()):
            reason = "ブロック中" if person.blocked else "友だちではない"
            note = f"{reason}のため、{len(messages)}件のメッセージは届きませんでした（LINEの応答は200です）。"
            chats.add(person.id, "system", {"type": "text", "text": note})
            return sent
        for entry, message in zip(sent, messages, strict=True):
            chats.add(person.id, "counter", message, via=via, key=entry["id"])
        person.unread += len(messages)
        self._desk.people.changed(person)
        return sent

    def _refuse_repeated(self, retry_key: str | None) -> None:
        if retry_key is None or (accepted := self._desk.retries.find(retry_key)) is None:
            return
        extra = {"sentMessages": accepted.sent} if accepted.sent else {}
        headers = {"x-line-accepted-request-id": accepted.request_id}
        raise Refused(409, "The retry key is already accepted", extra=extra, headers=headers)

    def _accept(self, retry_key: str | None, request_id: str, sent: Sent) -> None:
        if retry_key is not None:
            saved = self._desk.retries.accept(retry_key, request_id, sent)
            self._desk.store.put("retry", retry_key, saved)

    def _save_quota(self) -> None:
        self._desk.store.put("quota", "month", {"used": self.quota.used, "value": self.quota.value})


def checked_retry_key(text: str | None) -> str | None:
    """The X-Line-Retry-Key header of a request; raises Refused when it is not a UUID."""
    if text is None:
        return None
    try:
        if str(uuid.UUID(text)) == text.lower():
            return text.lower()
    except ValueError:
        pass
    raise Refused(400, "Invalid retry key")


def _sent(message_id: str, message: Mapping[str, Any]) -> dict[str, Any]:
    quotable = {"quoteToken": secrets.token_urlsafe(32)} if message.get("type") in QUOTABLE else {}
    return {"id": message_id, **quotable}
