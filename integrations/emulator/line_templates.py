"""Template messages: buttons, confirm, carousel, image carousel (reference: Template messages)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.emulator.line_actions import IMAGE_CAROUSEL, TEMPLATE, TEMPLATE_DEFAULT, check_action
from integrations.emulator.line_fields import (
    Fields,
    Items,
    OneOf,
    Problem,
    Problems,
    Text,
    Url,
    check_fields,
    objects,
    unknown_type,
)

RATIOS = OneOf(("rectangle", "square"))
SIZES = OneOf(("cover", "contain"))

TEMPLATES: dict[str, Fields] = {
    "buttons": {
        "thumbnailImageUrl": Url(),
        "imageAspectRatio": RATIOS,
        "imageSize": SIZES,
        "title": Text(40),
        "actions": Items(1, 4),
    },
    "confirm": {"text": Text(240, required=True), "actions": Items(2, 2)},
    "carousel": {"columns": Items(1, 10), "imageAspectRatio": RATIOS, "imageSize": SIZES},
    "image_carousel": {"columns": Items(1, 10)},
}
CAROUSEL_COLUMN: Fields = {"thumbnailImageUrl": Url(), "title": Text(40), "actions": Items(1, 3)}
IMAGE_COLUMN: Fields = {"imageUrl": Url(required=True)}

LONG_BUTTONS_TEXT = 160
LONG_COLUMN_TEXT = 120
TEXT_BESIDE_IMAGE = 60


def check_template(template: Mapping[str, Any], path: str) -> Problems:
    """What is wrong with the template of a template message."""
    if problem := unknown_type(template, TEMPLATES, path):
        yield problem
        return
    kind = template["type"]
    yield from check_fields(TEMPLATES[kind], template, path)
    yield from INSIDES[kind](template, path)


def _check_buttons(template: Mapping[str, Any], path: str) -> Problems:
    yield from _check_text(template, path, LONG_BUTTONS_TEXT)
    yield from _check_actions(template, path)


def _check_confirm(template: Mapping[str, Any], path: str) -> Problems:
    yield from _check_actions(template, path)


def _check_carousel(template: Mapping[str, Any], path: str) -> Problems:
    columns = list(objects(template.get("columns"), f"{path}.columns"))
    for column, where in columns:
        yield from check_fields(CAROUSEL_COLUMN, column, where)
        yield from _check_text(column, where, LONG_COLUMN_TEXT)
        yield from _check_actions(column, where)
    shapes = {_shape(column) for column, _ in columns}
    if len(shapes) > 1:
        yield Problem("All columns must be alike in actions, images and titles", f"{path}.columns")


def _check_image_carousel(template: Mapping[str, Any], path: str) -> Problems:
    for column, where in objects(template.get("columns"), f"{path}.columns"):
        yield from check_fields(IMAGE_COLUMN, column, where)
        yield from check_action(column.get("action"), f"{where}.action", IMAGE_CAROUSEL)


INSIDES: dict[str, Callable[[Mapping[str, Any], str], Problems]] = {
    "buttons": _check_buttons,
    "confirm": _check_confirm,
    "carousel": _check_carousel,
    "image_carousel": _check_image_carousel,
}


def _check_text(value: Mapping[str, Any], path: str, longest: int) -> Problems:
    crowded = value.get("title") or value.get("thumbnailImageUrl")
    yield from check_fields({"text": Text(TEXT_BESIDE_IMAGE if crowded else longest, required=True)}, value, path)


def _check_actions(value: Mapping[str, Any], path: str) -> Problems:
    actions = value.get("actions")
    for index, action in enumerate(actions if isinstance(actions, list) else ()):
        yield from check_action(action, f"{path}.actions[{index}]", TEMPLATE)
    if value.get("defaultAction") is not None:
        yield from check_action(value["defaultAction"], f"{path}.defaultAction", TEMPLATE_DEFAULT)


def _shape(column: Mapping[str, Any]) -> tuple[int, bool, bool]:
    actions = column.get("actions")
    count = len(actions) if isinstance(actions, list) else 0
    return count, bool(column.get("title")), bool(column.get("thumbnailImageUrl"))
