"""A file that is not what it should be is named for what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.zengin import BadFile, BadSender, Dialect, Sender, load_sender, read_file, totals, write_file
from tests.integrations.zengin.made import ORIGINATOR, PAY_ON, TRANSFER, transfer

CONTENT = write_file(ORIGINATOR, [TRANSFER, transfer(amount=800)], pay_on=PAY_ON)
LINE = 122


def test_totals_are_count_sum_and_hash_of_the_file() -> None:
    found = totals(CONTENT)
    assert (2, 2000, sha256(CONTENT).hexdigest()) == (found.count, found.amount, found.sha256)


@pytest.mark.parametrize(
    ("spoilt", "line", "word"),
    [
        (lambda file: b"", 0, "expected"),
        (lambda file: file[:-1], 0, "whole number"),
        (lambda file: file[2 * LINE :], 0, "expected"),
        (lambda file: file[LINE:] + file[:LINE], 1, "データ区分"),
        (lambda file: file.replace(b"0000001200", b"0000001201"), 4, "sum"),
        (lambda file: file.replace(b"000000002000", b"000000002001"), 4, "sum"),
        (lambda file: file[:LINE] + file[2 * LINE :], 3, "counts 2"),
        (lambda file: file.replace(b"0000001200", b"00000O1200"), 2, "振込金額"),
        (lambda file: file.replace(b"\r\n", b"  ", 1), 0, "CR and LF"),
        (lambda file: file[:20] + "漢".encode("cp932") + file[22:], 1, "JIS X 0201"),
        (lambda file: file[:20] + b"\xa0" + file[21:], 1, "JIS X 0201"),
        (lambda file: b"\xef\xbb\xbf" + file, 0, "whole number"),
        (lambda file: file[: LINE + 38] + b"9999" + file[LINE + 42 :], 2, "clearing_house"),
    ],
)
def test_a_spoilt_file_is_refused_with_record_and_reason(
    spoilt: Callable[[bytes], bytes], line: int, word: str
) -> None:
    with pytest.raises(BadFile) as refused:
        totals(spoilt(CONTENT))
    assert line == refused.value.line
    assert word in str(refused.value)


@given(st.binary(max_size=1000))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(BadFile):
        read_file(content)


def test_a_sender_is_read_with_the_usual_dialect_where_it_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "sender.toml"
    file.write_text(SENDER, encoding="utf-8")
    assert Sender(ORIGINATOR, Dialect()) == load_sender(file)
    file.write_text(SENDER + '[dialect]\nline_end = ""\n', encoding="utf-8")
    assert "" == load_sender(file).dialect.line_end


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('bank = "9999"\n', "", "originator.bank: missing"),
        ('bank = "9999"', 'bank = "99"', "仕向銀行番号"),
        ("ﾐﾎﾝ", "見本", "仕向銀行名"),
        ('account_type = "1"', 'account_type = "4"', "預金種目"),
        ('name = "ﾄﾁｷﾞﾀﾋﾞ ﾎｼﾖｳﾏﾄﾞｸﾞﾁ"', 'name = ""', "委託者名"),
        ("[originator]", "[originator", "no TOML"),
        ("[originator]", '[dialect]\nnew_code = "x"\n[originator]', "new_code"),
    ],
)
def test_a_wrong_sender_is_refused_with_file_and_key(tmp_path: Path, old: str, new: str, word: str) -> None:
    file = tmp_path / "sender.toml"
    file.write_text(SENDER.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSender) as refused:
        load_sender(file)
    assert "sender.toml" in str(refused.value)
    assert word in str(refused.value)


def test_the_example_of_a_sender_can_be_used() -> None:
    example = Path(__file__).parents[3] / "sample-data" / "refund-sender.toml"
    assert "9999" == load_sender(example).originator.bank


SENDER = """
[originator]
code = "1234567890"
name = "ﾄﾁｷﾞﾀﾋﾞ ﾎｼﾖｳﾏﾄﾞｸﾞﾁ"
bank = "9999"
bank_name = "ﾐﾎﾝ"
branch = "001"
branch_name = "ﾎﾝﾃﾝ"
account_type = "1"
account_number = "7654321"
"""
