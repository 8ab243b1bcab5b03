"""Every limit of message objects: the longest that LINE takes passes, one more is refused, with LINE's words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.emulator.line_fields import graphemes, utf16_units
from integrations.emulator.line_rules import check_messages
from tests.integrations.emulator.drawn_limits import DRAWN_LIMITS
from tests.integrations.emulator.messages import (
    BODY,
    FAMILY,
    QUICK,
    Message,
    bubble,
    flex,
    quick,
    size,
    template,
    text,
)
from tests.integrations.emulator.talk_limits import TALK_LIMITS

LIMITS = TALK_LIMITS | DRAWN_LIMITS

COUNTS: dict[str, tuple[list[Message], str]] = {
    "no message": ([], size(1, 5)),
    "six messages": ([text()] * 6, size(1, 5)),
}

UNKNOWN: dict[str, tuple[Message, str]] = {
    "message type": ({"type": "poem"}, "messages[0].type"),
    "no message type": ({"text": "x"}, "messages[0].type"),
    "action type": (quick({"type": "dance", "label": "a"}), f"{QUICK}.type"),
    "template type": (template("form"), "messages[0].template.type"),
    "flex container": (flex({"type": "box"}), "messages[0].contents.type"),
    "flex component": (flex(bubble({"type": "slider"})), f"{BODY}.contents[0].type"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_most_that_line_takes_passes(name: str) -> None:
    assert [] == check_messages([LIMITS[name][0]])


@pytest.mark.parametrize("name", LIMITS)
def test_one_more_is_refused_with_the_property_that_is_wrong(name: str) -> None:
    _, over, place, said = LIMITS[name]
    assert [(place, said)] == [(found.property, found.message) for found in check_messages([over])]


@pytest.mark.parametrize("name", COUNTS)
def test_a_request_carries_one_to_five_messages(name: str) -> None:
    messages, said = COUNTS[name]
    assert [("messages", said)] == [(found.property, found.message) for found in check_messages(messages)]


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_types_are_refused(name: str) -> None:
    message, place = UNKNOWN[name]
    assert [place] == [found.property for found in check_messages([message])]


@pytest.mark.parametrize(
    ("counted", "shown", "expected"),
    [
        (utf16_units, "🍎", 2),
        (utf16_units, "髙", 1),
        (graphemes, FAMILY, 1),
        (graphemes, "か\u3099", 1),
        (graphemes, "🇯🇵", 1),
        (utf16_units, FAMILY, 11),
    ],
)
def test_texts_are_counted_as_line_counts_them(counted: Callable[[str], int], shown: str, expected: int) -> None:
    assert expected == counted(shown)
