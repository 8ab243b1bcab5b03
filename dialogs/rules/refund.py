"""A bank refund as its person asks for it: D-BANK of the notice, in detail (rules.md §1.2)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dialogs.reading.bank import BankAccount


class ReturnReason(StrEnum):
    """Why a bank sends a transfer back, as banks word it: 該当口座なし, 名義相違, 解約, その他."""

    NO_ACCOUNT = "no_account"
    WRONG_NAME = "wrong_name"
    CLOSED = "closed"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDetails:
    """口座番号, ご本人情報 and ご宿泊に関する情報 of one refund.

    `holder` as holder_kana() gives it, `contact` as read_contact() does, `postal_code` seven digits; `bank_name` and
    `branch_name` as the person saw them, "" for a code that is in no table. The lodging is empty where the notice asks
    for none.
    """

    account: BankAccount
    bank_name: str
    branch_name: str
    holder: str = field(repr=False)
    name: str = field(repr=False)
    name_kana: str = field(repr=False)
    contact: str = field(repr=False)
    postal_code: str = field(repr=False)
    address: str = field(repr=False)
    lodging_name: str = field(default="", repr=False)
    check_in: date | None = None
    check_out: date | None = None
