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
from dialogs.reading.choices import read_by_words, read_choice, read_yes_no
from dialogs.reading.dates import read_date
from dialogs.reading.synonyms import spoken_for
from dialogs.reading.text import MASKED, bare, tidy, without_politeness
from dialogs.rules.claim import show_receipt_no
from dialogs.words import Words

LOST = "lost"
SUBMIT = "submit"
CHANGE = "change"

NOT_KNOWN = """
わかりません/分からない/分かりません/知らない/知りません/覚えていない/覚えていません/忘れた/忘れました/不明
i don't know/don't know/not sure
"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to ask. key is unique in a replay; texts are found by `wording`, the key without its numbers.

    revision and about: an answer given under others does not count any more. private: never asked in a chat that
    others keep. shown: stands on *check your answers* and may be changed there; apart: on a card of its own instead.
    facts fill the question's sentence.
    in_words: what follows from it is not taken back easily, so that where no provider tells when something was said
    a bare number or a yes, which may be meant for an earlier question, is no answer to it.
    fleeting: whether it is still to be asked is decided by the time at which the person comes back.
    """

    key: str
    revision: int = 1
    about: str = ""
    private: bool = False
    shown: bool = True
    fleeting: bool = False
    apart: bool = False
    in_words: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wording(self) -> str:
        return re.sub(r"^[a-z_]+/|\[\d+\]", "", self.key)

    @property
    def hint(self) -> str:
        """The key of what is told beside it, if the texts have a sentence there."""
        return f"hint.{self.wording}"

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
        return MASKED if self.private else self.show(stored, words)

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

    def read_in_words(self, said: str, words: Words) -> str:
        """As read(), but nothing that could be meant for another question; raises Unreadable "words_only"."""
        labels = [(choice.value, choice.label) for choice in self.choices(words)]
        return spoken_for(self.wording, said, self.options) or read_by_words(said, labels)

    def read(self, said: str, *, today: date, words: Words) -> str:
        meant = spoken_for(self.wording, said, self.options)
        return meant or read_choice(said, [(choice.value, choice.label) for choice in self.choices(words)])

    def value(self, stored: Any) -> str:
        return one_of(stored, self.options)

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
        return one_of(stored, self.options) == "yes"

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
        or_typed = words.say("date_or_typed")
        return DatePicker(words.say("button.pick_date"), self.likely, self.earliest, self.latest, or_typed)

    def input_mode(self) -> str:
        return "date"


@dataclass(frozen=True, kw_only=True)
class CheckAnswers(PickOne):
    """Everything answered so far, to be sent off or changed; drawn as a card.

    only: the keys of what stands on a card that is about something apart, beside the answers that are apart.
    """

    key: str = "check"
    shown: bool = False
    options: tuple[str, ...] = (SUBMIT, CHANGE)
    in_words: bool = True
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


def one_of(stored: Any, options: Sequence[str]) -> str:
    """The stored choice as today's options have it; raises Unreadable when they have it no more."""
    if stored not in options:
        raise Unreadable("choice_unknown", count=len(options))
    return str(stored)
