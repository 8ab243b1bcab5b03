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
from dialogs.reading.dates import read_date
from dialogs.reading.numbers import read_inquiry_number, read_yen
from dialogs.reading.prefectures import BY_CODE, prefecture_name, read_prefecture
from dialogs.reading.synonyms import spoken_for
from dialogs.reading.text import bare, listed, tidy, without_politeness
from dialogs.rules.claim import show_receipt_no
from dialogs.words import Words, Yen

LOST = "lost"
WITHOUT = "without"
SUBMIT = "submit"
CHANGE = "change"

NOT_KNOWN = """
わかりません/分からない/分かりません/知らない/知りません/覚えていない/覚えていません/忘れた/忘れました/不明
i don't know/don't know/not sure
"""
_LOST_IT = f"""
{NOT_KNOWN}
なくした/無くした/なくしました/無くしました/紛失/紛失した/紛失しました/手元にない/手元にありません/ない/ありません/わからない
lost/lost it
"""
_LEFT_OUT = """
なしで進む/なしで進みます/なしで進めて/これなしで/この1枚なしで/抜きで進む/この1枚を除いて/除いて進む/ほかの分だけ/ほかのだけ/ほかだけで進む
go on without/without it/without this one/leave it out/skip it/skip
"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to ask. key is unique in a replay; texts are found by `wording`, the key without its numbers.

    revision and about: an answer given under others does not count any more. private: never asked in a chat that
    others keep. shown: stands on *check your answers* and may be changed there; apart: on a card of its own instead.
    facts fill the question's sentence.
    fleeting: whether it is still to be asked is decided by the time at which the person comes back.
    """

    key: str
    revision: int = 1
    about: str = ""
    private: bool = False
    shown: bool = True
    fleeting: bool = False
    apart: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wording(self) -> str:
        return re.sub(r"^[a-z_]+/|\[\d+\]", "", self.key)

    def read(self, said: str, *, today: date, words: Words) -> Any:
        """What was said, as it is stored; raises Unreadable."""
        raise NotImplementedError

    def stands(self, stored: Any) -> bool:
        """Whether this answer has a row on the card of *check your answers*; without one it can still be changed."""
        return self.shown

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
        meant = spoken_for(self.wording, said, self.options)
        return meant or read_choice(said, [(choice.value, choice.label) for choice in self.choices(words)])

    def value(self, stored: Any) -> str:
        return _one_of(stored, self.options)

    def show(self, stored: Any, words: Words) -> str:
        return self._label(str(stored), words)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(option, self._label(option, words)) for option in self.options)

    def _label(self, option: str, words: Words) -> str:
        return words.say(f"option.{self.wording}.{option}", **self.facts)


@dataclass(frozen=True, kw_only=True)
class PickReceipt(PickOne):
    """One of somebody's own applications, by its receipt number."""

    def _label(self, option: str, words: Words) -> str:
        return show_receipt_no(option)


@dataclass(frozen=True, kw_only=True)
class YesNo(PickOne):
    """Yes or no; the script gets a bool."""

    options: tuple[str, ...] = ("yes", "no")
    shown_when: tuple[str, ...] = ("yes", "no")

    def stands(self, stored: Any) -> bool:
        return self.shown and stored in self.shown_when

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
        if day > self.latest:
            raise Unreadable("date_too_late", latest=self.latest)
        if day < self.earliest:
            raise Unreadable("date_too_early", earliest=self.earliest)
        return day

    def picker(self, words: Words) -> DatePicker:
        return DatePicker(words.say("button.pick_date"), self.likely, self.earliest, self.latest)

    def input_mode(self) -> str:
        return "date"


@dataclass(frozen=True, kw_only=True)
class Balance(Question):
    """Yen, or one of the words for a sum or for not knowing; the script gets an amount or None for unknown."""

    options: tuple[str, ...] = ("some", "none", "unknown")

    def read(self, said: str, *, today: date, words: Words) -> str | int:
        choices = self.choices(words)
        place = typed_place(said)
        if place and place <= len(choices):
            # Where choices are numbered, a lone 2 means the second of them and never two yen.
            return choices[place - 1].value
        try:
            return read_yen(said)
        except Unreadable as unread:
            return else_choice(said, choices, unread, synonyms={"unknown": listed(NOT_KNOWN)}, exact=False)

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
        place = typed_place(said)
        return self.likely[place - 1] if place and place <= len(self.likely) else read_prefecture(said)

    def value(self, stored: Any) -> str:
        return _one_of(stored, tuple(BY_CODE))

    def show(self, stored: Any, words: Words) -> str:
        return prefecture_name(stored, words.language)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(code, prefecture_name(code, words.language)) for code in self.likely)


@dataclass(frozen=True, kw_only=True)
class InquiryNumber(Question):
    """The coupon's お問合せ番号; stored normalised, or one of the ways when the person does not have it.

    LOST: it will be asked for; WITHOUT: this coupon is left out.
    """

    pattern: str
    ways: tuple[str, ...] = (LOST,)

    def read(self, said: str, *, today: date, words: Words) -> str:
        try:
            return read_inquiry_number(said, pattern=self.pattern)
        except Unreadable as unread:
            synonyms = {LOST: listed(_LOST_IT), WITHOUT: listed(_LEFT_OUT)}
            return else_choice(said, self.choices(words), unread, synonyms=synonyms)

    def value(self, stored: Any) -> str:
        if stored not in self.ways and read_inquiry_number(stored, pattern=self.pattern) != stored:
            raise Unreadable("inquiry_number_form")
        return str(stored)

    def show(self, stored: Any, words: Words) -> str:
        labels = {choice.value: choice.label for choice in self.choices(words)}
        return labels.get(stored) or super().show(stored, words)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(way, words.say(f"button.number_{way}", **self.facts)) for way in self.ways)


@dataclass(frozen=True, kw_only=True)
class CheckAnswers(PickOne):
    """Everything answered so far, to be sent off or changed; drawn as a card.

    only: the keys of what stands on a card that is about something apart, beside the answers that are apart.
    """

    key: str = "check"
    shown: bool = False
    options: tuple[str, ...] = (SUBMIT, CHANGE)
    only: tuple[str, ...] = ()

    def covers(self, question: Question) -> bool:
        """Whether that answer is to be checked here."""
        return question.apart or question.key in self.only if self.only else not question.apart


def typed_place(said: str) -> int | None:
    """The number when nothing else was typed: channels without buttons number the choices from 1."""
    found = re.fullmatch(r"[(]?([1-9][0-9]?)[)]?番?目?", without_politeness(bare(tidy(said))))
    return int(found[1]) if found else None


def else_choice(
    said: str,
    choices: Sequence[Choice],
    unread: Unreadable,
    *,
    synonyms: Mapping[str, Sequence[str]] | None = None,
    exact: bool = True,
) -> str:
    """One of the question's own ways out, when what was said is not of its kind; else why it was not."""
    place = typed_place(said)
    if place and place <= len(choices):
        return choices[place - 1].value
    try:
        return read_choice(said, [(choice.value, choice.label) for choice in choices], synonyms, exact=exact)
    except Unreadable:
        raise unread from None


def _one_of(stored: Any, options: Sequence[str]) -> str:
    if stored not in options:
        raise Unreadable("choice_unknown", count=len(options))
    return str(stored)
