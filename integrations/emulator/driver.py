"""People in a test: they follow, write, tap and wait for words, and their phones refuse what a phone would refuse."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from integrations.emulator.feed import Feed, Item
from integrations.emulator.line_drawn import buttons, quick_replies, words
from integrations.emulator.line_people import Person, new_user_id
from integrations.emulator.line_phone import CannotDo
from integrations.emulator.twilio_api import receive_text
from integrations.emulator.world import World

PATIENCE = 60.0  # seconds; how long a test waits for words unless it says otherwise: a slow machine is no failure
PICKED_FORMS = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}

Entry = dict[str, Any]


class NotShown(AssertionError):
    """The words did not come in time; the text says what is there instead."""


class LinePerson:
    """One person on LINE."""

    def __init__(self, world: World, person: Person) -> None:
        self._world = world
        self._person = person
        self._heard = 0

    @property
    def id(self) -> str:
        """Their LINE user id."""
        return self._person.id

    @property
    def messages(self) -> list[Entry]:
        """What the phone shows, oldest first: {"id", "from", "message", "via", "at", "unsent"}; notes are left out."""
        return [item.doc for item in self._entries()]

    @property
    def texts(self) -> list[str]:
        """The words of each message of the counter, one string a message."""
        return [_words(item) for item in self._from_counter()]

    def follow(self) -> None:
        """They add the account, or lift their block."""
        self._world.phone.follow(self._person)

    def blocks(self) -> None:
        """They block the account."""
        self._world.phone.block(self._person)

    def decides_on_notices(self, choice: str) -> None:
        """They take messages to their telephone number ("on"), take none ("off"), or have not decided ("unset")."""
        self._world.notices.decide(self._person, choice)

    def says(self, text: str) -> str:
        """They write; the id of the message."""
        return self._world.phone.say(self._person, text)

    def sends_sticker(self) -> str:
        """They send a sticker; the id of the message."""
        return self._world.phone.send_sticker(self._person)

    def sends_image(self, data: bytes = b"") -> str:
        """They send a picture; the id of the message."""
        return self._world.phone.send_image(self._person, data)

    def sends_file(self, data: bytes, kind: str = "application/pdf", name: str = "receipt.pdf") -> str:
        """They send a video, a recording or a file, by its media type; the id of the message."""
        return self._world.phone.send_file(self._person, data, kind, name)

    def unsends(self, message_id: str) -> None:
        """They take a message of theirs back."""
        self._world.phone.unsend(self._person, message_id)

    def taps(self, label: str) -> str:
        """They tap what has this label, data or text, quick replies first; the URL or text that it opens or copies."""
        action = self._find(lambda action: label in {action.get(name) for name in ("label", "data", "text")}, label)
        kind = action["type"]
        if kind == "postback":
            self._press(action)
        elif kind == "message":
            self.says(action["text"])
        elif kind not in {"uri", "clipboard"}:
            raise CannotDo(f"a {kind} action needs more than a tap")
        return str(action.get("uri") or action.get("clipboardText") or "")

    def taps_menu(self, label: str) -> None:
        """They tap the area of the rich menu that has this label or says this."""
        menu = self._world.menus.shown()
        actions = [area["action"] for area in menu["areas"]] if menu else []
        action = next((each for each in actions if label in (each.get("label"), each.get("text"))), None)
        if action is None or action["type"] != "message":
            raise CannotDo(f"there is no {label} on the menu; it offers {[each.get('label') for each in actions]}")
        self.says(action["text"])

    def picks(self, value: date | datetime | str) -> None:
        """They open the newest date picker and choose this; a value outside its bounds cannot be chosen."""
        action = self._find(lambda action: action.get("type") == "datetimepicker", "a date picker")
        mode = action["mode"]
        picked = value if isinstance(value, str) else value.strftime(PICKED_FORMS[mode])
        if not action.get("min", picked) <= picked <= action.get("max", picked):
            raise CannotDo(f"the picker offers {action.get('min')} to {action.get('max')}, not {picked}")
        self._world.phone.press(self._person, action["data"], params={mode: picked})

    def wait_for(self, part: str, timeout: float = PATIENCE) -> Entry:
        """The next message of the counter, after the one waited for last, that holds these words; raises NotShown."""

        def look() -> Entry | None:
            for index, item in enumerate(self._from_counter()):
                if index >= self._heard and part in _words(item):
                    self._heard = index + 1
                    return item.doc
            return None

        found = _wait(self._world.feed, self.id, look, timeout)
        if found is None:
            raise NotShown(f"{part!r} did not come; the phone shows {self.texts[-5:]}")
        return found

    def _press(self, action: dict[str, Any]) -> None:
        if action.get("text"):
            self.says(action["text"])
        self._world.phone.press(self._person, action["data"], shown=action.get("displayText", ""))

    def _find(self, wanted: Callable[[dict[str, Any]], bool], name: str) -> dict[str, Any]:
        entries = self._entries()
        if entries:
            for action in quick_replies(entries[-1].doc["message"]):
                if wanted(action):
                    return action
        for item in reversed(entries):
            for action in buttons(item.doc["message"]):
                if wanted(action):
                    return action
        raise CannotDo(f"there is no {name} to tap; the phone shows {self.texts[-3:]}")

    def _entries(self) -> list[Item]:
        return [item for item in self._world.chats.entries(self.id) if item.doc["from"] != "system"]

    def _from_counter(self) -> list[Item]:
        return [item for item in self._world.chats.entries(self.id) if item.doc["from"] == "counter"]


class LineDriver:
    """The people on LINE."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, LinePerson] = {}

    def person(
        self, user_id: str = "", *, name: str = "試験 太郎", language: str = "ja", phone: str = ""
    ) -> LinePerson:
        """The person with this id, made when there is none; without an id a new one, who is no friend yet."""
        user_id = user_id or new_user_id()
        if user_id not in self._known:
            found = self._world.people.get(user_id) or self._world.people.add(Person(user_id, name, language, phone))
            self._known[user_id] = LinePerson(self._world, found)
        return self._known[user_id]


