"""What the code on a coupon says, as its inquiry number; which part of it is the number, the campaign says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex  # type: ignore[import-untyped]  # it ships no types

from dialogs.reading.numbers import read_inquiry_number
from dialogs.reading.reasons import Unreadable

LONGEST_CODE = 500  # characters; a QR code holds up to 4,296, a coupon's says an address or a number
_PATTERN_SECONDS = 0.2


def numbers_in_codes(codes: Iterable[str], *, code_patterns: Sequence[str], pattern: str) -> tuple[str, ...]:
    """The different inquiry numbers that these codes' texts hold, normalised, each fitting `pattern`.

    A code counts when one of `code_patterns` matches the whole of it; its group `number` is the number.
    """
    read = (_number_in(code, code_patterns, pattern) for code in codes)
    return tuple(dict.fromkeys(number for number in read if number))


def _number_in(code: str, code_patterns: Sequence[str], pattern: str) -> str:
    for form in code_patterns if len(code) <= LONGEST_CODE else ():
        try:
            # A campaign's pattern is data: one that backtracks without end must not hold a worker.
            found = regex.fullmatch(form, code.strip(), timeout=_PATTERN_SECONDS)
            # A code is exact: nothing in it is mistaken for something else.
            if found and found["number"]:
                return read_inquiry_number(found["number"], pattern=pattern, look_alikes={})
        except (TimeoutError, Unreadable):
            continue
    return ""
