"""Banks and branches are found as people type them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.banks import Bank, Branch, bank, branch, search_banks, search_branches


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0129", "0129"),
        ("０１２９", "0129"),
        ("足利", "0129"),
        ("足利銀行", "0129"),
        ("あしかが", "0129"),
        ("ｱｼｶｶﾞ銀行", "0129"),
        ("Ashikaga Bank", "0129"),
        ("足刹銀行", "0129"),
        ("三菱UFJ", "0005"),
        ("三菱ＵＦＪ銀行", "0005"),
        ("MUFG", "0005"),
        ("みづほ", "0001"),
        ("ミズホ", "0001"),
        ("栃木信用金庫", "1222"),
        ("足利小山信金", "1221"),
        ("宇都宮農業協同組合", "4445"),
        ("JAうつのみや", "4445"),
        ("ゆうちょ", "9900"),
        ("ユウチョ銀行", "9900"),
        ("郵便局", "9900"),
        ("Japan Post", "9900"),
        ("yucho", "9900"),
        ("住信SBIネット銀行", "0038"),
        ("愛知銀行", "0542"),
        ("オリックス", "0307"),
        ("あしぎん", "0129"),
        ("アシギン", "0129"),
        ("足銀", "0129"),
        ("ashigin", "0129"),
        ("とちぎん", "0517"),
        ("ちばぎん", "0134"),
        ("はまぎん", "0138"),
        ("道銀", "0116"),
        ("みずほ", "0001"),
        ("みつびし", "0005"),
        ("三菱", "0005"),
        ("りそな", "0010"),
        ("みすほ", "0001"),
        ("うつのみや農協", "4445"),
        ("とちぎしんようきんこ", "1222"),
    ],
)
def test_a_bank_is_found_by_code_name_kana_latin_brand_and_nearly(typed: str, code: str) -> None:
    assert code == search_banks(typed)[0].code


@pytest.mark.parametrize(
    ("bank_code", "typed", "code"),
    [
        ("0129", "101", "101"),
        ("0129", "宇都宮支店", "101"),
        ("0129", "うつのみや", "101"),
        ("0129", "utsunomiya", "101"),
        ("0129", "宇部宮支店", "101"),
        ("0129", "本店", "100"),
        ("0001", "Shimbashi", "130"),
        ("0001", "tokyo", "001"),
        ("0005", "たまｾﾝﾀｰ", "591"),
        ("9900", "四〇八店", "408"),
        ("9900", "ヨンゼロハチ", "408"),
    ],
)
def test_a_branch_is_found_within_its_bank(bank_code: str, typed: str, code: str) -> None:
    assert code == search_branches(bank_code, typed)[0].code


def test_the_whole_name_comes_before_its_beginning_and_that_before_a_part() -> None:
    found = [place.name for place in search_branches("0129", "宇都宮", most=30)]
    assert "宇都宮" == found[0]
    beginnings = [name.startswith("宇都宮") for name in found]
    assert sorted(beginnings, reverse=True) == beginnings


def test_the_beginning_of_a_code_lists_codes_in_their_order() -> None:
    codes = [place.code for place in search_banks("012", most=5)]
    assert ["0120", "0121", "0122", "0123", "0124"] == codes


def test_a_nickname_of_a_bank_finds_no_stranger() -> None:
    assert ["足利銀行"] == [place.name for place in search_banks("あしぎん")]
    assert ["ゆうちょ銀行"] == [place.name for place in search_banks("ゆうぎん")]


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "銀行", "ぎん", "JA", "しんきん", "ぬるぽ銀行", "ほげほげ", "😀", "<script>", "あ" * 3000, "9999"],
)
def test_what_is_no_bank_finds_none(typed: str) -> None:
    assert [] == search_banks(typed)


def test_no_more_are_given_than_asked_for() -> None:
    assert (10, 3) == (len(search_banks("東京")), len(search_banks("東京", most=3)))


def test_a_bank_in_the_table_has_its_full_name_and_reading() -> None:
    assert Bank("0129", "足利銀行", "アシカガ") == bank("0129")
    assert Bank("1222", "栃木信用金庫", "トチギシンキン") == bank("1222")
    assert Branch("9900", "408", "四〇八", "ヨンゼロハチ") == branch("9900", "408")


def test_a_bank_merged_away_is_known_only_under_the_name_that_is_given() -> None:
    assert (None, None) == (bank("0533"), branch("0533", "001"))
    assert Bank("0533", "長野銀行", "", listed=False) == bank("0533", known_as="長野銀行")
    assert Branch("0533", "001", "本店", "", listed=False) == branch("0533", "001", known_as="本店")


def test_the_table_wins_over_the_name_that_is_given() -> None:
    assert bank("0129") == bank("0129", known_as="別の銀行")


def test_the_branches_of_no_bank_are_none() -> None:
    assert [] == search_branches("9999", "本店")


@given(st.text(max_size=30))
def test_any_text_is_searched_without_an_error(typed: str) -> None:
    assert len(search_banks(typed)) <= 10
    assert len(search_branches("0129", typed)) <= 10


def test_the_table_is_loaded_with_the_first_question_and_not_before() -> None:
    program = (
        "import sys, integrations.banks as banks; before = 'zengin_code' in sys.modules;"
        "banks.bank('0001'); sys.exit(0 if not before and 'zengin_code' in sys.modules else 1)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode
