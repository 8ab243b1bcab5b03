"""From transfers to the bytes of a file."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from dialogs.rules.calendar import is_business_day
from integrations.zengin.layout import (
    DATA,
    ENCODING,
    END,
    HEADER,
    MOST_AMOUNT,
    MOST_LINES,
    TRAILER,
    Dialect,
    Field,
    NotABankDay,
    Originator,
    Record,
    Transfer,
    Unwritable,
)

_MARKS = "ﾞﾟ"
# No comma, no ｦ, no ｰ and no small kana: the strictest of the banks' readings.
_NAME = re.compile(r"[0-9A-Zｱ-ﾝﾞﾟ()\-. ]*")
_PLACE_NAME = re.compile(r"[0-9A-Zｱ-ﾝﾞﾟ\- ]*")
_NAMES = {
    "委託者名": _NAME,
    "受取人名": _NAME,
    "仕向銀行名": _PLACE_NAME,
    "仕向支店名": _PLACE_NAME,
    "被仕向銀行名": _PLACE_NAME,
    "被仕向支店名": _PLACE_NAME,
}


def write_file(
    originator: Originator, transfers: Sequence[Transfer], *, pay_on: date, dialect: Dialect | None = None
) -> bytes:
    """A file of 1 to MOST_LINES transfers to be made on that business day. Raises Unwritable, NotABankDay."""
    if not is_business_day(pay_on):
        raise NotABankDay(pay_on)
    if not 1 <= len(transfers) <= MOST_LINES:
        raise Unwritable("合計件数", f"1 to {MOST_LINES} transfers")
    dialect = dialect or Dialect()
    records = [
        _record(HEADER, _header(originator, pay_on)),
        *(_record(DATA, _data(transfer, dialect)) for transfer in transfers),
        _record(TRAILER, _trailer(transfers)),
        _record(END, {}),
    ]
    return "".join(record + dialect.line_end for record in records).encode(ENCODING)


def check_transfer(transfer: Transfer) -> None:
    """Raises Unwritable for a transfer that no file can carry."""
    _record(DATA, _data(transfer, Dialect()))


def check_originator(originator: Originator) -> None:
    """Raises Unwritable for an originator that no file can name."""
    _record(HEADER, _header(originator, date.min))


def fitting(name: str, length: int) -> str:
    """A name cut to so many bytes, never between a kana and its mark; what stood first is kept."""
    if len(name) > length and name[length] in _MARKS:
        return name[: length - 1]
    return name[:length]


def _header(originator: Originator, pay_on: date) -> Mapping[str, str]:
    if originator.account_type not in ("1", "2", "9"):
        raise Unwritable("預金種目", "1, 2 or 9")
    if not originator.name.strip():
        raise Unwritable("委託者名", "a name")
    return {
        "委託者コード": originator.code,
        "委託者名": originator.name,
        "振込指定日": f"{pay_on:%m%d}",
        "仕向銀行番号": originator.bank,
        "仕向銀行名": originator.bank_name,
        "仕向支店番号": originator.branch,
        "仕向支店名": originator.branch_name,
        "預金種目": originator.account_type,
        "口座番号": originator.account_number,
    }


def _data(transfer: Transfer, dialect: Dialect) -> Mapping[str, str]:
    if transfer.account_type not in ("1", "2", "4", "9"):
        raise Unwritable("預金種目", "1, 2, 4 or 9")
    if not 1 <= transfer.amount <= MOST_AMOUNT:
        raise Unwritable("振込金額", f"1 to {MOST_AMOUNT} yen")
    if not transfer.holder.strip():
        raise Unwritable("受取人名", "a name")
    return {
        "被仕向銀行番号": transfer.bank,
        "被仕向銀行名": transfer.bank_name,
        "被仕向支店番号": transfer.branch,
        "被仕向支店名": transfer.branch_name,
        "手形交換所番号": dialect.clearing_house,
        "預金種目": transfer.account_type,
        "口座番号": transfer.account_number,
        "受取人名": transfer.holder,
        "振込金額": str(transfer.amount),
        "新規コード": dialect.new_code,
        "顧客コード1": "0",
        "顧客コード2": transfer.claim_no,
        "振込指定区分": dialect.transfer_category,
    }


def _trailer(transfers: Sequence[Transfer]) -> Mapping[str, str]:
    return {"合計件数": str(len(transfers)), "合計金額": str(sum(transfer.amount for transfer in transfers))}


def _record(record: Record, values: Mapping[str, str]) -> str:
    return "".join(_written(field, values) for field in record)


def _written(field: Field, values: Mapping[str, str]) -> str:
    if field.fixed is not None:
        return field.fixed
    value = values[field.name]
    if field.kind == "K" and not re.fullmatch(f"[0-9]{{{field.length}}}", value):
        raise Unwritable(field.name, f"{field.length} digits")
    if field.kind == "N":
        if not re.fullmatch("[0-9]+", value) or len(value) > field.length:
            raise Unwritable(field.name, f"up to {field.length} digits")
        return value.zfill(field.length)
    if field.name in _NAMES and not _NAMES[field.name].fullmatch(value):
        raise Unwritable(field.name, "the banks' letters")
    return fitting(value, field.length).ljust(field.length)
