"""What staff read, in their languages: on the console's pages and in the mails of their team."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dialogs.words import FALLBACK, Words, sentences

TEXTS = Path(__file__).parent / "console" / "texts"


@cache
def staff_words(language: str) -> Words:
    """What the counter says to staff in a language."""
    spare = sentences(TEXTS / f"{FALLBACK}.toml")
    return Words(language, spare if language == FALLBACK else sentences(TEXTS / f"{language}.toml"), spare)
