"""The 47 prefectures of JIS X 0401 and the eight regions they are asked by."""

import re
import unicodedata
from difflib import get_close_matches
from typing import NamedTuple

from dialogs.reading.numerals import kanji_to_digits
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import bare, tidy, without_politeness


class Region(NamedTuple):
    """One of the eight regions, as schools teach them; Okinawa is with Kyushu."""

    key: str
    name: str
    kana: str
    latin: str


class Prefecture(NamedTuple):
    """A prefecture: its two-digit JIS X 0401 code, names, and the key of its region."""

    code: str
    name: str
    kana: str
    latin: str
    region: str

    @property
    def short_name(self) -> str:
        """栃木 of 栃木県; 北海道 has no shorter name."""
        return self.name if self.name == "北海道" else self.name[:-1]


REGIONS = (
    Region("hokkaido", "北海道", "ほっかいどう", "Hokkaido"),
    Region("tohoku", "東北", "とうほく", "Tohoku"),
    Region("kanto", "関東", "かんとう", "Kanto"),
    Region("chubu", "中部", "ちゅうぶ", "Chubu"),
    Region("kinki", "近畿", "きんき", "Kinki"),
    Region("chugoku", "中国", "ちゅうごく", "Chugoku"),
    Region("shikoku", "四国", "しこく", "Shikoku"),
    Region("kyushu", "九州・沖縄", "きゅうしゅう・おきなわ", "Kyushu and Okinawa"),
)

# code name kana latin region: JIS X 0401
_ROWS = """
01 北海道 ほっかいどう Hokkaido hokkaido
02 青森県 あおもり Aomori tohoku
03 岩手県 いわて Iwate tohoku
04 宮城県 みやぎ Miyagi tohoku
05 秋田県 あきた Akita tohoku
06 山形県 やまがた Yamagata tohoku
07 福島県 ふくしま Fukushima tohoku
08 茨城県 いばらき Ibaraki kanto
09 栃木県 とちぎ Tochigi kanto
10 群馬県 ぐんま Gunma kanto
11 埼玉県 さいたま Saitama kanto
12 千葉県 ちば Chiba kanto
13 東京都 とうきょう Tokyo kanto
14 神奈川県 かながわ Kanagawa kanto
15 新潟県 にいがた Niigata chubu
16 富山県 とやま Toyama chubu
17 石川県 いしかわ Ishikawa chubu
18 福井県 ふくい Fukui chubu
19 山梨県 やまなし Yamanashi chubu
20 長野県 ながの Nagano chubu
21 岐阜県 ぎふ Gifu chubu
22 静岡県 しずおか Shizuoka chubu
23 愛知県 あいち Aichi chubu
24 三重県 みえ Mie kinki
25 滋賀県 しが Shiga kinki
26 京都府 きょうと Kyoto kinki
27 大阪府 おおさか Osaka kinki
28 兵庫県 ひょうご Hyogo kinki
29 奈良県 なら Nara kinki
30 和歌山県 わかやま Wakayama kinki
31 鳥取県 とっとり Tottori chugoku
32 島根県 しまね Shimane chugoku
33 岡山県 おかやま Okayama chugoku
34 広島県 ひろしま Hiroshima chugoku
35 山口県 やまぐち Yamaguchi chugoku
36 徳島県 とくしま Tokushima shikoku
37 香川県 かがわ Kagawa shikoku
38 愛媛県 えひめ Ehime shikoku
39 高知県 こうち Kochi shikoku
40 福岡県 ふくおか Fukuoka kyushu
41 佐賀県 さが Saga kyushu
42 長崎県 ながさき Nagasaki kyushu
43 熊本県 くまもと Kumamoto kyushu
44 大分県 おおいた Oita kyushu
45 宮崎県 みやざき Miyazaki kyushu
46 鹿児島県 かごしま Kagoshima kyushu
47 沖縄県 おきなわ Okinawa kyushu
"""
PREFECTURES = tuple(Prefecture(*row.split()) for row in _ROWS.split("\n") if row)
BY_CODE = {prefecture.code: prefecture for prefecture in PREFECTURES}

_KANA_OF_SUFFIX = {"都": "と", "道": "", "府": "ふ", "県": "けん"}
_LATIN_OF_SUFFIX = {"都": "to", "道": "do", "府": "hu", "県": "ken"}
# One spelling for the two romanisations and for long vowels: Totigi, Tôkyô and Ohsaka are read too.
_ROMANISATION = (
    (re.compile("shi"), "si"),
    (re.compile("sh"), "sy"),
    (re.compile("chi"), "ti"),
    (re.compile("ch"), "ty"),
    (re.compile("tsu"), "tu"),
    (re.compile("fu"), "hu"),
    (re.compile("ji"), "zi"),
    (re.compile("m(?=[bp])"), "n"),
    (re.compile("mm"), "nm"),
    (re.compile(r"o(?:[ou]|h(?![aiueo]))"), "o"),
    (re.compile("uu"), "u"),
)
_NUMBER = re.compile("[0-9]{1,2}")
_NEGATIVE = re.compile("ない|ません|以外|違|ちが|じゃな")
_NEAR = 0.65


