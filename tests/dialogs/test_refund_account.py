"""The account that money goes back to (rules.md §1.5 cases 36-40): its bank, its branch, its number, its holder."""

from dataclasses import replace

import pytest

from dialogs.reading.bank import AccountType, BankAccount
from tests.dialogs.player import (
    BANK,
    REFUND_SUBMITTED,
    REFUND_TO_CHECK,
    TO_ACCOUNT,
    Talk,
)
from tests.dialogs.refund_talk import CHECKED, DETAILS, JAPAN_POST, SEND, TO_HOLDER, details, rows

# --- the account ----------------------------------------------------------------------------------------------------


def test_a_bank_is_picked_from_what_was_found_and_looked_for_again() -> None:
    talk = (
        Talk()
        .play(TO_ACCOUNT)
        .check(
            [
                ("web:あしかが", "[足利銀行（0129）]\n[足利小山信用金庫（1221）]\n[ほかの銀行をさがす]"),
                ("web:[ほかの銀行をさがす]", "お振込先の銀行をさがします"),
                ("web:ほげほげ", "その銀行は見つかりませんでした"),
                ("web:あしかが", "お振込先の銀行を選んでください"),
                ("web:1", "支店をさがします"),
                ("web:ほげほげ", "その支店は見つかりませんでした"),
                ("web:101", "[宇都宮（101）]"),
            ]
        )
    )
    assert talk.outcomes == []


def test_where_more_was_found_than_is_shown_it_is_said_what_to_do() -> None:
    more = "はじめの1件です。ないときは「ほかの支店をさがす」を選んで"
    talk = (
        Talk()
        .play([*TO_ACCOUNT, *BANK[:2]])
        .check([("web:八", more), ("web:[ほかの支店をさがす]", "支店をさがします")])
    )
    assert more not in talk.do("web:宇都宮")


def test_a_code_of_no_table_may_still_be_right() -> None:
    talk = Talk().play([*TO_ACCOUNT, "web:1234", "web:[コード1234のまま進む]", *BANK[2:], *REFUND_SUBMITTED[-2:]])
    assert ("1234", "") == (details(talk).account.bank, details(talk).bank_name)


def test_another_bank_asks_for_its_branch_and_keeps_the_number() -> None:
    talk = Talk().play(REFUND_TO_CHECK).play(["web:変更", "web:お振込先", "web:銀行", "web:[足利小山信用金庫（1221）]"])
    talk.check([("web:宇都宮", "支店を選んで"), ("web:[宇都宮（101）]", CHECKED), (SEND, "")])
    assert replace(DETAILS.account, bank="1221") == details(talk).account


@pytest.mark.parametrize(("said", "why"), [("1234", "account_number_short"), ("12345678", "account_number_digits")])
def test_an_account_number_has_seven_digits(said: str, why: str) -> None:
    talk = Talk().play([*TO_HOLDER[:-1], f"web:{said}"])
    assert talk.last
    assert f"why.{why}" == talk.last.says[-1].key


def test_a_symbol_and_a_number_of_japan_post_become_an_account() -> None:
    talk = Talk().play(JAPAN_POST).check([("web:14030", "「番号」"), ("web:12345671", "口座の名義")])
    talk.play(REFUND_SUBMITTED[-2:])
    assert BankAccount("9900", "408", AccountType.ORDINARY, "1234567") == details(talk).account
    assert ("ゆうちょ銀行", "四〇八") == (details(talk).bank_name, details(talk).branch_name)
    assert "12345671（振込用の店番 408、口座番号 1234567）" == rows(talk, masked=False)["ゆうちょの番号"]


def test_a_check_digit_that_does_not_fit_is_asked_about_and_holds_nobody_up() -> None:
    talk = (
        Talk()
        .play(JAPAN_POST)
        .check(
            [
                ("web:10530", "「番号」"),
                ("web:12345671", "もう一度ご確認ください。\n記号：10530\n番号：12345671"),
                ("web:[入れ直す]", "「記号」"),
                ("web:10530", "「番号」"),
                ("web:12345671", "もう一度ご確認ください"),
                ("web:[はい、このまま]", "口座の名義"),
            ]
        )
    )
    talk.play(REFUND_SUBMITTED[-2:])
    assert ("058", True) == (details(talk).account.branch, details(talk).account.check_again)


def test_a_symbol_of_no_account_is_asked_again() -> None:
    talk = Talk().play([*JAPAN_POST, "web:19990", "web:12345671"])
    talk.check([("web:[はい、このまま]", "その記号の口座は見つかりませんでした")])
    talk.check([("web:14030", "「番号」"), ("web:12345671", "口座の名義")])


def test_another_symbol_that_does_not_fit_the_number_asks_for_the_number() -> None:
    talk = Talk().play([*JAPAN_POST, "web:14030", "web:12345671", *REFUND_SUBMITTED[-2:-1]])
    talk.check([("web:変更", ""), ("web:お振込先", ""), ("web:ゆうちょの記号", "「記号」"), ("web:00580", "「番号」")])


# --- the holder -----------------------------------------------------------------------------------------------------


def test_another_holder_than_the_applicant_is_asked_about_once_more() -> None:
    talk = (
        Talk()
        .play(TO_HOLDER)
        .check(
            [
                ("web:トチギ タロウ", "お名前の読みと違います"),
                ("web:[入れ直す]", "口座の名義を"),
                ("web:ハナコ トチギ", CHECKED),
                (SEND, ""),
            ]
        )
    )
    assert "ﾊﾅｺ ﾄﾁｷﾞ" == details(talk).holder


def test_who_insists_on_a_holder_is_believed_until_staff_look_at_it() -> None:
    talk = Talk().play([*TO_HOLDER, "web:スズキ ハナコ", "web:[本人の口座です]", SEND])
    assert "ｽｽﾞｷ ﾊﾅｺ" == details(talk).holder


def test_a_holder_in_kanji_is_asked_for_in_katakana() -> None:
    Talk().play(TO_HOLDER).check([("web:栃木花子", "カタカナで書いてください"), ("web:とちぎはなこ", CHECKED)])
