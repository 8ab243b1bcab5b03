"""What a person can do on the phone: each act shows in the chat and goes to the counter as the event LINE would send.

Errors:
    CannotDo                a phone would not let them do this now; the text says why
"""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from integrations.emulator.clock import Clock
from integrations.emulator.line_people import Chats, People, Person
from integrations.emulator.line_webhook import LineEvents

STICKER = {"packageId": "446", "stickerId": "1988", "stickerResourceType": "STATIC", "keywords": ["hello"]}
LONGEST_TEXT = 5000  # what LINE's own input field takes is near this


class CannotDo(Exception):
    """A phone would not let them do this now."""


class Phone:
    """The acts of people on their phones."""

    def __init__(self, people: People, chats: Chats, events: LineEvents, clock: Clock) -> None:
        self._people = people
        self._chats = chats
        self._events = events
        self._clock = clock

    def say(self, person: Person, text: str) -> str:
        """They write; the id of their message."""
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise CannotDo(f"text must have 1 to {LONGEST_TEXT} characters")
        return self._send(person, {"type": "text", "text": text})

    def send_sticker(self, person: Person, package_id: str = "", sticker_id: str = "") -> str:
        """They send a sticker; the id of the message."""
        chosen = {"packageId": package_id, "stickerId": sticker_id} if package_id and sticker_id else {}
        return self._send(person, {"type": "sticker", **STICKER, **chosen})

    def send_image(self, person: Person, data: bytes = b"", kind: str = "image/png") -> str:
        """They send a picture (a grey one when none is given); the id of the message."""
        key = self._chats.new_id()
        self._chats.keep_media(key, kind, data or grey_picture())
        shown = {"originalContentUrl": f"/emulator/media/{key}", "previewImageUrl": f"/emulator/media/{key}"}
        return self._send(person, {"type": "image", "contentProvider": {"type": "line"}}, key=key, shown=shown)

    def send_file(self, person: Person, data: bytes, kind: str, name: str = "") -> str:
        """They send a video, a recording, or (any other media type) a file; the id of the message."""
        key, part = self._chats.new_id(), kind.partition("/")[0]
        self._chats.keep_media(key, kind, data)
        if part not in ("video", "audio"):
            return self._send(person, {"type": "file", "fileName": name or "file", "fileSize": len(data)}, key=key)
        return self._send(person, {"type": part, "duration": 1000, "contentProvider": {"type": "line"}}, key=key)

    def send_location(self, person: Person, place: Mapping[str, Any]) -> str:
        """They send where they are: title, address, latitude, longitude; the id of the message."""
        known = {name: place[name] for name in ("title", "address") if place.get(name)}
        try:
            spot = {"latitude": float(place["latitude"]), "longitude": float(place["longitude"])}
        except (KeyError, TypeError, ValueError) as error:
            raise CannotDo("latitude and longitude are needed") from error
        return self._send(person, {"type": "location", **known, **spot})

    def press(self, person: Person, data: str, *, shown: str = "", params: Mapping[str, str] | None = None) -> None:
        """They press a postback button, or pick a date; `shown` is its displayText, which the chat shows."""
        self._refuse_blocked(person)
        if shown:
            self._chats.add(person.id, "person", {"type": "text", "text": shown}, via="postback")
        self._acted(person)
        postback: dict[str, Any] = {"data": data} | ({"params": dict(params)} if params else {})
        self._events.happened(person.id, "postback", postback=postback)

    def follow(self, person: Person) -> None:
        """They add the account as a friend, or lift their block; nothing happens when they are friends already."""
        if person.friend and not person.blocked:
            return
        unblocked = person.blocked
        person.friend, person.blocked = True, False
        self._note(person, "ブロックを解除しました。" if unblocked else "友だちに追加しました。")
        self._events.happened(person.id, "follow", follow={"isUnblocked": unblocked})

    def block(self, person: Person) -> None:
        """They block the account; nothing happens when they did already."""
        if person.blocked:
            return
        person.blocked = True
        self._note(person, "ブロックしました。")
        self._events.happened(person.id, "unfollow")

    def unsend(self, person: Person, message_id: str) -> None:
        """They take one of their own messages back."""
        item = self._chats.find(message_id)
        if item is None or item.owner != person.id or item.doc["from"] != "person":
            raise CannotDo("only a message of one's own can be taken back")
        if item.doc["unsent"]:
            return
        self._chats.unsend(item)
        self._events.happened(person.id, "unsend", unsend={"messageId": message_id})

    def read(self, person: Person) -> None:
        """They look at the chat."""
        if person.unread:
            person.unread = 0
            self._people.changed(person)

    def _send(
        self, person: Person, message: Mapping[str, Any], *, key: str = "", shown: Mapping[str, Any] | None = None
    ) -> str:
        self._refuse_blocked(person)
        item = self._chats.add(person.id, "person", {**message, **(shown or {})}, key=key)
        message_id = str(item.doc["id"])
        self._acted(person)
        tokens = {"id": message_id, "markAsReadToken": secrets.token_urlsafe(24)}
        if message["type"] != "location":
            tokens["quoteToken"] = secrets.token_urlsafe(32)
        self._events.happened(person.id, "message", message={**message, **tokens})
        return message_id

    def _acted(self, person: Person) -> None:
        person.wrote_at = self._clock.now().isoformat()
        person.unread = 0
        self._people.changed(person)

    def _note(self, person: Person, text: str) -> None:
        self._chats.add(person.id, "system", {"type": "text", "text": text})
        self._people.changed(person)

    def _refuse_blocked(self, person: Person) -> None:
        if person.blocked:
            raise CannotDo("they have blocked the account; they must follow it again first")


def grey_picture(width: int = 160, height: int = 120) -> bytes:
    """A plain PNG."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\xb0" * width) * height
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
