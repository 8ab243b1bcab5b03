"""The kinds of question that only a refund asks: who holds which account where. Never in a chat that others keep."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.message import Choice
from dialogs.questions import PickOne, Question, else_choice
from dialogs.reading import Unreadable
from dialogs.reading.bank import read_japan_post, read_japan_post_number
from dialogs.reading.holder import holder_kana
from dialogs.words import Words

FIX = "fix"
AS_NAME = "as_name"


def asks_for_refund(keys: Iterable[str]) -> bool:
    """Whether a walk that came by these keys asks for money, and so for an account."""
    return "refund.consent" in keys


def shown_holder(holder: str) -> str:
    """A holder's name in the kana that people read."""
    return unicodedata.normalize("NFKC", holder)


@dataclass(frozen=True, kw_only=True)
class Written(Question):
    """Something in the person's own words; the reader gives the text that is stored, and takes that text again."""

    reader: Callable[[str], str]
    private: bool = True

    def read(self, said: str, *, today: date, words: Words) -> str:
        return self.reader(said)

    def value(self, stored: Any) -> str:
        return self.reader(_text(stored))


@dataclass(frozen=True, kw_only=True)
class PostalCode(Written):
    """Seven digits, shown as 320-0033."""

    def show(self, stored: Any, words: Words) -> str:
        return f"{stored[:3]}-{stored[3:]}"


@dataclass(frozen=True, kw_only=True)
class Found(PickOne):
    """One of the banks or branches that a search found, by its code, or FIX to search again.

    names: by code; "" for a code that is in no table and may still be right. more: others were found beside these.
    """

    names: Mapping[str, str]
    more: bool = False
    private: bool = True

    @property
    def hint(self) -> str:
        return super().hint if self.more else ""

    def _label(self, option: str, words: Words) -> str:
        if option == FIX:
            return super()._label(option, words)
        name = self.names[option]
        return f"{name}（{option}）" if name else words.say(f"option.{self.wording}.unlisted", code=option)


@dataclass(frozen=True, kw_only=True)
class JapanPostNumber(Question):
    """The 番号 beside a 記号, which has to fit it; shown with the account that both stand for."""

    symbol: str
    private: bool = True

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_japan_post_number(self.symbol, said)

    def value(self, stored: Any) -> str:
        return read_japan_post_number(self.symbol, _text(stored))

    def show(self, stored: Any, words: Words) -> str:
        account = read_japan_post(self.symbol, stored)
        return words.say("japan_post_as", said=stored, branch=account.branch, number=account.number)


@dataclass(frozen=True, kw_only=True)
class Holder(Question):
    """口座名義 as the banks write it; made from the reading of the name, which is offered to be tapped."""

    name_kana: str
    private: bool = True

    def read(self, said: str, *, today: date, words: Words) -> str:
        try:
            return holder_kana(said)
        except Unreadable as unread:
            else_choice(said, self.choices(words), unread)
            return holder_kana(self.name_kana)

    def value(self, stored: Any) -> str:
        return holder_kana(_text(stored))

    def show(self, stored: Any, words: Words) -> str:
        return shown_holder(stored)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        made = self.show(holder_kana(self.name_kana), words)
        return (Choice(AS_NAME, words.say("button.holder_as_name", holder=made)),)


def _text(stored: Any) -> str:
    """What is stored, if it is text at all; raises Unreadable."""
    if not isinstance(stored, str):
        raise Unreadable("empty")
    return stored
