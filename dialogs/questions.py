"""The kinds of question: what may be answered, how it is read, and how an answer is shown again.

An answer is kept as plain JSON ("stored"); a question turns what was said into it, and it into the value that the
script works with. A stored answer that today's question would not take any more raises Unreadable and is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dialogs.message import Choice, DatePicker
from dialogs.reading import Unreadable
from dialogs.reading.choices import read_choice, read_yes_no
from dialogs.reading.contacts import mask_mail, mask_name, mask_phone, read_contact, read_target
from dialogs.reading.dates import read_date
from dialogs.reading.names import read_name
from dialogs.reading.numbers import read_code, read_inquiry_number, read_yen
from dialogs.reading.prefectures import prefecture_name, read_prefecture
from dialogs.rules.claim import DeliveryTarget
from dialogs.words import Words, Yen

LOST = "lost"
RESEND = "resend"
CHANGE_TARGET = "change_target"
SUBMIT = "submit"
CHANGE = "change"
SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to ask. key is unique in a replay; texts are found by `wording`, the key without its numbers.

    revision and about: an answer given under others does not count any more. private: never asked in a chat that
    others keep. shown: stands on *check your answers* and may be changed there. facts fill the question's sentence.
    """

    key: str
    revision: int = 1
    about: str = ""
    private: bool = False
    shown: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wording(self) -> str:
        return re.sub(r"\[\d+\]", "", self.key)

    def read(self, said: str, *, today: date, words: Words) -> Any:
        """What was said, as it is stored; raises Unreadable."""
        raise NotImplementedError

    def value(self, stored: Any) -> Any:
        """What the script works with; raises Unreadable when the stored answer does not fit any more."""
        return stored

    def show(self, stored: Any, words: Words) -> str:
        return words.write(self.value(stored))

    def mask(self, stored: Any, words: Words) -> str:
        """The answer as it may stand where others could read it."""
        return "＊＊＊" if self.private else self.show(stored, words)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        """What can be tapped instead of typed; empty when nothing."""
        return ()

    def picker(self, words: Words) -> DatePicker | None:
        return None

    def input_mode(self) -> str:
        """The keyboard that a phone should open: text, numeric, tel or email."""
        return "text"


@dataclass(frozen=True, kw_only=True)
class PickOne(Question):
    """One of a few; stored as the option's own value."""

    options: tuple[str, ...]

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_choice(said, [(choice.value, choice.label) for choice in self.choices(words)])

    def value(self, stored: Any) -> str:
        return _one_of(stored, self.options)

    def show(self, stored: Any, words: Words) -> str:
        return self._label(str(stored), words)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(option, self._label(option, words)) for option in self.options)

    def _label(self, option: str, words: Words) -> str:
        return words.say(f"option.{self.wording}.{option}", **self.facts)


@dataclass(frozen=True, kw_only=True)
class YesNo(PickOne):
    """Yes or no; the script gets a bool."""

    options: tuple[str, ...] = ("yes", "no")

    def read(self, said: str, *, today: date, words: Words) -> str:
        try:
            return super().read(said, today=today, words=words)
        except Unreadable:
            return "yes" if read_yes_no(said) else "no"

    def value(self, stored: Any) -> Any:
        return _one_of(stored, self.options) == "yes"

    def _label(self, option: str, words: Words) -> str:
        own = f"option.{self.wording}.{option}"
        return words.say(own if words.has(own) else f"option.yes_no.{option}", **self.facts)


@dataclass(frozen=True, kw_only=True)
class Day(Question):
    """A date between two others, both allowed; stored as YYYY-MM-DD."""

    earliest: date
    latest: date
    likely: date

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_date(said, today=today, earliest=self.earliest, latest=self.latest).isoformat()

    def value(self, stored: Any) -> date:
        day = date.fromisoformat(stored)
        if not self.earliest <= day <= self.latest:
            raise Unreadable("date_too_late", latest=self.latest)
        return day

    def picker(self, words: Words) -> DatePicker:
        return DatePicker(words.say("button.pick_date"), self.likely, self.earliest, self.latest)

    def input_mode(self) -> str:
        return "date"


@dataclass(frozen=True, kw_only=True)
class Balance(Question):
    """Yen that were left, or one of the words for not knowing; the script gets an amount or None for unknown."""

    options: tuple[str, ...] = ("some", "none", "unknown")

    def read(self, said: str, *, today: date, words: Words) -> str | int:
        try:
            return read_yen(said)
        except Unreadable as unread:
            return _else_choice(self, said, words, unread)

    def value(self, stored: Any) -> int | None:
        return {"some": 1, "none": 0, "unknown": None}[stored] if stored in self.options else int(stored)

    def show(self, stored: Any, words: Words) -> str:
        if stored in self.options:
            return words.say(f"option.{self.wording}.{stored}")
        return words.write(Yen(stored))

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(option, words.say(f"option.{self.wording}.{option}")) for option in self.options)


@dataclass(frozen=True, kw_only=True)
class Prefecture(Question):
    """One of the 47; stored and worked with as its JIS X 0401 code. likely ones are offered as buttons."""

    likely: tuple[str, ...]

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_prefecture(said)

    def show(self, stored: Any, words: Words) -> str:
        return prefecture_name(stored, words.language)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(code, prefecture_name(code, words.language)) for code in self.likely)


@dataclass(frozen=True, kw_only=True)
class InquiryNumber(Question):
    """The coupon's お問合せ番号; stored normalised, or LOST when the person does not have it."""

    pattern: str

    def read(self, said: str, *, today: date, words: Words) -> str:
        try:
            return read_inquiry_number(said, pattern=self.pattern)
        except Unreadable as unread:
            return _else_choice(self, said, words, unread)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return (Choice(LOST, words.say("button.number_lost")),)


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
        return list(read_target(self.contact if said == SAME else said))

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
            return _else_choice(self, said, words, unread)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(option, words.say(f"button.{option}")) for option in self.options)

    def input_mode(self) -> str:
        return "numeric"


@dataclass(frozen=True, kw_only=True)
class CheckAnswers(PickOne):
    """Everything answered so far, to be sent off or changed; drawn as a card."""

    key: str = "check"
    shown: bool = False
    options: tuple[str, ...] = (SUBMIT, CHANGE)


def in_japan(number: str) -> str:
    """An E.164 number of Japan as people write it there: 090-1234-5678."""
    national = "0" + number.removeprefix("+81") if number.startswith("+81") else number
    if re.fullmatch(r"0[5-9]0\d{8}", national):
        return f"{national[:3]}-{national[3:7]}-{national[7:]}"
    return national


def _else_choice(question: Question, said: str, words: Words, unread: Unreadable) -> str:
    """One of the question's own ways out, when what was said is not of its kind; else why it was not."""
    try:
        return read_choice(said, [(choice.value, choice.label) for choice in question.choices(words)], exact=True)
    except Unreadable:
        raise unread from None


def _one_of(stored: Any, options: Sequence[str]) -> str:
    if stored not in options:
        raise Unreadable("choice_unknown", count=len(options))
    return str(stored)
