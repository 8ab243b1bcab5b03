"""LINE notification messages: whose telephone number it is, and whether they take them. Reference: PNP push."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from integrations.emulator.clock import Clock
from integrations.emulator.line_people import Chats, People, Person
from integrations.emulator.line_phone import CannotDo
from integrations.emulator.line_send import Outbox, Refused
from integrations.emulator.line_webhook import LineEvents

HASH = re.compile(r"[0-9a-f]{64}")
TAG_LENGTH = range(16, 101)
TIME_TO_AGREE = timedelta(hours=24)
CHOICES = ("on", "off", "unset")  # unset: they are asked when the first one comes


class Notices:
    """The endpoint, and what people decide on their phones."""

    def __init__(self, outbox: Outbox, people: People, chats: Chats, events: LineEvents, clock: Clock) -> None:
        self._outbox = outbox
        self._people = people
        self._chats = chats
        self._events = events
        self._clock = clock
        self._waiting: dict[str, list[tuple[datetime, list[Mapping[str, Any]], str]]] = {}

    def push(self, body: Mapping[str, Any], tag: str | None) -> None:
        """Take a notice for the owner of a number; nobody is told here whether it arrives."""
        to = body.get("to")
        if not isinstance(to, str) or not HASH.fullmatch(to):
            raise Refused(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        if tag is not None and len(tag) not in TAG_LENGTH:
            raise Refused(400, "The X-Line-Delivery-Tag header must have 16 to 100 characters")
        self._outbox.check(body)
        person = next((each for each in self._people.all() if each.phone and _hashed(each.phone) == to), None)
        if person is None or person.blocked or person.notices == "off":
            return
        if person.notices == "on":
            self._arrives(person, body["messages"], tag or to)
        else:
            self._note(person, "LINE通知メッセージの受け取りに同意しますか？（24時間以内）")
            self._waiting.setdefault(person.id, []).append((self._clock.now(), body["messages"], tag or to))

    def decide(self, person: Person, choice: str) -> None:
        """They take notices from now on ("on"), or none ("off"); what waited for less than a day arrives."""
        if choice not in CHOICES:
            raise CannotDo(f"notices are one of {', '.join(CHOICES)}")
        person.notices = choice
        self._people.changed(person)
        for since, messages, data in self._waiting.pop(person.id, []):
            if choice == "on" and self._clock.now() - since < TIME_TO_AGREE:
                self._arrives(person, messages, data)

    def _arrives(self, person: Person, messages: list[Mapping[str, Any]], data: str) -> None:
        for message in messages:
            self._chats.add(person.id, "counter", message, via="pnp")
        person.unread += len(messages)
        self._people.changed(person)
        self._events.happened(person.id, "delivery", delivery={"data": data})

    def _note(self, person: Person, text: str) -> None:
        self._chats.add(person.id, "system", {"type": "text", "text": text})
        self._people.changed(person)


def _hashed(phone: str) -> str:
    return sha256(phone.encode()).hexdigest()
