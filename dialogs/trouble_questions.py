"""The kinds of question that only a trouble in the outage asks: in the person's own words, each as far as they know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.message import Choice
from dialogs.questions import NOT_KNOWN, Question, else_choice
from dialogs.reading import Unreadable
from dialogs.reading.text import listed
from dialogs.words import Words

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Told(Question):
    """What the reader makes of the person's words, or UNKNOWN; the script gets the words, "" for unknown.

    options: () where it is what all the rest hangs on. most: how long the words may be.
    """

    reader: Callable[[str], str]
    options: tuple[str, ...] = (UNKNOWN,)
    most: int

    def read(self, said: str, *, today: date, words: Words) -> str:
        choices = self.choices(words)
        with suppress(Unreadable):
            return else_choice(said, choices, Unreadable("empty"), synonyms={UNKNOWN: _NOT_KNOWN} if choices else {})
        return self.reader(said)

    def value(self, stored: Any) -> str:
        if not isinstance(stored, str):
            raise Unreadable("empty")
        return "" if stored in self.options else self.reader(stored)

    def show(self, stored: Any, words: Words) -> str:
        return words.say("button.not_known") if stored in self.options else str(stored)

    def choices(self, words: Words) -> tuple[Choice, ...]:
        return tuple(Choice(option, words.say("button.not_known")) for option in self.options)


_NOT_KNOWN: Sequence[str] = listed(NOT_KNOWN)
