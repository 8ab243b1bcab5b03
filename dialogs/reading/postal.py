"""Postal codes and addresses."""

import re

from dialogs.reading.names import read_one_line
from dialogs.reading.numerals import fold_dashes, kanji_to_digits
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import tidy

LONGEST_ADDRESS = 120
SHORTEST_ADDRESS = 6  # 津市本町1番 is a whole one but for its prefecture

_POSTAL_CODE = re.compile(r"[^0-9]*([0-9]{3})[ \-]*([0-9]{4})[^0-9]*")
# A number in any form; where no house has one, it is written 番外地 or 無番地.
_HOUSE = re.compile("[0-9０-９〇一二三四五六七八九十百番]")


def read_postal_code(said: str) -> str:
    """Seven digits without 〒 and hyphen; raises Unreadable "postal_code_digits"."""
    found = _POSTAL_CODE.fullmatch(kanji_to_digits(fold_dashes(tidy(said))))
    if found is None:
        raise Unreadable("postal_code_digits")
    return found[1] + found[2]


def read_address(said: str) -> str:
    """An address as a person writes it, in one line of up to LONGEST_ADDRESS characters.

    Raises Unreadable "address_short" for what names no place and house, "place_signs".
    """
    address = read_one_line(said, most=LONGEST_ADDRESS)
    words = any(letter.isalpha() for letter in address)
    if len(address) < SHORTEST_ADDRESS or not words or not _HOUSE.search(address):
        raise Unreadable("address_short")
    return address
