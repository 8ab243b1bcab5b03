"""Bank accounts as people copy them from a passbook or a card, Japan Post's symbol and number among them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from dialogs.reading.choices import read_choice
from dialogs.reading.numerals import fold_dashes, kanji_to_digits
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import tidy

JAPAN_POST = "9900"
ACCOUNT_DIGITS = 7
# Whoever leaves out leading zeros still writes this many; four digits would rather be the secret number of a card.
FEWEST_DIGITS = 5


class AccountType(StrEnum):
    """預金種目 by the digit that the banks' file gives it (rules.md §3)."""

    ORDINARY = "1"
    CURRENT = "2"
    SAVINGS = "4"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where money goes: 4 digits of the bank, 3 of the branch, type, 7 digits.

    `check_again`: the check digit of a Japan Post account does not fit, which is worth a second look and no more.
    """

    bank: str
    branch: str
    account_type: AccountType
    number: str = field(repr=False)
    check_again: bool = False


_ACCOUNT_TYPES = [(AccountType.ORDINARY, "普通"), (AccountType.CURRENT, "当座"), (AccountType.SAVINGS, "貯蓄")]
_SPOKEN_TYPES: dict[str, tuple[str, ...]] = {
    AccountType.ORDINARY: (
        "普通預金",
        "普通口座",
        "ふつう",
        "総合",
        "総合口座",
        "ordinary",
        "regular",
        "ordinary savings",
    ),
    AccountType.CURRENT: (
        "当座預金",
        "当座口座",
        "とうざ",
        "current",
        "checking",
        "current account",
        "checking account",
    ),
    AccountType.SAVINGS: ("貯蓄預金", "貯蓄口座", "ちょちく", "savings", "deposit"),
}
_ONE_NUMBER = re.compile(r"[^0-9]*([0-9][0-9 \-]*)[^0-9]*")
# After the five digits some passbooks print one more, the number of times that the passbook was issued again.
_SYMBOL = re.compile(r"([01][0-9]{3}0)[0-9]?")
_GENERAL_NUMBER = re.compile("[0-9]{1,7}1")
_TRANSFER_NUMBER = re.compile("[0-9]{1,6}")


def read_bank_code(said: str) -> str:
    """Four digits of a bank; raises Unreadable "bank_code_digits"."""
    digits = _digits(said)
    if len(digits) != 4:
        raise Unreadable("bank_code_digits")
    return digits


def read_branch_code(said: str) -> str:
    """Three digits of a branch, their zeros kept; raises Unreadable "branch_code_digits"."""
    digits = _digits(said)
    if len(digits) != 3:
        raise Unreadable("branch_code_digits")
    return digits


def read_account_type(said: str) -> AccountType:
    """普通, 当座 or 貯蓄 in words, by the banks' digits 1/2/4, or as the third of three; raises as read_choice does."""
    return AccountType(read_choice(said, _ACCOUNT_TYPES, _SPOKEN_TYPES))


def read_account_number(said: str) -> str:
    """Seven digits, five or six of them filled up with zeros in front as the banks do.

    Raises Unreadable "account_number_short" below that, "account_number_digits" for anything else.
    """
    digits = _digits(said)
    if 0 < len(digits) < FEWEST_DIGITS:
        raise Unreadable("account_number_short")
    if not digits.strip("0") or len(digits) > ACCOUNT_DIGITS:
        raise Unreadable("account_number_digits")
    return digits.zfill(ACCOUNT_DIGITS)


def read_japan_post_symbol(said: str) -> str:
    """The five digits of a 記号, without what some passbooks print behind them; raises "japan_post_symbol"."""
    printed = _SYMBOL.fullmatch(_digits(said))
    if printed is None:
        raise Unreadable("japan_post_symbol")
    return printed[1]


def read_japan_post_number(symbol: str, said: str) -> str:
    """The digits of a 番号 that fits its 記号; raises as read_japan_post does."""
    read_japan_post(symbol, said)
    return _digits(said)


def read_japan_post(symbol: str, number: str) -> BankAccount:
    """The account at bank 9900 that a 記号 and a 番号 stand for (rules.md §3, ゆうちょ).

    A 記号 1xxx0 is a general account (branch xx8, ordinary, 番号 without its last 1), 0xxx0 a transfer account (xx9,
    current). Raises Unreadable "japan_post_symbol", "japan_post_number", "japan_post_transfer_number".
    """
    five, digits = read_japan_post_symbol(symbol), _digits(number)
    check_again = not _check_digit_fits(five, digits)
    if five.startswith("1"):
        if not _GENERAL_NUMBER.fullmatch(digits):
            raise Unreadable("japan_post_number")
        seven = digits[:-1].zfill(ACCOUNT_DIGITS)
        return BankAccount(JAPAN_POST, f"{five[1:3]}8", AccountType.ORDINARY, seven, check_again)
    if not _TRANSFER_NUMBER.fullmatch(digits):
        raise Unreadable("japan_post_transfer_number")
    return BankAccount(JAPAN_POST, f"{five[1:3]}9", AccountType.CURRENT, digits.zfill(ACCOUNT_DIGITS), check_again)


def _check_digit_fits(symbol: str, number: str) -> bool:
    """Whether the fourth digit of a 記号 follows from all the others, weighted 1, 3, 2 over and over.

    A digit doubled beyond nine counts as the sum of its digits. A printed sample of a bank fails this (10530-12345671).
    """
    digits = [int(digit) for digit in f"{symbol[:3]}0{symbol[4]}{number.zfill(8)}"]
    weighted = (_weighted(digit, place % 3) for place, digit in enumerate(digits))
    return sum(weighted) % 10 == int(symbol[3])


def _weighted(digit: int, place: int) -> int:
    if place == 2:
        return sum(divmod(2 * digit, 10))
    return digit * (1, 3)[place]


def _digits(said: str) -> str:
    """The digits of the only number in what was said, without spaces and hyphens; "" when there is not just one."""
    found = _ONE_NUMBER.fullmatch(kanji_to_digits(fold_dashes(tidy(said))))
    return re.sub("[ -]", "", found[1]) if found else ""
