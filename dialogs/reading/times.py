"""A time of day as people remember it: read where it is plain, else kept in their words; signs alone are refused."""

from __future__ import annotations

import re

from dialogs.reading.names import read_free_text
from dialogs.reading.numerals import kanji_to_digits
from dialogs.reading.text import bare, tidy, without_politeness

LONGEST = 60

# What is said beside the hour, the hours that can be meant with it, and what then has to be added.
_PARTS: tuple[tuple[str, range, int], ...] = (
    ("午前|朝|am|a[.]m", range(12), 0),
    ("午後|昼|夕方|夕|pm|p[.]m", range(1, 12), 12),
    ("夜|晩", range(5, 12), 12),  # at night, one o'clock belongs to the day after
    ("午後|昼|pm|p[.]m", range(12, 13), 0),
    ("", range(13, 24), 0),
)
_BEFORE = "午前|朝|午後|昼|夕方|夕|夜|晩|am|pm"
_AFTER = "am|pm|a[.]m|p[.]m"
_TIME = re.compile(
    rf"(?:about|around|at)?\s?(?P<before>{_BEFORE})?の?\s?(?P<hour>[0-9]{{1,2}})"
    r"(?P<named>[時じ]\s?(?:(?P<minute>[0-9]{1,2})分?|(?P<half>半))?|:(?P<colon>[0-9]{2}))?"
    rf"\s?(?P<after>{_AFTER})?[.]?\s?(?:頃|ごろ|ころ|くらい|ぐらい|ほど|過ぎ|すぎ)?"
)


def read_time_of_day(said: str) -> str:
    """«18:30» for what is surely that (18時半, 午後6時30分ごろ, 6:30 pm), else the words; raises as read_free_text.

    «6時» alone may be morning or evening: it stays as it is, for somebody to ask.
    """
    words = " ".join(read_free_text(said, most=LONGEST).split())
    found = _TIME.fullmatch(kanji_to_digits(without_politeness(bare(tidy(words)))))
    return (found and _sure(found)) or words


def _sure(found: re.Match[str]) -> str:
    """The time on a clock of 24 hours; "" when it can be another."""
    part, hour = found["before"] or found["after"] or "", int(found["hour"])
    minute = 30 if found["half"] else int(found["minute"] or found["colon"] or 0)
    if minute > 59 or not (part or found["named"]):
        return ""
    added = [more for parts, hours, more in _PARTS if re.fullmatch(parts, part) and hour in hours]
    return f"{hour + added[0]:02d}:{minute:02d}" if added else ""
