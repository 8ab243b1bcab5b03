import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import (
    LOOK_ALIKES,
    Unreadable,
    look_alike_variants,
    read_code,
    read_count,
    read_inquiry_number,
    read_yen,
)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "ABCD123456",
            "abcd123456",
            "ＡＢＣＤ１２３４５６",
            "ABCD-123456",
            "ABCD ー 123456",
            "ABCD−1234−56",
            "AB CD 12 34 56",
        ),
        *(
            "番号はABCD123456です",
            "お問合せ番号：ABCD123456",
            "お問い合わせ番号は ABCD-123456 です。",
            "No.ABCD123456",
            "№ABCD123456",
            "no abcd123456",
        ),
        *(
            "ＮＯ．ＡＢＣＤ１２３４５６",
            "#ABCD123456",
            "紙に書いてある ABCD123456",
            "問い合わせNo:ABCD123456",
            "「ABCD123456」",
            "ABCD\n123456",
            "\u202aABCD123456\u202c",
            "ABCD123456になります",
            "Number: ABCD123456",
        ),
    ],
)
def test_every_way_to_write_an_inquiry_number_gives_that_number(said: str) -> None:
    assert read_inquiry_number(said) == "ABCD123456"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(("12345", "inquiry_number_form"), ("A" * 21, "inquiry_number_form"), ("わかりません", "inquiry_number_form")),
        *(("ABCD123456と EFGH123456", "inquiry_number_several"), ("ABCD123456\nEFGH123456", "inquiry_number_several")),
        *(
            ("ABCD123456、EFGH123456", "inquiry_number_several"),
            ("ABCD123456 EFGH123456", "inquiry_number_several"),
            ("ABCD123456　4401-0012", "inquiry_number_several"),
            ("ABCD123456・EFGH123456", "inquiry_number_several"),
            ("'; DROP TABLE coupons;--", "inquiry_number_form"),
            ("", "empty"),
        ),
        *(("😀😀😀😀😀😀", "inquiry_number_form"), ("１" * 3000, "too_long")),
    ],
)
def test_what_is_no_inquiry_number_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_inquiry_number(said)
    assert reason == refused.value.reason


def test_a_look_alike_is_mended_when_the_campaigns_form_leaves_one_reading() -> None:
    assert read_inquiry_number("TC-O12345", pattern="TC[0-9]{6}") == "TC012345"
    with pytest.raises(Unreadable) as refused:
        read_inquiry_number("TC-X12345", pattern="TC[0-9]{6}")
    assert refused.value.reason == "inquiry_number_form"


def test_a_pattern_that_backtracks_without_end_refuses_in_time() -> None:
    with pytest.raises(Unreadable) as refused:
        read_inquiry_number("A" * 60 + "1", pattern="(A|AA)+B", look_alikes={})
    assert refused.value.reason == "inquiry_number_form"


def test_variants_exchange_the_fewest_characters_first() -> None:
    assert look_alike_variants("O1") == ["01", "OI", "OL", "0I", "0L"]
    assert look_alike_variants("XYZ") == []
    assert look_alike_variants("AB", {"A": "4"}) == ["4B"]


@given(st.text(alphabet="0123456789ABILOXYZ", min_size=1, max_size=20))
def test_variants_are_bounded_different_and_of_the_same_length(number: str) -> None:
    variants = look_alike_variants(number, LOOK_ALIKES)
    assert len(variants) <= 16
    assert len(set(variants)) == len(variants)
    assert number not in variants
    assert all(len(variant) == len(number) for variant in variants)


@given(st.from_regex("[0-9A-Z]{6,20}", fullmatch=True), st.integers(0, 20), st.sampled_from("-－ー−\u200b"))
def test_a_number_broken_anywhere_is_read_back(number: str, place: int, mark: str) -> None:
    assert read_inquiry_number(number[:place] + mark + number[place:]) == number