class SmsDriver:
    """Phones that get texts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def inbox(self, number: str) -> list[Entry]:
        """Texts to this number that were not refused on the way, oldest first: {"id", "from", "body", …}."""
        items = self._world.sms.with_number(number)
        lost = {"undelivered", "failed"}
        return [item.doc for item in items if item.doc["to"] == number and item.doc["status"] not in lost]

    def reply(self, number: str, text: str) -> None:
        """The owner of this number texts the account."""
        receive_text(self._world, number, text)

    def forget_stop(self, number: str) -> None:
        """The number has a new owner, who never asked for silence."""
        self._world.sms.opt_out(number, out=False)

    def wait_for(self, number: str, part: str, timeout: float = PATIENCE) -> Entry:
        """The newest text to this number that holds these words; raises NotShown."""

        def look() -> Entry | None:
            return next((doc for doc in reversed(self.inbox(number)) if part in doc["body"]), None)

        found = _wait(self._world.feed, number, look, timeout)
        if found is None:
            raise NotShown(f"no text with {part!r} came")
        return found


class MailDriver:
    """Mail boxes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def inbox(self, address: str) -> list[Entry]:
        """Mails to this address, oldest first: {"id", "from", "subject", "text", "html", "headers", "at"}."""
        return [item.doc for item in self._world.mailbox.inbox(address)]

    def wait_for(self, address: str, part: str, timeout: float = PATIENCE) -> Entry:
        """The newest mail to this address that holds these words in subject or text; raises NotShown."""

        def look() -> Entry | None:
            mails = reversed(self.inbox(address))
            return next((doc for doc in mails if part in doc["subject"] or part in doc["text"]), None)

        found = _wait(self._world.feed, address.lower(), look, timeout)
        if found is None:
            raise NotShown(f"no mail with {part!r} came")
        return found


class ClockDriver:
    """The time of the emulated world and of the counter."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        """The present moment there."""
        return self._world.clock.now()

    def set(self, at: datetime | str) -> bool:
        """Move to this moment; whether the counter followed."""
        return self._world.counter_clock.set(datetime.fromisoformat(at) if isinstance(at, str) else at)

    def set_speed(self, speed: float) -> None:
        """Let reply tokens and keys age this many times faster."""
        self._world.clock.set_speed(speed)


def _words(item: Item) -> str:
    return "\n".join(words(item.doc["message"]))


def _wait(feed: Feed, owner: str, look: Callable[[], Entry | None], timeout: float) -> Entry | None:
    until = time.monotonic() + timeout
    while True:
        seq = feed.seq
        found, left = look(), until - time.monotonic()
        if found is not None or left <= 0:
            return found
        feed.wait_for(owner, seq, left)
