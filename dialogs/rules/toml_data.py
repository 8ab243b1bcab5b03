"""TOML tables into frozen dataclasses: every key known, every value of its type, every complaint with its key."""

import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

JST_OFFSET = timedelta(hours=9)
UNREAD = object()

_SCALARS: Mapping[type, str] = {
    str: 'text in quotes, for example "栃木県"',
    bool: "true or false",
    int: "a whole number, for example 10",
    datetime: "a time with its offset, for example 2023-05-01T00:00:00+09:00",
    date: "a date, for example 2023-02-24",
    time: "a time of day, for example 10:00:00",
}


class CampaignError(Exception):
    """A campaign file says something that cannot be: `key` is the dotted path to it, `reason` what is wrong.

    `others` is what else is wrong with the file, as far as it could be read.
    """

    def __init__(self, key: str, reason: str, others: tuple["CampaignError", ...] = ()) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason
        self.others = others


def refuse(wrong: Iterable[CampaignError]) -> None:
    """Raise the first of what is wrong, with the rest as its `others`; nothing if nothing is."""
    found = tuple(wrong)
    if found:
        raise CampaignError(found[0].key, found[0].reason, found[1:])


class Checked:
    """A part that refuses to be made while something in it is wrong."""

    __slots__ = ()

    def __post_init__(self) -> None:
        refuse(self.wrong())

    def wrong(self) -> Iterator[CampaignError]:
        """What contradicts itself here; nothing unless a part says so."""
        yield from ()


def build(cls: type[T], table: Mapping[str, Any]) -> T:
    """The dataclass that a table describes; keys are the field names, a field with a default may be left out.

    A dataclass that checks itself has a method `wrong` that gives CampaignErrors with their keys as seen from there,
    and refuses them in its `__post_init__`. Raises CampaignError.
    """
    part, wrong = build_part(cls, table)
    refuse(wrong)
    return part


def build_part(cls: type[T], table: Mapping[str, Any]) -> tuple[T, list[CampaignError]]:
    """The dataclass as far as the table describes it, and all that is wrong; what could not be read is not set."""
    hints = get_type_hints(cls)
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]  # T is a dataclass
    found = [CampaignError(key, _unknown(key, list(known))) for key in table if key not in known]
    part = object.__new__(cls)
    for name, field in known.items():
        if name in table:
            value, wrong = _read(hints[name], table[name], name)
            found += wrong
        elif (value := _default(field)) is UNREAD:
            found.append(CampaignError(name, "missing"))
        if value is not UNREAD:
            object.__setattr__(part, name, value)
    return part, found + _contradictions(part)


def _contradictions(part: Any) -> list[CampaignError]:
    """What the dataclass finds wrong with itself; it stops where it needs a value that could not be read."""
    found: list[CampaignError] = []
    with suppress(AttributeError):
        for wrong in getattr(part, "wrong", tuple)():
            found.append(wrong)
    return found


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known here are {', '.join(known)}"


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return UNREAD if field.default is MISSING else field.default


def _read(kind: Any, value: Any, key: str) -> tuple[Any, list[CampaignError]]:
    """The value as its field has it, UNREAD if it is none, and all that is wrong with it."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read(next(arg for arg in args if arg is not type(None)), value, key)
    try:
        if is_dataclass(kind) and isinstance(kind, type):
            return _read_table(kind, value, key)
        if origin is tuple:
            return _read_list(args[0], value, key)
        return (_read_texts(value, key) if origin is Mapping else _read_scalar(kind, value, key)), []
    except CampaignError as wrong:
        return UNREAD, [wrong]


def _read_table(kind: type[Any], value: Any, key: str) -> tuple[Any, list[CampaignError]]:
    if not isinstance(value, dict):
        raise CampaignError(key, f"a table expected, [{key}]")
    part, found = build_part(kind, value)
    return part, [CampaignError(f"{key}.{wrong.key}", wrong.reason) for wrong in found]


def _read_list(kind: Any, value: Any, key: str) -> tuple[Any, list[CampaignError]]:
    if not isinstance(value, list):
        raise CampaignError(key, "a list expected, in [ ]")
    read = [_read(kind, item, f"{key}[{place}]") for place, item in enumerate(value)]
    items = tuple(item for item, _ in read if item is not UNREAD)
    return items, [wrong for _, found in read for wrong in found]


def _read_texts(value: Any, key: str) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) and text for text in value.values()):
        raise CampaignError(key, 'one text for each word expected, for example {ja = "4月上旬以降"}')
    return types.MappingProxyType(dict(value))


def _read_scalar(kind: type[Any], value: Any, key: str) -> Any:
    # type() and not isinstance(): a bool is an int to Python, and a datetime a date
    if type(value) is not kind:
        raise CampaignError(key, f"expected {_SCALARS[kind]}")
    if isinstance(value, datetime) and value.utcoffset() != JST_OFFSET:
        raise CampaignError(key, "the offset +09:00 expected, for example 2023-05-01T00:00:00+09:00")
    return value
