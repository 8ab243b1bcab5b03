"""TOML tables into frozen dataclasses: every key known, every value of its type, every complaint with its key."""

import types
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

JST_OFFSET = timedelta(hours=9)

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

    def within(self, key: str) -> list["CampaignError"]:
        """All that is wrong, with its keys as they are seen from outside the table."""
        return [CampaignError(f"{key}.{wrong.key}", wrong.reason) for wrong in (self, *self.others)]


def refuse(wrong: Iterable[CampaignError]) -> None:
    """Raise the first of what is wrong, with the rest as its `others`; nothing if nothing is."""
    found = tuple(wrong)
    if found:
        raise CampaignError(found[0].key, found[0].reason, found[1:])


def build(cls: type[T], table: Mapping[str, Any]) -> T:
    """The dataclass that a table describes; keys are the field names, a field with a default may be left out.

    A dataclass that checks itself has a method `wrong` that gives CampaignErrors with their keys as seen from there,
    and refuses them in its `__post_init__`. Raises CampaignError.
    """
    hints = get_type_hints(cls)
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]  # T is a dataclass
    found = [CampaignError(key, _unknown(key, list(known))) for key in table if key not in known]
    values: dict[str, Any] = {}
    for name, field in known.items():
        try:
            if name in table:
                values[name] = _read(hints[name], table[name], name)
            elif not _has_default(field):
                found.append(CampaignError(name, "missing"))
        except CampaignError as wrong:
            found += [wrong, *wrong.others]
    refuse(found + _wrong_in_part(cls, values) if found else [])
    return cls(**values)


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known here are {', '.join(known)}"


def _wrong_in_part(cls: type[Any], values: Mapping[str, Any]) -> list[CampaignError]:
    """What the dataclass finds wrong with the values that could be read; it stops where another one is needed."""
    part, found = object.__new__(cls), list[CampaignError]()
    for field in fields(cls):
        if field.name in values or field.default is not MISSING:
            object.__setattr__(part, field.name, values.get(field.name, field.default))
    with suppress(AttributeError):
        for wrong in getattr(part, "wrong", tuple)():
            found.append(wrong)
    return found


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _read(kind: Any, value: Any, key: str) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_table(kind, value, key)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read(next(arg for arg in args if arg is not type(None)), value, key)
    if origin is tuple:
        return _read_list(args[0], value, key)
    if origin is Mapping:
        return _read_texts(value, key)
    return _read_scalar(kind, value, key)


def _read_table(kind: type[Any], value: Any, key: str) -> Any:
    if not isinstance(value, dict):
        raise CampaignError(key, f"a table expected, [{key}]")
    try:
        return build(kind, value)
    except CampaignError as wrong:
        refuse(wrong.within(key))


def _read_list(kind: Any, value: Any, key: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise CampaignError(key, "a list expected, in [ ]")
    read, found = [], []
    for place, item in enumerate(value):
        try:
            read.append(_read(kind, item, f"{key}[{place}]"))
        except CampaignError as wrong:
            found += [wrong, *wrong.others]
    refuse(found)
    return tuple(read)


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
