"""Message objects of the Messaging API and the limits that LINE's servers enforce (reference: Message objects)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from integrations.emulator.line_actions import QUICK_REPLY, check_action
from integrations.emulator.line_fields import (
    Fields,
    Flag,
    Items,
    Nested,
    Number,
    Problem,
    Problems,
    Text,
    Url,
    check_fields,
    objects,
    unknown_type,
    utf16_units,
    wrong_type,
)
from integrations.emulator.line_flex import check_flex
from integrations.emulator.line_templates import check_template

MESSAGES_PER_REQUEST = Items(1, 5)
MULTICAST_TO = Items(1, 500)
ALT_TEXT = Text(1500, required=True, count=utf16_units)
MESSAGE_TEXT = Text(5000, required=True, count=utf16_units)
ID = Text(100, required=True)

MESSAGES: dict[str, Fields] = {
    "text": {"text": MESSAGE_TEXT, "emojis": Items(0, 20, required=False), "quoteToken": Text(1000)},
    "textV2": {"text": MESSAGE_TEXT, "substitution": Nested(required=False), "quoteToken": Text(1000)},
    "sticker": {"packageId": ID, "stickerId": ID, "quoteToken": Text(1000)},
    "image": {"originalContentUrl": Url(required=True), "previewImageUrl": Url(required=True)},
    "video": {
        "originalContentUrl": Url(required=True),
        "previewImageUrl": Url(required=True),
        "trackingId": Text(100),
    },
    "audio": {"originalContentUrl": Url(required=True), "duration": Number(1, 86_400_000, required=True)},
    "location": {
        "title": Text(100, required=True),
        "address": Text(100, required=True),
        "latitude": Number(-90, 90, required=True),
        "longitude": Number(-180, 180, required=True),
    },
    "imagemap": {
        "baseUrl": Url(required=True),
        "altText": ALT_TEXT,
        "baseSize": Nested(),
        "actions": Items(1, 50),
    },
    "template": {"altText": ALT_TEXT, "template": Nested()},
    "flex": {"altText": ALT_TEXT, "contents": Nested()},
}
COMMON: Fields = {"quickReply": Nested(required=False), "sender": Nested(required=False)}
SENDER: Fields = {"name": Text(20), "iconUrl": Url()}
QUICK_REPLIES: Fields = {"items": Items(1, 13)}
QUICK_REPLY_ITEM: Fields = {"imageUrl": Url()}

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
PLACEHOLDER_KEY = re.compile(r"[0-9A-Za-z_]{1,20}")
SUBSTITUTIONS = 100


def check_messages(messages: object) -> list[Problem]:
    """What is wrong with the `messages` of a request, in the order LINE names it; empty when it may be sent."""
    if messages is None:
        return [Problem("May not be empty", "messages")]
    problems = list(MESSAGES_PER_REQUEST.check(messages, "messages"))
    for index, message in enumerate(messages if isinstance(messages, list) else ()):
        problems += _check_message(message, f"messages[{index}]")
    return problems


def check_request(body: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a sending request apart from its recipient."""
    aside: Fields = {"notificationDisabled": Flag(), "customAggregationUnits": Items(0, 1, required=False)}
    found = [Problem(problem.message, problem.property.removeprefix(".")) for problem in check_fields(aside, body, "")]
    return [*found, *check_messages(body.get("messages"))]


def _check_message(message: object, path: str) -> Problems:
    if not isinstance(message, dict):
        yield wrong_type(path)
        return
    if problem := unknown_type(message, MESSAGES, path):
        yield problem
        return
    kind = message["type"]
    yield from check_fields(MESSAGES[kind], message, path)
    yield from check_fields(COMMON, message, path)
    if kind in INSIDES:
        yield from INSIDES[kind](message, path)
    yield from _check_quick_reply(message, path)
    yield from _check_sender(message, path)


def _check_quick_reply(message: Mapping[str, Any], path: str) -> Problems:
    quick_reply = message.get("quickReply")
    if not isinstance(quick_reply, dict):
        return
    path = f"{path}.quickReply"
    yield from check_fields(QUICK_REPLIES, quick_reply, path)
    for item, where in objects(quick_reply.get("items"), f"{path}.items"):
        yield from check_fields(QUICK_REPLY_ITEM, item, where)
        if item.get("type", "action") != "action":
            yield Problem("must be one of the following values: [action]", f"{where}.type")
        yield from check_action(item.get("action"), f"{where}.action", QUICK_REPLY)


def _check_sender(message: Mapping[str, Any], path: str) -> Problems:
    sender = message.get("sender")
    if not isinstance(sender, dict):
        return
    yield from check_fields(SENDER, sender, f"{path}.sender")
    if str(sender.get("name", "")).strip().upper() == "LINE":
        yield Problem("This name cannot be used", f"{path}.sender.name")


def _check_emojis(message: Mapping[str, Any], path: str) -> Problems:
    text = message.get("text")
    if not isinstance(text, str):
        return
    units = text.encode("utf-16-le", "surrogatepass")
    for emoji, where in objects(message.get("emojis"), f"{path}.emojis"):
        yield from check_fields({"productId": ID, "emojiId": ID}, emoji, where)
        index = emoji.get("index")
        if not isinstance(index, int) or units[index * 2 : index * 2 + 2] != b"$\x00":
            yield Problem("The index does not point at a $ in the text", f"{where}.index")


def _check_placeholders(message: Mapping[str, Any], path: str) -> Problems:
    text, substitution = message.get("text"), message.get("substitution") or {}
    if not isinstance(text, str) or not isinstance(substitution, dict):
        return
    if len(substitution) > SUBSTITUTIONS:
        yield Problem(f"Size must be between 0 and {SUBSTITUTIONS}", f"{path}.substitution")
    for key, value in substitution.items():
        where = f"{path}.substitution.{key}"
        if not PLACEHOLDER_KEY.fullmatch(key):
            yield Problem("A key has 1 to 20 of 0-9, A-Z, a-z and _", where)
        if not isinstance(value, dict) or value.get("type") not in {"mention", "emoji"}:
            yield Problem("must be one of the following values: [mention, emoji]", f"{where}.type")
    for found in PLACEHOLDER.finditer(text):
        if found.group(0) not in {"{{", "}}"} and found.group(1) not in substitution:
            yield Problem("A placeholder has no substitution; write {{ and }} for braces", f"{path}.text")


def _check_flex_message(message: Mapping[str, Any], path: str) -> Problems:
    if isinstance(message.get("contents"), dict):
        yield from check_flex(message["contents"], f"{path}.contents")


def _check_template_message(message: Mapping[str, Any], path: str) -> Problems:
    if isinstance(message.get("template"), dict):
        yield from check_template(message["template"], f"{path}.template")


INSIDES: dict[str, Callable[[Mapping[str, Any], str], Problems]] = {
    "text": _check_emojis,
    "textV2": _check_placeholders,
    "flex": _check_flex_message,
    "template": _check_template_message,
}
