"""Action objects of the Messaging API: their properties and how long those may be (reference: Action objects)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.emulator.line_fields import (
    Fields,
    OneOf,
    Problem,
    Problems,
    Text,
    Url,
    check_fields,
    not_empty,
    unknown_type,
    wrong_type,
)

URI_SCHEMES = ("http", "https", "line", "tel")

ACTIONS: dict[str, Fields] = {
    "postback": {
        "data": Text(300, required=True),
        "displayText": Text(300),
        "text": Text(300),
        "inputOption": OneOf(("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")),
        "fillInText": Text(300),
    },
    "message": {"text": Text(300, required=True)},
    "uri": {"uri": Url(1000, required=True, schemes=URI_SCHEMES)},
    "datetimepicker": {
        "data": Text(300, required=True),
        "mode": OneOf(("date", "time", "datetime"), required=True),
        "initial": Text(20),
        "max": Text(20),
        "min": Text(20),
    },
    "clipboard": {"clipboardText": Text(1000, required=True)},
    "camera": {},
    "cameraRoll": {},
    "location": {},
}


@dataclass(frozen=True)
class Place:
    """Where an action stands decides what its label may be, and which actions there are."""

    label: int
    label_required: bool
    phone_only: bool = False


QUICK_REPLY = Place(20, label_required=True, phone_only=True)
TEMPLATE = Place(20, label_required=True)
IMAGE_CAROUSEL = Place(12, label_required=False)
TEMPLATE_DEFAULT = Place(20, label_required=False)
FLEX_BUTTON = Place(40, label_required=True)
FLEX_AREA = Place(40, label_required=False)

PHONE_ONLY = frozenset({"camera", "cameraRoll", "location"})

PICKER_FORMS = {
    "date": re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"),
    "time": re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d"),
    "datetime": re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d"),
}
PICKER_RANGE = {
    "date": ("1900-01-01", "2100-12-31"),
    "time": ("00:00", "23:59"),
    "datetime": ("1900-01-01t00:00", "2100-12-31t23:59"),
}


def check_action(action: object, path: str, place: Place) -> Problems:
    """What is wrong with an action that stands in this place."""
    if not isinstance(action, dict):
        yield not_empty(path) if action is None else wrong_type(path)
        return
    if problem := unknown_type(action, ACTIONS, path):
        yield problem
        return
    kind = action["type"]
    if kind in PHONE_ONLY and not place.phone_only:
        yield Problem("This action can only be used in a quick reply", f"{path}.type")
    yield from _check_label(action, path, place)
    yield from check_fields(ACTIONS[kind], action, path)
    if kind == "postback":
        yield from _check_postback(action, path)
    if kind == "datetimepicker":
        yield from _check_picker(action, path)


def _check_label(action: Mapping[str, Any], path: str, place: Place) -> Problems:
    yield from check_fields({"label": Text(place.label, required=place.label_required)}, action, path)


def _check_postback(action: Mapping[str, Any], path: str) -> Problems:
    if action.get("fillInText") is not None and action.get("inputOption") != "openKeyboard":
        yield Problem("fillInText can only be used when inputOption is openKeyboard", f"{path}.fillInText")
    if action.get("text") is not None and action.get("displayText") is not None:
        yield Problem("text and displayText cannot be used together", f"{path}.text")


def _check_picker(action: Mapping[str, Any], path: str) -> Problems:
    mode = action.get("mode")
    if mode not in PICKER_FORMS:
        return
    low, high = PICKER_RANGE[mode]
    values: dict[str, str] = {}
    for name in ("initial", "min", "max"):
        value = action.get(name)
        if not isinstance(value, str):
            continue
        if not PICKER_FORMS[mode].fullmatch(value) or not low <= value.lower() <= high:
            yield Problem("invalid date or time, or out of range", f"{path}.{name}")
        else:
            values[name] = value.lower()
    if "min" in values and "max" in values and values["min"] >= values["max"]:
        yield Problem("min must be less than max", f"{path}.min")
    initial = values.get("initial")
    if initial is not None and not values.get("min", low) <= initial <= values.get("max", high):
        yield Problem("initial must be between min and max", f"{path}.initial")
