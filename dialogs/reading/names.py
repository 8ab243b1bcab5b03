"""Names and free text, kept as the person writes them."""

import re
import unicodedata

from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import RAW_LIMIT, without_hidden

LONGEST_NAME = 60
LONGEST_TEXT = 1000

# NFKC and NFC both replace these by another character, and 神 of a name is not 神 to its bearer.
_COMPATIBILITY_KANJI = r"豈-﫿\U0002F800-\U0002FA1F"
_ANY_OTHER = re.compile(rf"[^{_COMPATIBILITY_KANJI}]+")
_LATIN_OR_KANA_OF_OTHER_WIDTH = re.compile(r"[！-～｡-ﾟ]+")
_URL = re.compile(r"://|www\.|@|[a-z0-9-]\.(?:com|net|org|jp|info|io|xyz)\b", re.IGNORECASE)
# Marks of programs, and pictures; ♨, ★ and ㈱ stand in the names of inns.
_NO_SIGN_OF_A_PLACE = re.compile("[<>{}|;\\\\^`\U0001f000-\U0001faff]")
_PUNCTUATION_OF_NAMES = " ・'’-‐.,·=＝゠()"
# Also the selectors that choose the form of a kanji in a register of names (辻 with one dot or two).
_IDEOGRAPHIC_SELECTORS = range(0xE0100, 0xE01F0)


def read_name(said: str) -> str:
    """A person's name of 1 to LONGEST_NAME characters; only the width of Latin, kana and spaces is changed.

    Raises Unreadable "name_characters", "name_digits", "name_url".
    """
    if len(said) > RAW_LIMIT:
        raise Unreadable("too_long", limit=LONGEST_NAME)
    if any(unicodedata.category(character) == "Cc" for character in said.strip()):
        raise Unreadable("name_characters")
    name = " ".join(_LATIN_OR_KANA_OF_OTHER_WIDTH.sub(_usual_width, _composed(said)).split())
    if not name:
        raise Unreadable("empty")
    if len(name) > LONGEST_NAME:
        raise Unreadable("too_long", limit=LONGEST_NAME)
    if _URL.search(name):
        raise Unreadable("name_url")
    if all(unicodedata.category(character).startswith("N") or character in _PUNCTUATION_OF_NAMES for character in name):
        raise Unreadable("name_digits")
    if not all(_may_stand_in_name(character) for character in name):
        raise Unreadable("name_characters")
    return name


def read_free_text(said: str, *, most: int = LONGEST_TEXT) -> str:
    """What a person wrote, with its line breaks, at most `most` characters; hidden characters are dropped.

    Raises Unreadable "empty", "too_long", "no_words" where there are signs alone.
    """
    if len(said) > RAW_LIMIT:
        raise Unreadable("too_long", limit=most)
    rows = [" ".join(row.split()) for row in _composed(said).splitlines()]
    text = re.sub("\n{3,}", "\n\n", "\n".join(rows)).strip()
    if not text:
        raise Unreadable("empty")
    if len(text) > most:
        raise Unreadable("too_long", limit=most)
    if not any(map(str.isalnum, text)):
        raise Unreadable("no_words")
    return text


def read_one_line(said: str, *, most: int) -> str:
    """The name or address of a place, as one line of at most `most` characters; raises Unreadable "place_signs"."""
    line = " ".join(read_free_text(said, most=most).split())
    if _NO_SIGN_OF_A_PLACE.search(line):
        raise Unreadable("place_signs")
    return line


def _composed(said: str) -> str:
    kept = "".join(
        character for character in said if ord(character) in _IDEOGRAPHIC_SELECTORS or without_hidden(character)
    )
    return _ANY_OTHER.sub(lambda run: unicodedata.normalize("NFC", run[0]), kept)


def _usual_width(run: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", run[0])


def _may_stand_in_name(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind in {"Nd", "Nl"} or character in _PUNCTUATION_OF_NAMES
