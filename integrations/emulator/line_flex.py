"""Flex messages: bubbles, carousels and what stands in them (reference: Flex Message)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from integrations.emulator.line_actions import FLEX_AREA, FLEX_BUTTON, check_action
from integrations.emulator.line_fields import (
    Fields,
    Items,
    Nested,
    OneOf,
    Problem,
    Problems,
    Text,
    Url,
    check_fields,
    not_empty,
    objects,
    unknown_type,
    wrong_type,
)

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
CAROUSEL_BUBBLES = 12
ANY_LENGTH = 100_000

CONTAINERS: dict[str, Fields] = {
    "bubble": {
        "size": OneOf(("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")),
        "direction": OneOf(("ltr", "rtl")),
    },
    "carousel": {"contents": Items(1, CAROUSEL_BUBBLES)},
}
COMPONENTS: dict[str, Fields] = {
    "box": {"layout": OneOf(("horizontal", "vertical", "baseline"), required=True), "contents": Items(0, 1000)},
    "button": {"action": Nested(), "style": OneOf(("primary", "secondary", "link")), "height": OneOf(("sm", "md"))},
    "image": {"url": Url(required=True)},
    "video": {"url": Url(required=True), "previewUrl": Url(required=True)},
    "icon": {"url": Url(required=True)},
    "text": {"text": Text(ANY_LENGTH), "align": OneOf(("start", "end", "center"))},
    "span": {"text": Text(ANY_LENGTH, required=True)},
    "separator": {},
    "filler": {},
    "spacer": {},
}
BLOCKS = {"header": ("box",), "hero": ("box", "image", "video"), "body": ("box",), "footer": ("box",)}


def check_flex(contents: Mapping[str, Any], path: str) -> Problems:
    """What is wrong with the contents of a Flex message."""
    if problem := unknown_type(contents, CONTAINERS, path):
        yield problem
        return
    yield from check_fields(CONTAINERS[contents["type"]], contents, path)
    if contents["type"] == "bubble":
        yield from _check_bubble(contents, path)
        return
    yield from _check_bytes(contents, path, CAROUSEL_BYTES)
    for bubble, where in objects(contents.get("contents"), f"{path}.contents"):
        if bubble.get("type") == "bubble":
            yield from check_fields(CONTAINERS["bubble"], bubble, where)
            yield from _check_bubble(bubble, where)
        else:
            yield Problem("must be one of the following values: [bubble]", f"{where}.type")


def _check_bubble(bubble: Mapping[str, Any], path: str) -> Problems:
    yield from _check_bytes(bubble, path, BUBBLE_BYTES)
    if bubble.get("action") is not None:
        yield from check_action(bubble["action"], f"{path}.action", FLEX_AREA)
    present = [name for name in BLOCKS if bubble.get(name) is not None]
    if not present:
        yield Problem("At least one block must be specified", path)
    for name in present:
        block, where = bubble[name], f"{path}.{name}"
        if not isinstance(block, dict):
            yield wrong_type(where)
        elif block.get("type") not in BLOCKS[name]:
            yield Problem(f"must be one of the following values: [{', '.join(BLOCKS[name])}]", f"{where}.type")
        else:
            yield from _check_component(block, where)


def _check_component(component: Mapping[str, Any], path: str) -> Problems:
    if problem := unknown_type(component, COMPONENTS, path):
        yield problem
        return
    kind = component["type"]
    yield from check_fields(COMPONENTS[kind], component, path)
    if kind == "text" and not component.get("text") and not component.get("contents"):
        yield not_empty(f"{path}.text")
    if component.get("action") is not None:
        yield from check_action(component["action"], f"{path}.action", FLEX_BUTTON if kind == "button" else FLEX_AREA)
    for child, where in objects(component.get("contents"), f"{path}.contents"):
        yield from _check_component(child, where)


def _check_bytes(value: Mapping[str, Any], path: str, most: int) -> Problems:
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > most:
        yield Problem(f"The JSON data must be at most {most // 1024} KB", path)
