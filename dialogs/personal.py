"""The kinds of question that ask who somebody is and where they are reached: never in a chat that others keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.message import Choice
from dialogs.questions import Question, else_choice
from dialogs.reading import Unreadable
from dialogs.reading.contacts import in_japan, mask_mail, mask_name, mask_phone, read_contact, read_target
from dialogs.reading.names import read_name
from dialogs.reading.numbers import read_code
from dialogs.rules.claim import DeliveryTarget
from dialogs.words import Words

RESEND = "resend"
CHANGE_TARGET = "change_target"
OTHER_RECEIPT = "other_receipt"
SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Name(Question):
    private: bool = True

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_name(said)

    def mask(self, stored: Any, words: Words) -> str:
        return mask_name(stored)


@dataclass(frozen=True, kw_only=True)
class Contact(Question):
    """A number or a mail address at which staff reach the person; stored as it is written in E.164 or addr-spec."""

    private: bool = True

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_contact(said)

    def mask(self, stored: Any, words: Words) -> str:
        return mask_mail(stored) if "@" in stored else mask_phone(stored)

    def show(self, stored: Any, words: Words) -> str:
        return stored if "@" in stored else in_japan(stored)


@dataclass(frozen=True, kw_only=True)
class Target(Question):
    """受取案内配信先: where the URL is sent, a mobile number or a mail address; stored as [kind, value].

    contact is what was given before: if the URL can be sent there, it is offered to be tapped.
    """

    private: bool = True
    contact: str = ""

    def read(self, said: str, *, today: date, words: Words) -> list[str]:
        try:
            return list(read_target(said))
        except Unreadable as unread:
            else_choice(said, self.choices(words), unread)
            return list(read_target(self.contact))

    def choices(self, words: Words) -> tuple[Choice, ...]:
        try:
            read_target(self.contact)
        except Unreadable:
            return ()
        return (Choice(SAME, words.say("button.same_as_contact")),)

    def value(self, stored: Any) -> DeliveryTarget:
        kind, value = stored
        return DeliveryTarget(kind, value)

    def show(self, stored: Any, words: Words) -> str:
        kind, value = stored
        return value if kind == "mail" else in_japan(value)

    def mask(self, stored: Any, words: Words) -> str:
        kind, value = stored
        return mask_mail(value) if kind == "mail" else mask_phone(value)


@dataclass(frozen=True, kw_only=True)
class Code(Question):
    """The six digits that were sent to the target, or one of the ways out."""

    private: bool = True
    shown: bool = False
    options: tuple[str, ...] = (RESEND, CHANGE_TARGET)

    def read(self, said: str, *, today: date, words: Words) -> str:
        try:
            return read_code(said)
        except Unreadable as unread:
            return else_choice(said, self.choices(words), unread)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(option, words.say(f"button.{option}")) for option in self.options)

    def input_mode(self) -> str:
        return "numeric"
