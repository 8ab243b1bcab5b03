"""How one property of a LINE object is checked: the kinds of field, and lengths as LINE counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import regex  # type: ignore[import-untyped]  # ships no types

GRAPHEME = regex.compile(r"\X")

Counter = Callable[[str], int]


@dataclass(frozen=True)
class Problem:
    """One entry of the `details` of LINE's error answer."""

    message: str
    property: str


Problems = Iterator[Problem]


def utf16_units(text: str) -> int:
    """Length of message text: an emoji outside the basic plane is 2 (messaging-api/text-character-count)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Length of labels, titles and other short texts: what people see as one character is 1."""
    return len(text) if text.isascii() else len(GRAPHEME.findall(text))


def not_empty(path: str) -> Problem:
    """A required property is missing or empty."""
    return Problem("May not be empty", path)


def too_long(path: str, high: int) -> Problem:
    """A text is longer than it may be."""
    return Problem(f"Length must be between 0 and {high}", path)


def wrong_size(path: str, low: int, high: int) -> Problem:
    """A list has too few or too many entries."""
    return Problem(f"Size must be between {low} and {high}", path)


def wrong_type(path: str) -> Problem:
    """A value has another JSON type than it must."""
    return Problem("The property is of the wrong type", path)


@dataclass(frozen=True)
class Text:
    """A text of at most `high` as counted."""

    high: int
    required: bool = False
    count: Counter = graphemes

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if not isinstance(value, str):
            yield wrong_type(path)
        elif not value and self.required:
            yield not_empty(path)
        elif self.count(value) > self.high:
            yield too_long(path, self.high)


@dataclass(frozen=True)
class Url:
    """A URL of at most `high` characters with one of these schemes."""

    high: int = 2000
    required: bool = False
    schemes: tuple[str, ...] = ("https",)

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if not isinstance(value, str):
            yield wrong_type(path)
        elif not value:
            yield not_empty(path)
        elif len(value) > self.high:
            yield too_long(path, self.high)
        elif not _is_url(value, self.schemes):
            yield Problem("invalid uri scheme", path)


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    has_rest = bool(parts.netloc) if parts.scheme in {"http", "https"} else len(value) > len(parts.scheme) + 1
    return parts.scheme in schemes and has_rest and not any(char.isspace() for char in value)


@dataclass(frozen=True)
class Number:
    """A number within these bounds, both allowed."""

    low: float
    high: float
    required: bool = False

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield wrong_type(path)
        elif not self.low <= value <= self.high:
            yield Problem(f"must be between {self.low} and {self.high}", path)


@dataclass(frozen=True)
class OneOf:
    """One of these texts."""

    allowed: tuple[str, ...]
    required: bool = False

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if value not in self.allowed:
            yield Problem(f"must be one of the following values: [{', '.join(self.allowed)}]", path)


@dataclass(frozen=True)
class Flag:
    """true or false."""

    required: bool = False

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if not isinstance(value, bool):
            yield wrong_type(path)


@dataclass(frozen=True)
class Items:
    """A list of `low` to `high` entries."""

    low: int
    high: int
    required: bool = True

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if not isinstance(value, list):
            yield wrong_type(path)
        elif not self.low <= len(value) <= self.high:
            yield wrong_size(path, self.low, self.high)


@dataclass(frozen=True)
class Nested:
    """An object; what is in it is checked elsewhere."""

    required: bool = True

    def check(self, value: object, path: str) -> Problems:
        """What is wrong with a value that is there."""
        if not isinstance(value, dict):
            yield wrong_type(path)


Field = Text | Url | Number | OneOf | Flag | Items | Nested
Fields = Mapping[str, Field]


def check_fields(fields: Fields, value: Mapping[str, Any], path: str) -> Problems:
    """What is wrong with the properties that the table names; others pass, for LINE adds properties without notice."""
    for name, field in fields.items():
        found = value.get(name)
        if found is None:
            if field.required:
                yield not_empty(f"{path}.{name}")
        else:
            yield from field.check(found, f"{path}.{name}")


def objects(value: object, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The entries of a list that are objects, each with its path; others are no concern of the caller's."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                yield entry, f"{path}[{index}]"


def unknown_type(value: Mapping[str, Any], known: Mapping[str, object], path: str) -> Problem | None:
    """The problem with an object whose `type` is missing or unknown."""
    if isinstance(value.get("type"), str) and value["type"] in known:
        return None
    return Problem(f"must be one of the following values: [{', '.join(known)}]", f"{path}.type")
