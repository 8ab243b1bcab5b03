"""What the console says, in every language."""

from __future__ import annotations

import re
from pathlib import Path

from bot.console.drawing import LANGUAGES
from bot.console.rooms import TOLD
from bot.staff_words import TEXTS, staff_words
from bot.store.staff import ROLES
from dialogs.words import sentences

TEMPLATES = Path(TEXTS).parent / "templates" / "console"


def test_every_language_has_every_sentence_with_the_same_facts() -> None:
    ja, en = (sentences(TEXTS / f"{language}.toml") for language in LANGUAGES)
    assert set(ja) == set(en)
    facts = re.compile(r"\{(\w+)")
    assert [] == [key for key in ja if set(facts.findall(ja[key])) != set(facts.findall(en[key]))]


def test_every_sentence_that_a_page_says_is_there() -> None:
    said = {key for path in TEMPLATES.glob("*.html") for key in re.findall(r'say\("([\w.]+)"[,)]', path.read_text())}
    assert said
    assert [] == [key for key in sorted(said) if not staff_words("en").has(key)]


def test_every_role_and_every_error_has_its_words() -> None:
    keys = [f"role.{role}" for role in ROLES] + [
        f"error.{part}_{status}" for part in ("title", "text") for status in TOLD
    ]
    assert [] == [key for key in keys if not staff_words("ja").has(key)]
