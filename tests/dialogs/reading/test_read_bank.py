"""Bank accounts and postal codes as people copy them."""

import pytest

from dialogs.reading import (
    AccountType,
    BankAccount,
    Unreadable,
    read_account_number,
    read_account_type,
    read_bank_code,
    read_branch_code,
    read_japan_post,
    read_postal_code,
)

ORDINARY, CURRENT, SAVINGS = AccountType


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("1234567", "1234567"),
        ("１２３４５６７", "1234567"),
        ("123-4567", "1234567"),
        ("１２３ー４５６７", "1234567"),
        ("123 4567", "1234567"),
        ("口座番号は1234567です。", "1234567"),
        ("No.1234567", "1234567"),
        ("〇一二三四五六", "0123456"),
        ("123456", "0123456"),
        ("12345", "0012345"),
        ("0000001", "0000001"),
    ],
)
def test_an_account_number_has_seven_digits_and_its_leading_zeros(said: str, expected: str) -> None:
    assert expected == read_account_number(said)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "empty"),
        ("1234", "account_number_short"),
        ("1", "account_number_short"),
        ("12345678", "account_number_digits"),
        ("0000000", "account_number_digits"),
        ("12345678901234", "account_number_digits"),
        ("わかりません", "account_number_digits"),
        ("普通1234567 当座7654321", "account_number_digits"),
        ("-", "account_number_digits"),
    ],
)
def test_what_is_no_account_number_is_refused_with_its_reason(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_account_number(said)
    assert reason == refused.value.reason


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(("普通", ORDINARY), ("普通預金", ORDINARY), ("ふつう", ORDINARY), ("総合口座です", ORDINARY)),
        *(("1", ORDINARY), ("１", ORDINARY), ("ordinary", ORDINARY)),
        *(("当座", CURRENT), ("2", CURRENT), ("checking account", CURRENT)),
        *(("貯蓄", SAVINGS), ("4", SAVINGS), ("貯蓄預金", SAVINGS), ("savings", SAVINGS)),
        ("3", SAVINGS),
    ],
)
def test_the_type_of_an_account_is_read_in_words_digits_and_order(said: str, expected: AccountType) -> None:
    assert expected is read_account_type(said)


@pytest.mark.parametrize("said", ["5", "定期", "はい"])
def test_another_type_of_account_is_none_of_the_three(said: str) -> None:
    with pytest.raises(Unreadable, match="choice_"):
        read_account_type(said)


def test_codes_of_banks_and_branches_keep_their_zeros() -> None:
    assert ("0001", "001") == (read_bank_code("０００１"), read_branch_code("店番号 001"))


@pytest.mark.parametrize("said", ["1", "12345", "足利銀行"])
def test_a_code_of_another_length_is_refused(said: str) -> None:
    for read, reason in ((read_bank_code, "bank_code_digits"), (read_branch_code, "branch_code_digits")):
        with pytest.raises(Unreadable) as refused:
            read(said)
        assert reason == refused.value.reason


@pytest.mark.parametrize(
    ("symbol", "number", "branch", "account_type", "seven"),
    [
        ("14030", "12345671", "408", ORDINARY, "1234567"),
        ("15150", "21111111", "518", ORDINARY, "2111111"),
        ("00580", "654321", "059", CURRENT, "0654321"),
        ("00160", "100001", "019", CURRENT, "0100001"),
        ("１４０３０", "１２３４５６７１", "408", ORDINARY, "1234567"),
        ("記号14030-1", "番号 12345671", "408", ORDINARY, "1234567"),
    ],
)
def test_a_japan_post_symbol_and_number_give_branch_type_and_seven_digits(
    symbol: str, number: str, branch: str, account_type: AccountType, seven: str
) -> None:
    assert BankAccount("9900", branch, account_type, seven) == read_japan_post(symbol, number)


@pytest.mark.parametrize(("symbol", "number"), [("14080", "12712721"), ("10010", "81111111"), ("16150", "12233411")])
def test_a_right_check_digit_asks_for_no_second_look(symbol: str, number: str) -> None:
    assert not read_japan_post(symbol, number).check_again


def test_a_wrong_check_digit_asks_for_a_second_look_and_refuses_nothing() -> None:
    account = read_japan_post("10530", "12345671")
    assert ("058", "1234567", True) == (account.branch, account.number, account.check_again)


def test_a_short_japan_post_number_is_filled_up_with_zeros() -> None:
    assert ("0000012", "0000004") == (read_japan_post("10120", "121").number, read_japan_post("00120", "4").number)


@pytest.mark.parametrize(
    ("symbol", "number", "reason"),
    [
        ("24030", "12345671", "japan_post_symbol"),
        ("14031", "12345671", "japan_post_symbol"),
        ("1403", "12345671", "japan_post_symbol"),
        ("408", "1234567", "japan_post_symbol"),
        ("14030", "12345672", "japan_post_number"),
        ("14030", "123456711", "japan_post_number"),
        ("14030", "1", "japan_post_number"),
        ("00580", "6543210", "japan_post_transfer_number"),
        ("00580", "なし", "japan_post_transfer_number"),
    ],
)
def test_what_is_no_japan_post_account_is_refused_with_its_reason(symbol: str, number: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_japan_post(symbol, number)
    assert reason == refused.value.reason


def test_an_account_does_not_show_its_number() -> None:
    assert "1234567" not in repr(read_japan_post("14030", "12345671"))


@pytest.mark.parametrize(
    "said",
    ["3200033", "〒320-0033", "３２０－００３３", "320ー0033", "320 0033", "三二〇〇〇三三", "郵便番号:3200033です"],
)
def test_a_postal_code_is_seven_digits(said: str) -> None:
    assert "3200033" == read_postal_code(said)


@pytest.mark.parametrize("said", ["320-003", "32000334", "宇都宮市", "320-0033-1", "3200-033"])
def test_what_is_no_postal_code_is_refused(said: str) -> None:
    with pytest.raises(Unreadable, match="postal_code_digits"):
        read_postal_code(said)
