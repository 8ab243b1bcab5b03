"""What LINE takes at most, counted as LINE counts it (Messaging API reference; "Character counting in a text")."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import regex  # type: ignore[import-untyped]  # ships no types
from linebot.v3.messaging import Message  # type: ignore[import-untyped]  # the SDK ships no types

from dialogs.message import Outbound

MESSAGES = 5  # message objects of one request
BUTTONS = 6  # our own: more buttons than these push the question off a small screen; then they are quick replies
TEXT_UNITS = 5000
ALT_TEXT_UNITS = 1500
QUICK_REPLIES = 13
QUICK_REPLY_LABEL = 20
FLEX_BUTTON_LABEL = 40
DISPLAY_TEXT = 300
POSTBACK_DATA = 300
URI = 1000
BUBBLE_BYTES = 30_000
URI_SCHEMES = frozenset({"http", "https", "line", "tel"})
PICKER_FIRST, PICKER_LAST = "1900-01-01", "2100-12-31"

_GRAPHEME = regex.compile(r"\X")
_ACTIONS = frozenset({"postback", "datetimepicker", "uri", "message"})
_LABEL_LIMITS = {"action": QUICK_REPLY_LABEL, "button": FLEX_BUTTON_LABEL}  # by the type of what holds the action

Plain = Mapping[str, Any]


def utf16_units(text: str) -> int:
    """How LINE counts the text of a message: code units of UTF-16, so that an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """How LINE counts labels and the like: what a reader takes for one character."""
    return len(_GRAPHEME.findall(text))


def cut_graphemes(text: str, limit: int) -> str:
    """The text, its end replaced by … when it has more than limit graphemes."""
    if len(text) <= limit:
        return text
    found = _GRAPHEME.findall(text)
    return text if len(found) <= limit else "".join(found[: limit - 1]) + "…"


def cut_units(text: str, limit: int) -> str:
    """The text, its end replaced by … when it has more than limit UTF-16 units; no grapheme is torn."""
    if utf16_units(text) <= limit:
        return text
    return _head(text, limit - 1) + "…"


def split_units(text: str, limit: int = TEXT_UNITS) -> list[str]:
    """The text in pieces of at most limit UTF-16 units, broken at a line's end where there is one."""
    pieces = []
    while utf16_units(text) > limit:
        head = _head(text, limit)
        head = head[: head.rfind("\n") + 1].rstrip("\n") or head
        pieces.append(head)
        text = text[len(head) :].lstrip("\n")
    return [*pieces, text] if text else pieces


def _head(text: str, limit: int) -> str:
    taken, units = [], 0
    for found in _GRAPHEME.findall(text):
        units += utf16_units(found)
        if units > limit:
            break
        taken.append(found)
    return "".join(taken) or text[:1]


def check(message: Message) -> list[str]:
    """What LINE would refuse in this message object, one sentence each; empty when it would take it."""
    plain = message.to_dict()
    return [*_check_body(plain), *_check_quick_reply(plain), *_check_actions(plain)]


def losses(outbound: Outbound) -> list[str]:
    """What drawing must cut, split or say otherwise because LINE has no room for it, one sentence each."""
    picker, link = outbound.date_picker, outbound.link
    most = FLEX_BUTTON_LABEL if len(outbound.choices) <= BUTTONS else QUICK_REPLY_LABEL
    pieces = [
        *_over("text in UTF-16 units", utf16_units(outbound.text), TEXT_UNITS),
        *_over("choices", len(outbound.choices), QUICK_REPLIES),
        *(found for each in outbound.choices for found in _over("label", graphemes(each.label), most)),
    ]
    for each in outbound.choices:
        pieces += _over("ask_id and value", len(f"{outbound.ask_id}|{each.value}"), POSTBACK_DATA)
    if picker:
        pieces += _over("date picker's label", graphemes(picker.label), FLEX_BUTTON_LABEL)
    if link:
        pieces += _over("link's label", graphemes(link.label), FLEX_BUTTON_LABEL) + _over("link", len(link.url), URI)
    return pieces


def _over(what: str, count: int, limit: int) -> list[str]:
    return [f"{what}: {count} of {limit}"] if count > limit else []


def _check_body(plain: Plain) -> list[str]:
    if plain["type"] == "text":
        return ([] if plain["text"] else ["text: empty"]) + _over("text", utf16_units(plain["text"]), TEXT_UNITS)
    alt_text = plain["altText"]
    # as sent: escaped, where a Japanese character takes six bytes; the reference does not say which bytes are counted
    size = len(json.dumps(plain["contents"]))
    return [
        *([] if alt_text else ["altText: empty"]),
        *_over("altText", utf16_units(alt_text), ALT_TEXT_UNITS),
        *_over("bubble", size, BUBBLE_BYTES),
        *([] if {"body", "footer"} & plain["contents"].keys() else ["bubble: empty"]),
        *(
            "flex text: empty"
            for found in _walk(plain["contents"])
            if found.get("type") == "text" and not found["text"]
        ),
    ]


def _check_quick_reply(plain: Plain) -> list[str]:
    return _over("quick replies", len(plain.get("quickReply", {}).get("items", ())), QUICK_REPLIES)


def _check_actions(plain: Plain) -> list[str]:
    found = []
    for holder in _walk(plain):
        action = holder.get("action")
        if isinstance(action, Mapping) and action.get("type") in _ACTIONS:
            found += _check_label(action, _LABEL_LIMITS.get(holder.get("type", ""))) + _check_action(action)
    return found


def _check_label(action: Plain, limit: int | None) -> list[str]:
    label = action.get("label", "")
    if limit is None:
        return []
    return _over("label", graphemes(label), limit) if label else ["label: missing"]


def _check_action(action: Plain) -> list[str]:
    uri = action.get("uri", "")
    return [
        *_over("data", len(action.get("data", "")), POSTBACK_DATA),
        *_over("displayText", graphemes(action.get("displayText", "")), DISPLAY_TEXT),
        *_over("uri", len(uri), URI),
        *(["uri: scheme"] if uri and urlsplit(uri).scheme not in URI_SCHEMES else []),
        *(_check_picker(action) if action["type"] == "datetimepicker" else []),
    ]


def _check_picker(action: Plain) -> list[str]:
    low, high = action.get("min", PICKER_FIRST), action.get("max", PICKER_LAST)
    inside = PICKER_FIRST <= low < high <= PICKER_LAST and low <= action.get("initial", low) <= high
    return [] if inside else ["date picker: bounds"]


def _walk(plain: object) -> Iterator[Plain]:
    if isinstance(plain, Mapping):
        yield plain
        for value in plain.values():
            yield from _walk(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _walk(value)
