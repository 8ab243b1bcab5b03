"""The way through the console: pages that belong together stand under a heading, and no heading stands alone."""

from __future__ import annotations

import re

import pytest

from bot.console.navigation import GROUPS
from tests.bot.console.desk import at_work, hire
from tests.bot.web.counter import Counter

LIST = re.compile(r'<ul aria-labelledby="nav-(\w+)">(.*?)</ul>', re.DOTALL)
THEIRS = {
    "agent": ["people", "money", "sending"],
    "supervisor": ["people", "money", "sending", "figures", "office"],
    "finance": ["people", "money"],
    "admin": ["people", "money", "sending", "figures", "office"],
}


@pytest.mark.parametrize("role", THEIRS)
def test_a_role_finds_its_pages_under_headings_and_no_heading_without_pages(counter: Counter, role: str) -> None:
    text = at_work(counter, hire(counter.parts, role, role)).get("/console").text

    lists = dict(LIST.findall(text))

    assert THEIRS[role] == list(lists)
    assert all("<a " in links for links in lists.values())
    assert list(lists) == re.findall(r'<p class="group" id="nav-(\w+)">[^<]', text)


def test_a_page_stands_once_in_the_navigation() -> None:
    keys = [entry.key for group in GROUPS for entry in group.entries]
    assert sorted(set(keys)) == sorted(keys)
