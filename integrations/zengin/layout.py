"""The records of a 総合振込 file as tables of fields, and what stands in them (rules.md §3, 全銀 総合振込).

ZenginError
├── Unwritable      a value has no place in the file; names the field, never what was in it
├── NotABankDay     the transfers are to be made on a day on which banks do not work
└── BadFile         what is read is no such file: `line` and `reason`
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

RECORD_BYTES = 120
ENCODING = "cp932"  # of its characters only those of JIS X 0201, one byte each
MOST_LINES = 9_999  # of transfers in a file; some banks take more, none less
MOST_AMOUNT = 9_999_999_999


class ZenginError(Exception):
    """Something about a file of transfers went wrong."""


class Unwritable(ZenginError, ValueError):
    """`field` is the name of the field that the value does not fit."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected} expected")
        self.field = name


class NotABankDay(ZenginError, ValueError):
    """A Saturday, a Sunday, a public holiday, or 12/31 to 1/3."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} is no business day of banks")


class BadFile(ZenginError):
    """`line` counts records from 1, 0 is the file as a whole."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"record {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


class Field(NamedTuple):
    """N stands right, filled with zeros; C left, filled with spaces; K is a code whose every digit is given.

    `fixed` is all that may stand there.
    """

    name: str
    kind: Literal["N", "C", "K"]
    length: int
    fixed: str | None = None


Record = tuple[Field, ...]

HEADER: Record = (
    Field("データ区分", "N", 1, "1"),
    Field("種別コード", "N", 2, "21"),
    Field("コード区分", "N", 1, "0"),
    Field("委託者コード", "N", 10),
    Field("委託者名", "C", 40),
    Field("振込指定日", "N", 4),
    Field("仕向銀行番号", "K", 4),
    Field("仕向銀行名", "C", 15),
    Field("仕向支店番号", "K", 3),
    Field("仕向支店名", "C", 15),
    Field("預金種目", "N", 1),
    Field("口座番号", "N", 7),
    Field("ダミー", "C", 17, " " * 17),
)
DATA: Record = (
    Field("データ区分", "N", 1, "2"),
    Field("被仕向銀行番号", "K", 4),
    Field("被仕向銀行名", "C", 15),
    Field("被仕向支店番号", "K", 3),
    Field("被仕向支店名", "C", 15),
    Field("手形交換所番号", "C", 4),  # zeros at some banks, spaces at others
    Field("預金種目", "N", 1),
    Field("口座番号", "N", 7),
    Field("受取人名", "C", 30),
    Field("振込金額", "N", 10),
    Field("新規コード", "C", 1),
    Field("顧客コード1", "N", 10),
    Field("顧客コード2", "N", 10),
    Field("振込指定区分", "C", 1),
    Field("識別表示", "C", 1, " "),
    Field("ダミー", "C", 7, " " * 7),
)
TRAILER: Record = (
    Field("データ区分", "N", 1, "8"),
    Field("合計件数", "N", 6),
    Field("合計金額", "N", 12),
    Field("ダミー", "C", 101, " " * 101),
)
END: Record = (Field("データ区分", "N", 1, "9"), Field("ダミー", "C", 119, " " * 119))


@dataclass(frozen=True, slots=True)
class Dialect:
    """What banks differ on; `line_end` stands after every record, the last one too."""

    clearing_house: str = "0000"
    new_code: str = "0"
    transfer_category: str = "7"
    line_end: str = "\r\n"

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raises Unwritable for what no bank is known to take."""
        if self.clearing_house not in ("0000", " " * 4):
            raise Unwritable("clearing_house", "0000 or four spaces")
        if self.new_code not in tuple("012 "):
            raise Unwritable("new_code", "0, 1, 2 or a space")
        if self.transfer_category not in tuple("078 "):
            raise Unwritable("transfer_category", "0, 7, 8 or a space")
        if self.line_end not in ("", "\r\n"):
            raise Unwritable("line_end", "nothing, or CR and LF")


@dataclass(frozen=True, slots=True)
class Originator:
    """Who pays: the code that the bank gave, and the account that the money comes from. Names in the banks' letters."""

    code: str
    name: str
    bank: str
    bank_name: str
    branch: str
    branch_name: str
    account_type: str
    account_number: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment in whole yen. `claim_no` (ten digits) comes back with the bank's statement, as 顧客コード2.

    Names of banks and branches in the banks' letters; "" where they are not known.
    """

    bank: str
    bank_name: str
    branch: str
    branch_name: str
    account_type: str
    account_number: str = field(repr=False)
    holder: str = field(repr=False)
    amount: int
    claim_no: str


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file as it was read; `pay_day` is MMDD, since the file has no year."""

    originator: Originator
    pay_day: str
    transfers: tuple[Transfer, ...]
    dialect: Dialect
