"""Every sentence, by language and key, with its facts filled in as that language writes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

TEXTS = Path(__file__).parent / "texts"
FALLBACK = "ja"  # the notice's own language: complete by test
# Where a sentence may read otherwise: under «sms.instead.», «page.instead.» and «phone.instead.», which is a page that
# somebody reads aloud.
DOORS = {"sms": ("sms",), "page": ("page",), "phone": ("phone", "page")}
JST = ZoneInfo("Asia/Tokyo")
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
SHORT = "sms"  # where each character costs, days are written shorter


class MissingText(LookupError):
    """No language has a sentence under this key; names the key."""


@dataclass(frozen=True)
class Yen:
    """An amount of money to be written as the language writes it."""

    amount: int


@dataclass(frozen=True)
class Until:
    """An exclusive end to be written as people say it: the minute before."""

    end: datetime


@dataclass(frozen=True)
class Phrase:
    """Words of the campaign file, by language, with facts of their own to fill in."""

    by_language: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A sentence of the texts that stands within another one, so that each language and door has its own wording."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Months:
    """Whole months, by the first day of each."""

    first_days: tuple[date, ...]


@dataclass(frozen=True)
class Words:
    """The sentences of one language, as a door (or "") says them; those it lacks are taken from Japanese."""

    language: str
    sentences: Mapping[str, str]
    spare: Mapping[str, str]
    door: str = ""

    def has(self, key: str) -> bool:
        return self._found(key) is not None

    def say(self, key: str, **facts: Any) -> str:
        """The sentence with its facts; raises MissingText, or KeyError for a fact that it names and did not get."""
        return self._fill(self.raw(key), facts)

    def raw(self, key: str) -> str:
        """The sentence as it is written, its facts still in braces; raises MissingText."""
        sentence = self._found(key)
        if sentence is None:
            raise MissingText(key)
        return sentence

    def fill(self, sentence: str, **facts: Any) -> str:
        """A sentence that stands elsewhere, with its facts; raises KeyError for one that it did not get."""
        return self._fill(sentence, facts)

    def _found(self, key: str) -> str | None:
        """The language comes before the door: better their own long sentence than a short one in Japanese."""
        keys = (*(f"{door}.instead.{key}" for door in DOORS.get(self.door, ())), key)
        return next((each[name] for each in (self.sentences, self.spare) for name in keys if name in each), None)

    def missing(self) -> list[str]:
        """Keys that fall back to Japanese."""
        return sorted(set(self.spare) - set(self.sentences))

    def write(self, value: Any) -> str:
        """A fact as the language writes it: dates with weekdays, times of Japan, yen with commas."""
        match value:
            case Yen(amount):
                return f"¥{amount:,}" if self.language == "en" else f"{amount:,}円"
            case Until(end):
                last = _minute_before(end)
                # «Until 30 April» says the same, as long as that is the whole day.
                whole_day = self.door == SHORT and (last.hour, last.minute) == (23, 59)
                return self._day(last.date()) if whole_day else self._minute(last)
            case Phrase() | Told() | Months():
                return self._named(value)
            case datetime():
                return self._minute(value.astimezone(JST))
            case date():
                return self._day(value)
            case _:
                return str(value)

    def _fill(self, sentence: str, facts: Mapping[str, Any]) -> str:
        return sentence.format_map(_Written(self, facts)) if "{" in sentence else sentence

    def _named(self, value: Phrase | Told | Months) -> str:
        match value:
            case Phrase(by_language, facts):
                return self._fill(by_language.get(self.language) or by_language[FALLBACK], facts)
            case Told(key, facts):
                return self.say(key, **facts)
            case Months(first_days):
                return self._months(first_days)

    def _day(self, day: date) -> str:
        short = self.door == SHORT
        if self.language == "en":
            month = f"{day:%b %Y}" if short else f"{day:%B %Y}"
            return f"{WEEKDAYS['en'][day.weekday()]} {day.day} {month}"
        written = f"{day.year}/{day.month}/{day.day}" if short else f"{day.year}年{day.month}月{day.day}日"
        return f"{written}({WEEKDAYS['ja'][day.weekday()]})"

    def _months(self, first_days: tuple[date, ...]) -> str:
        if self.language == "en":
            return " and ".join(f"{day:%B}" for day in first_days)
        return "・".join(f"{day.month}月" for day in first_days)

    def _minute(self, at: datetime) -> str:
        return f"{self._day(at.date())} {at:%H:%M}"


def _minute_before(end: datetime) -> datetime:
    return end.astimezone(JST) - timedelta(minutes=1)


class _Written(dict[str, str]):
    """Facts as a language writes them, each only when a sentence names it: one sentence names few of them."""

    def __init__(self, words: Words, facts: Mapping[str, Any]) -> None:
        super().__init__()
        self._words, self._facts = words, facts

    def __missing__(self, name: str) -> str:
        return self._words.write(self._facts[name])


@cache
def words(language: str, door: str = "") -> Words:
    """The words of a language at a door; a language without a file speaks Japanese, any other channel is no door."""
    spare = _load(FALLBACK)
    known = language if language in languages() else FALLBACK
    return Words(known, spare if known == FALLBACK else _load(known), spare, door if door in DOORS else "")


@cache
def languages() -> tuple[str, ...]:
    """Every language that has a file."""
    return tuple(sorted(path.stem for path in TEXTS.glob("*.toml")))


@cache
def language_name(language: str) -> str:
    """What a language calls itself, by its own file; one that does not say it is called by its code."""
    return _load(language).get("language_name", language)


@cache
def _load(language: str) -> Mapping[str, str]:
    return sentences(TEXTS / f"{language}.toml")


def sentences(path: Path) -> dict[str, str]:
    """The sentences of a file, by their keys."""
    return dict(_flat("", tomllib.loads(path.read_text("utf-8"))))


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        found += _flat(f"{key}.", value) if isinstance(value, dict) else [(key, str(value).strip())]
    return found