def prefectures_in(region: str) -> tuple[Prefecture, ...]:
    """The prefectures of a region (by its key), in the order of their codes."""
    return tuple(prefecture for prefecture in PREFECTURES if prefecture.region == region)


def prefecture_name(code: str, language: str = "ja") -> str:
    """How a prefecture is called in a language: 栃木県, Tochigi in all that is not Japanese; KeyError for no code."""
    prefecture = BY_CODE[code]
    return prefecture.name if language.startswith("ja") else prefecture.latin


def read_prefecture(said: str) -> str:
    """The JIS X 0401 code, "09" for 栃木; also out of a sentence that holds one name in kanji.

    Raises Unreadable "prefecture_near" (suggestion, suggestion_latin), "prefecture_several", "prefecture_unknown".
    """
    word = without_politeness(bare(tidy(said)))
    for spelling in (word, word.replace(" ", ""), _canonical_latin(word)):
        if spelling in _CODE_BY_SPELLING:
            return _CODE_BY_SPELLING[spelling]
    number = kanji_to_digits(word).removesuffix("番")
    if _NUMBER.fullmatch(number) and number.zfill(2) in BY_CODE:
        return number.zfill(2)
    if _NEGATIVE.search(word):
        raise Unreadable("prefecture_unknown")
    named = {_CODE_BY_SPELLING[name] for name in _KANJI_NAMES.findall(word)}
    if len(named) > 1:
        raise Unreadable("prefecture_several")
    if not named:
        raise _unknown(word)
    return named.pop()


def read_region(said: str) -> str:
    """The key of a region, by name in any script or by its number from 1; raises Unreadable "region_unknown"."""
    word = without_politeness(bare(tidy(said)))
    for spelling in (word, word.removesuffix("地方"), _canonical_latin(word)):
        if spelling in _REGION_BY_SPELLING:
            return _REGION_BY_SPELLING[spelling]
    number = kanji_to_digits(word).removesuffix("番")
    if _NUMBER.fullmatch(number) and 1 <= int(number) <= len(REGIONS):
        return REGIONS[int(number) - 1].key
    raise Unreadable("region_unknown")


def _unknown(word: str) -> Unreadable:
    near = get_close_matches(word, _CODE_BY_SPELLING, n=1, cutoff=_NEAR)
    if not near:
        return Unreadable("prefecture_unknown")
    meant = BY_CODE[_CODE_BY_SPELLING[near[0]]]
    return Unreadable("prefecture_near", suggestion=meant.name, suggestion_latin=meant.latin)


def _canonical_latin(word: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", word.casefold()) if letter.isascii())
    plain = re.sub(r"(?:prefecture|pref|region)$", "", re.sub("[^a-z]", "", plain))
    for spelled, canonical in _ROMANISATION:
        plain = spelled.sub(canonical, plain)
    return plain


def _spellings(prefecture: Prefecture) -> set[str]:
    suffix, latin = prefecture.name[-1], _canonical_latin(prefecture.latin)
    kana = prefecture.kana
    return {
        *(prefecture.name, prefecture.short_name, kana, kana + _KANA_OF_SUFFIX[suffix], kana + suffix),
        *(prefecture.latin.lower(), latin, latin + _LATIN_OF_SUFFIX[suffix]),
    }


def _region_spellings(region: Region) -> set[str]:
    latin = {_canonical_latin(part) for part in (region.latin, *region.latin.split(" and "))}
    return latin | {region.name, region.kana, *region.name.split("・"), *region.kana.split("・")}


_CODE_BY_SPELLING = {spelling: prefecture.code for prefecture in PREFECTURES for spelling in _spellings(prefecture)}
_REGION_BY_SPELLING = {spelling: region.key for region in REGIONS for spelling in _region_spellings(region)} | {
    "関西": "kinki",
    "かんさい": "kinki",
    "kansai": "kinki",
}
# The longer first: 東京都 holds 京都.
_KANJI_NAMES = re.compile(
    "|".join(
        name
        for prefecture in sorted(PREFECTURES, key=lambda each: -len(each.name))
        for name in (prefecture.name, prefecture.short_name)
    )
)
