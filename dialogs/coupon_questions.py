"""The kinds of question about a coupon: whose prefecture, what is left on it, and the number that it bears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.message import Choice
from dialogs.questions import LOST, NOT_KNOWN, Question, else_choice, one_of, typed_place
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_inquiry_number, read_yen
from dialogs.reading.prefectures import BY_CODE, prefecture_name, read_prefecture
from dialogs.reading.text import listed
from dialogs.words import Words, Yen

WITHOUT = "without"

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
        return one_of(stored, tuple(BY_CODE))

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
