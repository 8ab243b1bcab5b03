"""Digits as people write them: full width, kanji, with units, with every kind of dash."""

import re

# rules.md 3: NFKC leaves these unlike each other, and Japanese keyboards give any of them for a hyphen.
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−－ーｰ"} | {ord(wave): "~" for wave in "〜∼⁓"}
_KANJI_DIGITS = str.maketrans("〇零○◯一二三四五六七八九壱弐参", "0000123456789123")
_KANJI_RUN = re.compile("[〇零○◯一二三四五六七八九十百千]+")
_WITH_UNITS = re.compile(
    r"(?:(?P<ten_thousands>[0-9]{1,4})万)?(?:(?P<thousands>[0-9]?)千)?(?:(?P<hundreds>[0-9]?)百)?"
    r"(?:(?P<tens>[0-9]?)十)?(?P<ones>[0-9]{1,9})?"
)
_UNITS = {"ten_thousands": 10_000, "thousands": 1_000, "hundreds": 100, "tens": 10}


def fold_dashes(text: str) -> str:
    """Every dash as "-" and every wave as "~"; only for text in which numbers are read (it breaks katakana words)."""
    return text.translate(_DASHES)


def parse_number(text: str) -> int | None:
    """A whole number in digits, kanji, or both with units (2千5百, 1万2000); None when it is none."""
    found = _WITH_UNITS.fullmatch(text.translate(_KANJI_DIGITS))
    if found is None or not text:
        return None
    total, smallest = 0, 1_000_000_000
    for group, unit in _UNITS.items():
        if found[group] is not None:
            total += int(found[group] or 1) * unit
            smallest = unit
    ones = int(found["ones"] or 0)
    return total + ones if ones < smallest else None


def kanji_to_digits(text: str) -> str:
    """The text with each run of kanji numerals in digits: 二十四 is 24, 〇九〇 is 090."""
    return _KANJI_RUN.sub(lambda run: _in_digits(run[0]), text)


def _in_digits(run: str) -> str:
    if not set(run) & set("十百千"):
        return run.translate(_KANJI_DIGITS)
    number = parse_number(run)
    return run if number is None else str(number)
