"""Made-up payers and payments, and a reading of the file that knows nothing of the one in the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from integrations.zengin import Originator, Transfer

PAY_ON = date(2023, 5, 15)  # a Monday
ORIGINATOR = Originator(
    code="1234567890",
    name="ﾄﾁｷﾞﾀﾋﾞ ﾎｼﾖｳﾏﾄﾞｸﾞﾁ",
    bank="9999",
    bank_name="ﾐﾎﾝ",
    branch="001",
    branch_name="ﾎﾝﾃﾝ",
    account_type="1",
    account_number="7654321",
)
TRANSFER = Transfer(
    bank="0129",
    bank_name="ｱｼｶｶﾞ",
    branch="101",
    branch_name="ｳﾂﾉﾐﾔ",
    account_type="1",
    account_number="0123456",
    holder="ﾄﾁｷﾞ ﾊﾅｺ",
    amount=1200,
    claim_no="1234567897",
)

# rules.md §3, the table of 総合振込: first and last byte, counted from 1.
POSITIONS: dict[str, dict[str, tuple[int, int]]] = {
    "1": {
        **{"kind": (2, 3), "code_set": (4, 4), "originator": (5, 14), "originator_name": (15, 54), "day": (55, 58)},
        **{"bank": (59, 62), "bank_name": (63, 77), "branch": (78, 80), "branch_name": (81, 95)},
        **{"account_type": (96, 96), "account": (97, 103), "spaces": (104, 120)},
    },
    "2": {
        **{"bank": (2, 5), "bank_name": (6, 20), "branch": (21, 23), "branch_name": (24, 38), "clearing": (39, 42)},
        **{"account_type": (43, 43), "account": (44, 50), "holder": (51, 80), "amount": (81, 90), "new": (91, 91)},
        **{"customer_1": (92, 101), "customer_2": (102, 111), "category": (112, 112), "edi": (113, 113)},
        **{"spaces": (114, 120)},
    },
    "8": {"count": (2, 7), "sum": (8, 19), "spaces": (20, 120)},
    "9": {"spaces": (2, 120)},
}


def transfer(**changes: Any) -> Transfer:
    return replace(TRANSFER, **changes)


def cut(content: bytes, *, line_end: bytes = b"\r\n") -> list[dict[str, bytes]]:
    """The records of a file by the table of positions, each with its "record" digit."""
    step = 120 + len(line_end)
    assert 0 == len(content) % step
    records = []
    for first in range(0, len(content), step):
        piece = content[first : first + step]
        assert line_end == piece[120:]
        digit = piece[:1].decode("ascii")
        fields = {name: piece[start - 1 : last] for name, (start, last) in POSITIONS[digit].items()}
        records.append({"record": piece[:1], **fields})
    return records
