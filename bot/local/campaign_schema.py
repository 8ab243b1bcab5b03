"""The JSON Schema of a campaign file, made from the dataclasses that read it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from inspect import getdoc
from typing import Any, Union, get_args, get_origin, get_type_hints

from dialogs.rules.campaign import Campaign

_SCALARS: Mapping[type, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    datetime: {"type": "string", "format": "date-time", "pattern": r"\+09:00$"},
    date: {"type": "string", "format": "date"},
    time: {"type": "string", "format": "time"},
}
_TEXTS = {
    "type": "object",
    "description": "One text for each language (or, for look_alikes, for each sign; for senders, for each channel).",
    "additionalProperties": {"type": "string", "minLength": 1},
    "minProperties": 1,
}


def campaign_schema() -> dict[str, Any]:
    """JSON Schema 2020-12; TOML's dates and times stand as their text, as editors that check TOML do it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A campaign of Madoguchi",
        **_table(Campaign),
    }


def _table(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    known = fields(kind)
    return {
        "type": "object",
        "description": " ".join((getdoc(kind) or "").split()),
        "properties": {field.name: _value(hints[field.name]) for field in known},
        "required": [field.name for field in known if _is_required(field)],
        "additionalProperties": False,
    }


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(kind: Any) -> dict[str, Any]:
    if is_dataclass(kind) and isinstance(kind, type):
        return _table(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _value(next(arg for arg in args if arg is not type(None)))
    if origin is tuple:
        return {"type": "array", "items": _value(args[0])}
    return dict(_TEXTS if origin is Mapping else _SCALARS[kind])