# Of a number that begins with letters, those alone may look like the word before it: «ID 0000».
@given(st.from_regex("[0-9][0-9A-Z]{5,19}", fullmatch=True), st.integers(0, 5), st.sampled_from(" \u3000"))
def test_a_space_that_leaves_no_two_numbers_is_passed_over(number: str, place: int, space: str) -> None:
    assert read_inquiry_number(number[:place] + space + number[place:]) == number


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(
            ("1000", 1000),
            ("１，０００円", 1000),
            ("1,000", 1000),
            ("千円", 1000),
            ("2千円", 2000),
            ("¥500", 500),
            ("￥500", 500),
            ("500円です", 500),
        ),
        *(
            ("0", 0),
            ("０円", 0),
            ("なし", 0),
            ("残ってない", 0),
            ("残っていません。", 0),
            ("ゼロ", 0),
            ("使い切りました", 0),
            ("ゼロ円", 0),
        ),
        *(
            ("1万2千円", 12000),
            ("二千五百円", 2500),
            ("2千5百", 2500),
            ("1万", 10000),
            ("千五百", 1500),
            ("二〇〇〇円", 2000),
            ("500ポイント", 500),
        ),
        *(
            ("残り1,000円", 1000),
            ("残高は500円です", 500),
            ("約1000円くらい", 1000),
            ("1000円残っています", 1000),
            ("￥1,000-", 1000),
            ("1 円", 1),
            ("１円", 1),
            ("500 yen", 500),
            ("5500円残ってた", 5500),
            ("5500円残っていました", 5500),
            ("9,999,999", 9_999_999),
        ),
    ],
)
def test_an_amount_is_read_as_whole_yen(said: str, expected: int) -> None:
    assert read_yen(said) == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(
            ("-500", "yen_unknown"),
            ("1.000", "yen_unknown"),
            ("1,00", "yen_unknown"),
            ("10,00,000", "yen_unknown"),
            ("たくさん", "yen_unknown"),
        ),
        *(
            ("10000000", "yen_too_much"),
            ("9999万円", "yen_too_much"),
            ("", "empty"),
            ("2千5000", "yen_unknown"),
            ("円", "yen_unknown"),
        ),
        *(("1000円か2000円", "yen_unknown"), ("9" * 100, "yen_unknown"), ("💴", "yen_unknown"), ("1e3", "yen_unknown")),
    ],
)
def test_what_is_no_amount_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_yen(said)
    assert reason == refused.value.reason


@given(
    st.integers(0, 9_999_999),
    st.sampled_from(["{}", "{}円", "¥{}", "{:,}", "{:,}円です", "残高は{:,}円"]),
    st.booleans(),
)
def test_an_amount_written_is_read_back(amount: int, writer: str, wide: bool) -> None:
    said = writer.format(amount)
    assert read_yen(said.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}) if wide else said) == amount


@pytest.mark.parametrize(
    "said", ["012345", "０１２３４５", "012 345", "012-345", "コードは012345です", "〇一二三四五", "認証コード：012345"]
)
def test_a_code_keeps_its_zeros(said: str) -> None:
    assert read_code(said) == "012345"


@pytest.mark.parametrize("said", ["12345", "1234567", "123456か654321", "abcdef", "٠١٢٣٤٥"])
def test_what_is_not_six_digits_is_no_code(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_code(said)
    assert ("code_digits", {"digits": 6}) == (refused.value.reason, refused.value.facts)


@pytest.mark.parametrize(
    "said",
    ["2", "２", "②", "2枚", "二枚", "2つ", "ふたつ", "2枚です", "全部で2枚", "2枚だけ", "two", "2枚でお願いします"],
)
def test_a_count_is_read_with_its_counter(said: str) -> None:
    assert read_count(said) == 2


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("0", "count_out_of_range"),
        ("11枚", "count_out_of_range"),
        ("いくつか", "count_unknown"),
        ("1.5", "count_unknown"),
        ("-1", "count_unknown"),
    ],
)
def test_what_is_no_count_in_the_range_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_count(said, least=1, most=10)
    assert reason == refused.value.reason
