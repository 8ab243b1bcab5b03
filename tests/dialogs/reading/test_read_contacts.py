import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import (
    MailReading,
    Unreadable,
    mask_mail,
    mask_name,
    mask_phone,
    read_contact,
    read_mail,
    read_mobile,
    read_phone,
    read_target,
    smtp_form,
)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "09012345678",
            "090-1234-5678",
            "０９０－１２３４－５６７８",
            "090ー1234ー5678",
            "090−1234−5678",
            "090 1234 5678",
            "(090)1234-5678",
        ),
        *(
            "+81 90 1234 5678",
            "+81 090-1234-5678",
            "+81(0)90-1234-5678",
            "＋８１９０１２３４５６７８",
            "0081-90-1234-5678",
            "008190-1234-5678",
        ),
        *(
            "010-81-90-1234-5678",
            "819012345678",
            "9012345678",
            "〇九〇一二三四五六七八",
            "〇九〇ー一二三四ー五六七八",
            "090.1234.5678",
            "090/1234/5678",
        ),
        *(
            "電話番号は090-1234-5678です",
            "携帯：090-1234-5678",
            "携帯番号は 09012345678 です。",
            "TEL: 090-1234-5678",
            "090-1234-5678(携帯)",
            "娘の携帯 090-1234-5678",
            "09O-1234-5678",
            "\u202d090-1234-5678\u202c",
        ),
    ],
)
def test_every_way_to_write_a_mobile_number_gives_that_number(said: str) -> None:
    assert read_mobile(said) == "+819012345678"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(
            ("028-623-3210", "phone_landline"),
            ("03-1234-5678", "phone_landline"),
            ("050-1234-5678", "phone_ip"),
            ("020-1234-5678", "phone_pager"),
        ),
        *(
            ("0120-479-249", "phone_toll_free"),
            ("0800-123-4567", "phone_toll_free"),
            ("0570-012-345", "phone_not_mobile"),
        ),
        *(
            ("+1 202 555 0123", "phone_foreign"),
            ("090-1234-567", "phone_digits"),
            ("090-1234-56789", "phone_digits"),
            ("110", "phone_digits"),
        ),
        *(
            ("090-1234-5678 080-1234-5678", "phone_digits"),
            ("090-ABCD-5678", "phone_unknown"),
            ("taro@example.jp", "phone_unknown"),
        ),
        *(
            ("", "empty"),
            ("📱", "phone_unknown"),
            ("+", "phone_unknown"),
            ("()", "phone_unknown"),
            ("+8190", "phone_digits"),
            ("0" * 150, "phone_digits"),
        ),
    ],
)
def test_a_number_that_gets_no_sms_is_refused_with_its_own_reason(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_mobile(said)
    assert reason == refused.value.reason


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("028-623-3210", "+81286233210"),
        ("050-1234-5678", "+815012345678"),
        ("０１２０－４７９－２４９", "+81120479249"),
    ],
)
def test_any_japanese_number_will_do_for_the_contact(said: str, expected: str) -> None:
    assert read_phone(said) == expected
    assert read_contact(said) == expected


