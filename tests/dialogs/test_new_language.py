"""A language is one file: put there, it can be chosen; half done, it speaks Japanese where it has no words yet."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.local import checkup
from bot.web.drawing import other_languages
from dialogs import words as speaking
from dialogs.explore import explore
from dialogs.words import languages, words
from tests.dialogs.player import CAMPAIGN, Talk

HALF = """
language_name = "Esperanto"
language_changed = "Ni daŭrigas en Esperanto."

[ask]
prefecture = "Por kiu prefekturo estas la {coupon}?"
"""
CACHES = (speaking.words, speaking.languages, speaking.language_name, speaking._load)


def forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Adds a file to the folder of texts, of which this is a copy."""
    folder = tmp_path / "texts"
    shutil.copytree(speaking.TEXTS, folder)
    monkeypatch.setattr(speaking, "TEXTS", folder)

    def write(content: str) -> None:
        (folder / "xx.toml").write_text(content, "utf-8")
        forget()

    yield write
    monkeypatch.undo()
    forget()


def test_it_can_be_chosen_by_its_own_name_and_falls_back_sentence_by_sentence(add: Callable[[str], None]) -> None:
    add(HALF)
    talk = Talk().play(["こんにちは", "1"])
    assert "xx" in languages()
    assert ("xx", "Esperanto") in other_languages(words("ja"))
    heard = talk.do("esperanto")
    assert ("xx", True) == (talk.state.language, heard.startswith("Ni daŭrigas en Esperanto.\nPor kiu prefekturo"))
    assert "有効期限はいつですか" in talk.do("栃木県")


def test_as_the_first_word_it_is_heard_too(add: Callable[[str], None]) -> None:
    add(HALF)
    talk = Talk()
    talk.do("Esperanto")
    assert "xx" == talk.state.language


def test_the_check_names_every_sentence_that_falls_back(add: Callable[[str], None]) -> None:
    add(HALF)
    found = {finding.name: finding for finding in checkup._languages()}
    told = found["Language xx"].mend.splitlines()
    assert "complete" == found["Language en"].says
    assert [True] == [
        "kind" in line and "prefecture" not in line.split(", ") for line in told if line.startswith("[ask] ")
    ]


def test_it_is_complete_to_explore_only_when_it_is(add: Callable[[str], None]) -> None:
    add(HALF)
    lacking = explore(CAMPAIGN, unusual=0).problems
    assert "xx: lacks ask.kind" in lacking
    assert "xx: lacks ask.prefecture" not in lacking
    add((speaking.TEXTS / "en.toml").read_text("utf-8").replace('"English"', '"Esperanto"', 1))
    assert [] == explore(CAMPAIGN, unusual=0).problems
