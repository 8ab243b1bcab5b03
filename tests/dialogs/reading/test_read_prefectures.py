import pytest

from dialogs.reading import (
    PREFECTURES,
    REGIONS,
    Prefecture,
    Unreadable,
    prefecture_name,
    prefectures_in,
    read_prefecture,
    read_region,
)


def test_there_are_47_prefectures_in_the_order_of_their_codes_in_eight_regions() -> None:
    assert [prefecture.code for prefecture in PREFECTURES] == [f"{code:02}" for code in range(1, 48)]
    sizes = {region.key: len(prefectures_in(region.key)) for region in REGIONS}
    assert sizes == {
        **{"hokkaido": 1, "tohoku": 6, "kanto": 7, "chubu": 9, "kinki": 7},
        **{"chugoku": 5, "shikoku": 4, "kyushu": 8},
    }


@pytest.mark.parametrize("prefecture", PREFECTURES, ids=lambda prefecture: prefecture.latin)
def test_every_spelling_of_a_prefecture_gives_its_code(prefecture: Prefecture) -> None:
    suffix = {"都": "と", "道": "", "府": "ふ", "県": "けん"}[prefecture.name[-1]]
    katakana = "".join(chr(ord(letter) + 0x60) for letter in prefecture.kana)
    spellings = [
        *(prefecture.name, prefecture.short_name, prefecture.kana, prefecture.kana + suffix, katakana),
        *(prefecture.latin, prefecture.latin.upper(), f"{prefecture.latin} Prefecture", prefecture.code),
        *(
            str(int(prefecture.code)),
            f"{prefecture.name}です",
            f"「{prefecture.name}」",
            f"{prefecture.name}に泊まりました",
        ),
    ]
    assert {spelling: read_prefecture(spelling) for spelling in spellings} == dict.fromkeys(spellings, prefecture.code)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(
            ("TOCHIGI-KEN", "09"),
            ("Totigi", "09"),
            ("ﾄﾁｷﾞ", "09"),
            ("とちぎけん", "09"),
            ("とちぎ県", "09"),
            ("トチギ", "09"),
            ("０９", "09"),
            ("9番", "09"),
        ),
        *(
            ("栃木県宇都宮市", "09"),
            ("東京都内", "13"),
            ("Tōkyō", "13"),
            ("Toukyou-to", "13"),
            ("Kyoto-fu", "26"),
            ("きょうと", "26"),
        ),
        *(
            ("Ohsaka", "27"),
            ("Oosaka", "27"),
            ("Gumma", "10"),
            ("Hirosima", "34"),
            ("Ooita", "44"),
            ("Hokkaidou", "01"),
            ("ほっかいどう", "01"),
        ),
    ],
)
def test_other_ways_to_name_a_prefecture_are_read(said: str, expected: str) -> None:
    assert read_prefecture(said) == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *(
            ("栃木と群馬", "prefecture_several"),
            ("48", "prefecture_unknown"),
            ("0", "prefecture_unknown"),
            ("ハワイ", "prefecture_unknown"),
        ),
        *(
            ("栃木県ではない", "prefecture_unknown"),
            ("🗾", "prefecture_unknown"),
            ("", "empty"),
        ),
    ],
)
def test_what_is_no_one_prefecture_is_refused(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_prefecture(said)
    assert reason == refused.value.reason


@pytest.mark.parametrize("said", ["とちき", "Tochgi", "枥木県", "栃", "tochigy"])
def test_a_near_miss_suggests_what_was_perhaps_meant(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_prefecture(said)
    assert refused.value.reason == "prefecture_near"
    assert refused.value.facts == {"suggestion": "栃木県", "suggestion_latin": "Tochigi"}


def test_a_region_is_read_by_name_or_number() -> None:
    for number, region in enumerate(REGIONS, start=1):
        for said in (region.name, f"{region.name}地方", region.kana, region.latin, str(number), region.latin.upper()):
            assert read_region(said) == region.key
    assert (read_region("関西"), read_region("沖縄"), read_region("Kyūshū")) == ("kinki", "kyushu", "kyushu")


@pytest.mark.parametrize("said", ["栃木", "9", "0", "本州", "x"])
def test_what_is_no_region_is_refused(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_region(said)
    assert refused.value.reason == "region_unknown"


def test_a_prefecture_is_named_in_the_persons_language() -> None:
    assert [prefecture_name("09", language) for language in ("ja", "ja-easy", "en")] == ["栃木県", "栃木県", "Tochigi"]
