"""Postal codes."""

import re

from dialogs.reading.numerals import fold_dashes, kanji_to_digits
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import tidy

_POSTAL_CODE = re.compile(r"[^0-9]*([0-9]{3})[ \-]*([0-9]{4})[^0-9]*")


def read_postal_code(said: str) -> str:
    """Seven digits without 〒 and hyphen; raises Unreadable "postal_code_digits"."""
    found = _POSTAL_CODE.fullmatch(kanji_to_digits(fold_dashes(tidy(said))))
    if found is None:
        raise Unreadable("postal_code_digits")
    return found[1] + found[2]
