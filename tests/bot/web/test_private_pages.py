"""The private part of a conversation, on our own page."""

from __future__ import annotations

from dialogs.words import words
from tests.bot.web.counter import LATER_PAGES, Browser, Counter

JA = words("ja")


def test_the_whole_private_part_ends_with_the_way_back_to_the_chat(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES)
    assert JA.say("page.heading.code.said") == inside.heading
    inside.answer(counter.code())
    assert JA.say("page.more.done_title") == inside.heading
