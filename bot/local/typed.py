"""What staff type on the command line, and why it is none."""

from __future__ import annotations

from dialogs.rules.claim import read_receipt_no


class NoReceiptNo(Exception):
    """It has ten digits, the last of which follows from the others."""


def receipt_no(typed: str) -> str:
    """Its digits; raises NoReceiptNo."""
    number = read_receipt_no(typed)
    if number is None:
        raise NoReceiptNo("That is no receipt number: it has ten digits, for example 1234-5678-97.")
    return number
