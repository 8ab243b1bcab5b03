"""What can be read and tapped in a message, as a phone draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WORDS = ("text", "altText", "title", "label", "displayText")


def words(value: object) -> Iterator[str]:
    """Every text that a message carries, in its own order."""
    if isinstance(value, list):
        for entry in value:
            yield from words(entry)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            if isinstance(entry, str):
                if name in WORDS:
                    yield entry
            else:
                yield from words(entry)


def buttons(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The actions inside a message; its quick replies are not among them."""
    yield from _actions({name: value for name, value in message.items() if name != "quickReply"})


def quick_replies(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The actions below a message, which show only while it is the last one."""
    yield from _actions(message.get("quickReply"))


def _actions(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for entry in value:
            yield from _actions(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            if name in {"action", "defaultAction"} and isinstance(entry, dict):
                yield entry
            elif name == "actions" and isinstance(entry, list):
                yield from (action for action in entry if isinstance(action, dict))
            else:
                yield from _actions(entry)
