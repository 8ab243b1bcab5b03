"""The kinds of question that ask which application is meant: numbers from papers that only its person has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.message import Choice
from dialogs.questions import LOST, Question, else_choice
from dialogs.reading import Unreadable
from dialogs.reading.numbers import read_last_four, read_receipt_number
from dialogs.rules.claim import is_receipt_no, show_receipt_no
from dialogs.words import Words


@dataclass(frozen=True, kw_only=True)
class ReceiptNumber(Question):
    """受付番号; stored as ten digits."""

    shown: bool = False

    def read(self, said: str, *, today: date, words: Words) -> str:
        return read_receipt_number(said, is_one=is_receipt_no)

    def value(self, stored: Any) -> str:
        return read_receipt_number(str(stored), is_one=is_receipt_no)

    def show(self, stored: Any, words: Words) -> str:
        return show_receipt_no(stored)

    def input_mode(self) -> str:
        return "numeric"


@dataclass(frozen=True, kw_only=True)
class LastFour(Question):
    """The last four characters of a receipt number or an inquiry number, or LOST; a whole number is taken too."""

    shown: bool = False

    def read(self, said: str, *, today: date, words: Words) -> str:
        try:
            return read_last_four(said)
        except Unreadable as unread:
            return else_choice(said, self.choices(words), unread)

    def value(self, stored: Any) -> str:
        return LOST if stored == LOST else read_last_four(str(stored))

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return (Choice(LOST, words.say("button.number_lost")),)
