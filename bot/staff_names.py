"""By what name an act of staff is signed, at the console and at the command line.

NoName      whoever does it has to say who they are
"""

from __future__ import annotations

import unicodedata


class NoName(Exception):
    """An act of staff without a name."""


def one_form(typed: str) -> str:
    """A name in one form, so that two spellings of it are one pair of eyes; "" for one of spaces alone."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def staff_name(by: str) -> str:
    """The name in one form; raises NoName."""
    if name := one_form(by):
        return name
    raise NoName("Say who does this: a name is needed.")
