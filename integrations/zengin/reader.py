"""From the bytes of a file back to transfers, everything that can be wrong with it looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from integrations.zengin.layout import (
    DATA,
    ENCODING,
    END,
    HEADER,
    RECORD_BYTES,
    TRAILER,
    BadFile,
    Dialect,
    Originator,
    Record,
    Transfer,
    TransferFile,
    Unwritable,
)

_CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Totals:
    """What is compared before a file goes to the bank: transfers, their sum in yen, SHA-256 of all bytes in hex."""

    count: int
    amount: int
    sha256: str


def totals(content: bytes) -> Totals:
    """Counted from the transfers themselves. Raises BadFile, also when the trailer says otherwise."""
    transfers = read_file(content).transfers
    return Totals(len(transfers), sum(transfer.amount for transfer in transfers), sha256(content).hexdigest())


def read_file(content: bytes) -> TransferFile:
    """The file with all its transfers. Raises BadFile."""
    records, line_end = _records(content)
    if len(records) < 4:
        raise BadFile(0, "a header, a transfer, a trailer and an end expected")
    header = _values(HEADER, records[0], line=1)
    lines = [_values(DATA, record, line=number) for number, record in enumerate(records[1:-2], 2)]
    trailer = _values(TRAILER, records[-2], line=len(records) - 1)
    _values(END, records[-1], line=len(records))
    transfers = tuple(map(_transfer, lines))
    if int(trailer["合計件数"]) != len(transfers):
        raise BadFile(
            len(records) - 1, f"the trailer counts {int(trailer['合計件数'])} transfers, not {len(transfers)}"
        )
    if int(trailer["合計金額"]) != sum(transfer.amount for transfer in transfers):
        raise BadFile(len(records) - 1, "the trailer's sum is not that of the transfers")
    return TransferFile(_originator(header), header["振込指定日"], transfers, _dialect(lines[0], line_end))


def _records(content: bytes) -> tuple[list[str], str]:
    """The records, and what stands after each of them."""
    ends_in_crlf = content.endswith(_CRLF)
    step = RECORD_BYTES + len(_CRLF) if ends_in_crlf else RECORD_BYTES
    if len(content) % step:
        raise BadFile(0, f"not a whole number of records of {step} bytes")
    pieces = [content[first : first + step] for first in range(0, len(content), step)]
    if ends_in_crlf and not all(piece.endswith(_CRLF) for piece in pieces):
        raise BadFile(0, "some records end in CR and LF, others do not")
    records = []
    for number, piece in enumerate(pieces, 1):
        record = piece[:RECORD_BYTES].decode(ENCODING, errors="replace")
        if len(record) != RECORD_BYTES or not re.fullmatch("[ -~｡-ﾟ]*", record):
            raise BadFile(number, "other characters than those of JIS X 0201")
        records.append(record)
    return records, "\r\n" if ends_in_crlf else ""


def _values(record: Record, text: str, *, line: int) -> Mapping[str, str]:
    values, first = {}, 0
    for field in record:
        value = text[first : first + field.length]
        first += field.length
        if field.fixed is not None and value != field.fixed:
            raise BadFile(line, f"{field.name} does not belong here")
        if field.kind != "C" and not re.fullmatch("[0-9]+", value):
            raise BadFile(line, f"{field.name} is no number")
        values[field.name] = value
    return values


def _dialect(first_line: Mapping[str, str], line_end: str) -> Dialect:
    try:
        return Dialect(first_line["手形交換所番号"], first_line["新規コード"], first_line["振込指定区分"], line_end)
    except Unwritable as unknown:
        raise BadFile(2, str(unknown)) from None


def _originator(header: Mapping[str, str]) -> Originator:
    return Originator(
        code=header["委託者コード"],
        name=header["委託者名"].rstrip(),
        bank=header["仕向銀行番号"],
        bank_name=header["仕向銀行名"].rstrip(),
        branch=header["仕向支店番号"],
        branch_name=header["仕向支店名"].rstrip(),
        account_type=header["預金種目"],
        account_number=header["口座番号"],
    )


def _transfer(line: Mapping[str, str]) -> Transfer:
    return Transfer(
        bank=line["被仕向銀行番号"],
        bank_name=line["被仕向銀行名"].rstrip(),
        branch=line["被仕向支店番号"],
        branch_name=line["被仕向支店名"].rstrip(),
        account_type=line["預金種目"],
        account_number=line["口座番号"],
        holder=line["受取人名"].rstrip(),
        amount=int(line["振込金額"]),
        claim_no=line["顧客コード2"],
    )
