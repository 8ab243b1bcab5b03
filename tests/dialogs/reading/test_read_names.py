import pytest

from dialogs.reading import Unreadable, read_free_text, read_name


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(
            ("栃木 太郎", "栃木 太郎"),
            ("　栃木　太郎　", "栃木 太郎"),
            ("髙橋 﨑子", "髙橋 﨑子"),
            ("神谷", "神谷"),
            ("佐々木", "佐々木"),
        ),
        *(
            ("Ｔａｒｏ　Ｙａｍａｄａ", "Taro Yamada"),
            ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ ハナコ"),
            ("O'Brien", "O'Brien"),
            ("マリー・テレーズ", "マリー・テレーズ"),
        ),
        *(
            ("Nguyễn Văn An", "Nguyễn Văn An"),
            ("김민준", "김민준"),
            ("葛\U000e0100城", "葛\U000e0100城"),
            ("か\u3099く", "がく"),
            ("李", "李"),
        ),
        *(
            ("Jean-Luc", "Jean-Luc"),
            ("山田(旧姓 佐藤)花子", "山田(旧姓 佐藤)花子"),
            ("太\u200b郎\u202e", "太郎"),
            ("三", "三"),
            ("Ivan II", "Ivan II"),
        ),
        ("字" * 60, "字" * 60),
    ],
)
def test_a_name_is_kept_as_it_is_written(said: str, expected: str) -> None:
    assert read_name(said) == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(
            ("", "empty"),
            ("　", "empty"),
            ("字" * 61, "too_long"),
            ("12345", "name_digits"),
            ("090-1234-5678", "name_digits"),
        ),
        *(
            ("http://evil.example", "name_url"),
            ("www.evil", "name_url"),
            ("taro@example.jp", "name_url"),
            ("evil.com", "name_url"),
        ),
        *(
            ("太\x00郎", "name_characters"),
            ("栃木\n太郎", "name_characters"),
            ("<b>太郎</b>", "name_characters"),
            ("太郎😀", "name_characters"),
        ),
        *(
            ("Robert'); DROP TABLE claims;--", "name_characters"),
            ("\ud800", "empty"),
            ("太郎\ue000", "name_characters"),
            ("・・", "name_digits"),
        ),
    ],
)
def test_what_is_no_name_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_name(said)
    assert reason == refused.value.reason


def test_free_text_keeps_its_lines_and_loses_what_is_hidden() -> None:
    said = "  宿で　発行  できず\r\n\r\n\r\n\r\n困りました。\u202e\x00 <b>髙</b> "
    assert read_free_text(said) == "宿で 発行 できず\n\n困りました。 <b>髙</b>"


@pytest.mark.parametrize(
    ("said", "reason"), [("\u200b\n ", "empty"), ("あ" * 11, "too_long"), ("あ" * 30_000, "too_long")]
)
def test_free_text_has_a_measure(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_free_text(said, most=10)
    assert (reason, {"limit": 10} if reason == "too_long" else {}) == (refused.value.reason, refused.value.facts)
