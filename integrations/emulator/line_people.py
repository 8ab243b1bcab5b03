"""The people who hold the phones: who they are, whether they are friends of the account, and what their chat shows."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.emulator.clock import Clock
from integrations.emulator.feed import Feed, Item
from integrations.emulator.store import Store

NON_FRIEND_WINDOW = timedelta(days=7)  # who wrote this lately can be pushed to without being a friend (reference: push)


@dataclass
class Person:
    """One phone and its owner; `wrote_at` is the ISO time of their last message.

    notices: whether they take messages to their telephone number: "on", "off", or "unset" (they are asked).
    """

    id: str
    name: str
    language: str = "ja"
    phone: str = ""
    mail: str = ""
    friend: bool = False
    blocked: bool = False
    unread: int = 0
    wrote_at: str = ""
    notices: str = "on"

    def can_be_reached(self, now: datetime) -> bool:
        """Whether a message to them arrives."""
        if self.blocked:
            return False
        return self.friend or (bool(self.wrote_at) and now - datetime.fromisoformat(self.wrote_at) < NON_FRIEND_WINDOW)


AT_THE_START = (
    Person("U0a1b2c3d4e5f60718293a4b5c6d7e8f9", "山田 花子", "ja", "+819012345678", "hanako@example.jp"),
    Person("U1b2c3d4e5f60718293a4b5c6d7e8f90a", "鈴木 一郎", "ja", "+818023456789", "ichiro@example.jp"),
    Person("U2c3d4e5f60718293a4b5c6d7e8f90a1b", "佐藤 めぐみ", "en", "+817034567890", "megumi@example.jp"),
)


class People:
    """All people, by their LINE user id."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._store = store
        self._feed = feed
        self._people = {saved["id"]: Person(**saved) for saved in store.load("person")}
        if not self._people:
            for person in AT_THE_START:
                self.add(Person(**asdict(person)))

    def add(self, person: Person) -> Person:
        """A new person."""
        self._people[person.id] = person
        self.changed(person)
        return person

    def get(self, user_id: str) -> Person | None:
        """The person with this id, if there is one."""
        return self._people.get(user_id)

    def all(self) -> list[Person]:
        """Everybody, the first one first."""
        return list(self._people.values())

    def changed(self, person: Person) -> None:
        """Keep what was changed in this person."""
        self._store.put("person", person.id, asdict(person))
        self._feed.touch()


def new_user_id() -> str:
    """An id of LINE's form."""
    return "U" + secrets.token_hex(16)


class Numbers:
    """Message ids: digits, growing, unique over restarts because they hold the time."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """A new id."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000)
            return f"5{self._last:017d}"


class Chats:
    """What each phone shows, and the media that were sent."""

    def __init__(self, store: Store, feed: Feed, clock: Clock) -> None:
        self._store = store
        self._feed = feed
        self._clock = clock
        self._numbers = Numbers()
        self.revived = [Item.revived("line", saved) for saved in store.load("entry")]
        self._by_person: dict[str, list[Item]] = {}
        self._by_id: dict[str, Item] = {}
        for item in sorted(self.revived, key=lambda item: item.born):
            self._index(item)
        self._media = {saved["id"]: (saved["type"], base64.b64decode(saved["data"])) for saved in store.load("media")}

    def add(self, user_id: str, sender: str, message: Mapping[str, Any], *, via: str = "", key: str = "") -> Item:
        """Show a message of `sender` ("person", "counter" or "system") in this person's chat."""
        doc = {
            "seq": 0,
            "id": key or self.new_id(),
            "from": sender,
            "at": self._clock.now().isoformat(),
            "message": dict(message),
            "via": via,
            "unsent": False,
        }
        item = Item("line", user_id, doc)
        self._index(item)
        self._keep(item)
        return item

    def new_id(self) -> str:
        """An id for a message that is about to be made."""
        return self._numbers.next()

    def entries(self, user_id: str) -> list[Item]:
        """All that this person's chat shows, oldest first."""
        return list(self._by_person.get(user_id, ()))

    def find(self, message_id: str) -> Item | None:
        """The entry with this message id."""
        return self._by_id.get(message_id)

    def unsend(self, item: Item) -> None:
        """Take a message back; its content is gone."""
        item.doc["unsent"] = True
        self._media.pop(item.doc["id"], None)
        self._store.drop("media", item.doc["id"])
        self._keep(item)

    def keep_media(self, message_id: str, kind: str, data: bytes) -> None:
        """Keep the content of an image message; `kind` is its media type."""
        self._media[message_id] = (kind, data)
        text = base64.b64encode(data).decode()
        self._store.put("media", message_id, {"id": message_id, "type": kind, "data": text})

    def media(self, message_id: str) -> tuple[str, bytes] | None:
        """(media type, content) of a message, while it is there."""
        return self._media.get(message_id)

    def _index(self, item: Item) -> None:
        self._by_person.setdefault(item.owner, []).append(item)
        self._by_id[item.doc["id"]] = item

    def _keep(self, item: Item) -> None:
        self._feed.note(item)
        self._store.put("entry", item.doc["id"], item.saved())
