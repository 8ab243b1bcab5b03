"""The file of transfers, read back byte by byte by the table of positions."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.zengin import (
    MOST_AMOUNT,
    MOST_LINES,
    Dialect,
    NotABankDay,
    Transfer,
    Unwritable,
    check_transfer,
    read_file,
    write_file,
)
from tests.integrations.zengin.made import ORIGINATOR, PAY_ON, TRANSFER, cut, transfer

GOLDEN = Path(__file__).parent / "golden" / "refunds.zengin"
LETTERS = "0123456789ABCXYZ ().-ｱｲｳｴｵｶｷｸｹｺﾊﾋﾌﾍﾎﾝ"

names = st.lists(st.sampled_from([*LETTERS, "ｶﾞ", "ﾊﾟ", "ｳﾞ"]), min_size=1, max_size=45).map("".join)
payments = st.builds(
    Transfer,
    bank=st.from_regex("[0-9]{4}", fullmatch=True),
    bank_name=st.just("ｱｼｶｶﾞ"),
    branch=st.from_regex("[0-9]{3}", fullmatch=True),
    branch_name=st.just(""),
    account_type=st.sampled_from("1249"),
    account_number=st.from_regex("[0-9]{7}", fullmatch=True),
    holder=names.filter(lambda name: bool(name.strip())),
    amount=st.integers(1, 10**9),
    claim_no=st.from_regex("[0-9]{10}", fullmatch=True),
)


def test_every_byte_stands_where_the_table_says() -> None:
    header, line, trailer, end = cut(write_file(ORIGINATOR, [TRANSFER], pay_on=PAY_ON))
    assert {
        **{"record": b"1", "kind": b"21", "code_set": b"0", "originator": b"1234567890", "day": b"0515"},
        **{"originator_name": "ﾄﾁｷﾞﾀﾋﾞ ﾎｼﾖｳﾏﾄﾞｸﾞﾁ".encode("cp932").ljust(40), "bank": b"9999", "branch": b"001"},
        **{"bank_name": "ﾐﾎﾝ".encode("cp932").ljust(15), "branch_name": "ﾎﾝﾃﾝ".encode("cp932").ljust(15)},
        **{"account_type": b"1", "account": b"7654321", "spaces": b" " * 17},
    } == header
    assert {
        **{"record": b"2", "bank": b"0129", "bank_name": "ｱｼｶｶﾞ".encode("cp932").ljust(15), "branch": b"101"},
        **{"branch_name": "ｳﾂﾉﾐﾔ".encode("cp932").ljust(15), "clearing": b"0000", "account_type": b"1"},
        **{"account": b"0123456", "holder": "ﾄﾁｷﾞ ﾊﾅｺ".encode("cp932").ljust(30), "amount": b"0000001200", "new": b"0"},
        **{"customer_1": b"0" * 10, "customer_2": b"1234567897", "category": b"7", "edi": b" ", "spaces": b" " * 7},
    } == line
    assert {"record": b"8", "count": b"000001", "sum": b"000000001200", "spaces": b" " * 101} == trailer
    assert {"record": b"9", "spaces": b" " * 119} == end


@given(st.lists(payments, min_size=1, max_size=8))
def test_any_payments_are_read_back_from_their_positions(paid: list[Transfer]) -> None:
    content = write_file(ORIGINATOR, paid, pay_on=PAY_ON)
    _, *lines, trailer, _ = cut(content)
    assert [one.amount for one in paid] == [int(line["amount"]) for line in lines]
    assert [one.claim_no.encode() for one in paid] == [line["customer_2"] for line in lines]
    assert [one.account_number.encode() for one in paid] == [line["account"] for line in lines]
    assert (len(paid), sum(one.amount for one in paid)) == (int(trailer["count"]), int(trailer["sum"]))
    for one, line in zip(paid, lines, strict=True):
        written = line["holder"].decode("cp932")
        assert 30 == len(line["holder"]) == len(written)
        assert one.holder.startswith(written) or one.holder == written.rstrip().ljust(len(one.holder))


@given(st.lists(payments, min_size=1, max_size=4), st.sampled_from(["", "\r\n"]))
def test_what_is_written_is_what_is_read(paid: list[Transfer], line_end: str) -> None:
    whole = [replace(one, holder=one.holder[:20].strip(" ﾞﾟ") or "A") for one in paid]
    dialect = Dialect(clearing_house="    ", new_code="1", transfer_category="8", line_end=line_end)
    found = read_file(write_file(ORIGINATOR, whole, pay_on=PAY_ON, dialect=dialect))
    assert (ORIGINATOR, tuple(whole), dialect, "0515") == (
        found.originator,
        found.transfers,
        found.dialect,
        found.pay_day,
    )


@given(names)
def test_a_long_name_is_never_cut_between_a_kana_and_its_mark(name: str) -> None:
    holder = f"ﾄ{name}"
    [_, line, *_] = cut(write_file(ORIGINATOR, [transfer(holder=holder)], pay_on=PAY_ON))
    written = line["holder"].decode("cp932").rstrip(" ")
    rest = holder.rstrip(" ")[len(written) :]
    assert not rest.lstrip(" ").startswith(("ﾞ", "ﾟ")) or rest.startswith(" ")


def test_a_kana_whose_mark_has_no_room_is_left_out_whole() -> None:
    holder = "ｱ" * 29 + "ｶﾞ"
    [_, line, *_] = cut(write_file(ORIGINATOR, [transfer(holder=holder)], pay_on=PAY_ON))
    assert ("ｱ" * 29 + " ").encode("cp932") == line["holder"]


def test_a_file_without_line_ends_has_nothing_but_records() -> None:
    content = write_file(ORIGINATOR, [TRANSFER], pay_on=PAY_ON, dialect=Dialect(line_end=""))
    assert 4 * 120 == len(content)
    assert [b"1", b"2", b"8", b"9"] == [record["record"] for record in cut(content, line_end=b"")]


@pytest.mark.parametrize("day", [date(2023, 5, 13), date(2023, 5, 14), date(2023, 5, 3), date(2024, 1, 2)])
def test_banks_pay_on_no_weekend_no_holiday_and_not_at_new_year(day: date) -> None:
    with pytest.raises(NotABankDay):
        write_file(ORIGINATOR, [TRANSFER], pay_on=day)


def test_a_file_has_no_more_lines_than_every_bank_takes() -> None:
    content = write_file(ORIGINATOR, [TRANSFER] * MOST_LINES, pay_on=PAY_ON)
    assert b"009999" == cut(content)[-2]["count"]
    with pytest.raises(Unwritable):
        write_file(ORIGINATOR, [TRANSFER] * (MOST_LINES + 1), pay_on=PAY_ON)
    with pytest.raises(Unwritable):
        write_file(ORIGINATOR, [], pay_on=PAY_ON)


def test_a_sum_that_the_trailer_has_no_room_for_is_refused() -> None:
    with pytest.raises(Unwritable) as refused:
        write_file(ORIGINATOR, [transfer(amount=MOST_AMOUNT)] * 101, pay_on=PAY_ON)
    assert "合計金額" == refused.value.field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "振込金額"),
        ({"amount": -1}, "振込金額"),
        ({"amount": MOST_AMOUNT + 1}, "振込金額"),
        ({"bank": "5"}, "被仕向銀行番号"),
        ({"bank": "00055"}, "被仕向銀行番号"),
        ({"branch": "1"}, "被仕向支店番号"),
        ({"account_number": "12345678"}, "口座番号"),
        ({"account_number": "12-4567"}, "口座番号"),
        ({"account_type": "3"}, "預金種目"),
        ({"claim_no": "12345678971"}, "顧客コード2"),
        ({"claim_no": ""}, "顧客コード2"),
        ({"holder": ""}, "受取人名"),
        ({"holder": "  "}, "受取人名"),
        ({"holder": "ﾄﾁｷﾞ,ﾊﾅｺ"}, "受取人名"),
        ({"holder": "ｷｮｳｺ"}, "受取人名"),
        ({"holder": "ｱｰﾙ"}, "受取人名"),
        ({"holder": "ｦ"}, "受取人名"),
        ({"holder": "栃木花子"}, "受取人名"),
        ({"holder": "hanako"}, "受取人名"),
        ({"bank_name": "ｱｼｶｶﾞ."}, "被仕向銀行名"),
        ({"branch_name": "(ﾎﾝﾃﾝ)"}, "被仕向支店名"),
        ({"holder": "ﾊﾅｺ\r\n9"}, "受取人名"),
    ],
)
def test_what_has_no_place_in_the_file_is_refused_by_the_name_of_its_field(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Unwritable) as refused:
        check_transfer(transfer(**changes))
    assert field == refused.value.field


def test_a_refusal_does_not_tell_what_stood_there() -> None:
    with pytest.raises(Unwritable) as refused:
        check_transfer(transfer(holder="栃木花子", account_number="1234567"))
    assert "花子" not in str(refused.value)


@pytest.mark.parametrize(
    "changes", [{"clearing_house": "9999"}, {"new_code": "3"}, {"transfer_category": "A"}, {"line_end": "\n"}]
)
def test_a_dialect_that_no_bank_speaks_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Unwritable):
        Dialect(**changes)


def test_the_file_of_the_example_stays_as_it_is_to_the_byte() -> None:
    paid = [
        TRANSFER,
        transfer(
            bank="9900", bank_name="ﾕｳﾁﾖ", branch="408", branch_name="ﾖﾝｾﾞﾛﾊﾁ", account_number="1234567", amount=2000
        ),
        transfer(bank="0533", bank_name="", branch_name="", holder="ﾏﾘｱ ｼﾙﾊﾞ SANTOS-" + "ﾊﾞ" * 10, amount=1),
    ]
    content = write_file(ORIGINATOR, paid, pay_on=PAY_ON)
    if os.environ.get("REFRESH_TRANSCRIPTS") == "1":
        GOLDEN.write_bytes(content)
    assert GOLDEN.read_bytes() == content