@given(
    st.sampled_from(["060", "070", "080", "090"]),
    st.integers(10_000_000, 99_999_999),
    st.sampled_from(["{0}-{1}-{2}", "{0}{1}{2}", "{0} {1} {2}"]),
)
def test_a_mobile_number_is_read_back_from_its_own_form(prefix: str, rest: int, writer: str) -> None:
    said = writer.format(prefix, str(rest)[:4], str(rest)[4:])
    expected = f"+81{prefix[1:]}{rest}"
    assert read_mobile(said) == expected
    assert read_mobile(expected) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("taro@example.jp", MailReading("taro@example.jp", None, False)),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", MailReading("taro@example.jp", None, False)),
        ("Taro@EXAMPLE.jp", MailReading("Taro@example.jp", None, False)),
        ("メールは taro @ example.jp です。", MailReading("taro@example.jp", None, False)),
        ("メールアドレス：taro@example.jp", MailReading("taro@example.jp", None, False)),
        ("<taro@example.jp>", MailReading("taro@example.jp", None, False)),
        ("mailto:taro@example.jp", MailReading("taro@example.jp", None, False)),
        ("アドレスは taro@example.jp", MailReading("taro@example.jp", None, False)),
        ("taro@example.jp。よろしくお願いします", MailReading("taro@example.jp", None, False)),
        ("taro@example。jp", MailReading("taro@example.jp", None, False)),
        ("taro－yamadaー1@example.jp", MailReading("taro-yamada-1@example.jp", None, False)),
        ("taro+coupon@gmail.com", MailReading("taro+coupon@gmail.com", None, False)),
        ("a..b@docomo.ne.jp", MailReading("a..b@docomo.ne.jp", None, True)),
        ("abc.@ezweb.ne.jp", MailReading("abc.@ezweb.ne.jp", None, True)),
        (".abc@docomo.ne.jp", MailReading(".abc@docomo.ne.jp", None, True)),
        ("taro@gmail.con", MailReading("taro@gmail.con", "taro@gmail.com", False)),
        ("taro@gmai.com", MailReading("taro@gmai.com", "taro@gmail.com", False)),
        ("taro@docomo.co.jp", MailReading("taro@docomo.co.jp", "taro@docomo.ne.jp", False)),
        ("taro@yahoo.co.jp", MailReading("taro@yahoo.co.jp", None, False)),
        ("taro@mail.com", MailReading("taro@mail.com", None, False)),
    ],
)
def test_a_mail_address_is_read(said: str, expected: MailReading) -> None:
    assert read_mail(said) == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(
            ("taro.example.jp", "mail_unknown"),
            ("@example.jp", "mail_unknown"),
            ("taro yamada@example.jp", "mail_unknown"),
            ("", "empty"),
        ),
        *(
            ("taro@example", "mail_domain"),
            ("taro@", "mail_domain"),
            ("taro@example..jp", "mail_domain"),
            ("taro@example,jp", "mail_domain"),
        ),
        *(
            ("taro@a.jp hanako@a.jp", "mail_several"),
            ("太郎@example.jp", "mail_not_ascii"),
            ("taro@例え.jp", "mail_not_ascii"),
        ),
        *(
            ("a..b@gmail.com", "mail_dots"),
            (".a@example.jp", "mail_dots"),
            ("a@" + "b" * 300 + ".jp", "too_long"),
            ("<script>@x.jp", "mail_unknown"),
        ),
        *(
            (("a" * 70) + "@example.jp", "mail_unknown"),
            ("taro@[127.0.0.1]", "mail_domain"),
            ("taro@x.local", "mail_unknown"),
        ),
    ],
)
def test_what_is_no_mail_address_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_mail(said)
    assert reason == refused.value.reason


def test_an_old_carrier_address_is_quoted_only_in_the_envelope() -> None:
    assert smtp_form("a..b@docomo.ne.jp") == '"a..b"@docomo.ne.jp'
    assert smtp_form("taro@example.jp") == "taro@example.jp"


def test_a_target_is_a_mobile_number_or_a_mail_address() -> None:
    assert read_target("０９０－１２３４－５６７８") == ("sms", "+819012345678")
    assert read_target("taro＠example.jp") == ("mail", "taro@example.jp")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(("028-623-3210", "phone_landline"), ("050-1234-5678", "phone_ip"), ("taro.example.jp", "contact_unknown")),
        *(("自宅", "contact_unknown"), ("taro@", "mail_domain"), ("090-1234", "phone_digits"), ("", "empty")),
    ],
)
def test_a_target_that_cannot_be_reached_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_target(said)
    assert reason == refused.value.reason


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+819012345678", "090-****-5678"),
        ("09012345678", "090-****-5678"),
        ("+81286233210", "028-****-3210"),
        ("+81120479249", "0120-****-249"),
        ("x", "****"),
        ("", "****"),
    ],
)
def test_a_phone_number_is_masked(number: str, expected: str) -> None:
    assert mask_phone(number) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("hanako@example.jp", "h***@example.jp"),
        ("a@b.jp", "a***@b.jp"),
        ("nothing", "***"),
        ("@b.jp", "***"),
        ("", "***"),
    ],
)
def test_a_mail_address_is_masked(address: str, expected: str) -> None:
    assert mask_mail(address) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("栃木 太郎", "栃***"), ("Taro", "T***"), ("葛\U000e0100城", "葛\U000e0100***"), (" 髙橋", "髙***"), ("", "***")],
)
def test_a_name_is_masked_to_its_first_character_as_drawn(name: str, expected: str) -> None:
    assert mask_name(name) == expected
