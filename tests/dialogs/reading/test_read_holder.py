"""Holders' names in the letters of the banks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import Unreadable, holder_kana, kana_matches_name
from dialogs.reading.holder import LONGEST_HOLDER

BANK_LETTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ().-ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("トチギ　ハナコ", "ﾄﾁｷﾞ ﾊﾅｺ"),
        ("とちぎ はなこ", "ﾄﾁｷﾞ ﾊﾅｺ"),
        ("ﾄﾁｷﾞ ﾊﾅｺ", "ﾄﾁｷﾞ ﾊﾅｺ"),
        ("Tochigi Hanako", "TOCHIGI HANAKO"),
        ("ｔｏｃｈｉｇｉ", "TOCHIGI"),
        ("キョウコ", "ｷﾖｳｺ"),
        ("ｷｮｳｺ", "ｷﾖｳｺ"),
        ("ッァィゥェォャュョヮ", "ﾂｱｲｳｴｵﾔﾕﾖﾜ"),
        ("ヵヶヰヱヲ", "ｶｹｲｴｵ"),
        ("ｦｳｻｷ", "ｵｳｻｷ"),
        ("アール", "ｱ-ﾙ"),
        ("ｱｰﾙ", "ｱ-ﾙ"),
        ("ア−ル", "ｱ-ﾙ"),
        ("Jean‐Luc", "JEAN-LUC"),
        ("パピプペポ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"),
        ("ヴィクトル", "ｳﾞｲｸﾄﾙ"),
        ("ゔぃくとる", "ｳﾞｲｸﾄﾙ"),
        ("カ゛クト", "ｶﾞｸﾄ"),
        ("か\u3099くと", "ｶﾞｸﾄ"),
        ("みすゞ", "ﾐｽｽﾞ"),
        ("カネコ　ミスヾ", "ｶﾈｺ ﾐｽｽﾞ"),
        ("ミツヾ", "ﾐﾂﾂﾞ"),
        ("さゝき", "ｻｻｷ"),
        ("マリア・シルバ", "ﾏﾘｱ ｼﾙﾊﾞ"),
        ("SMITH, JOHN", "SMITH JOHN"),
        ("O'Brien", "OBRIEN"),
        ("Nguyễn Văn An", "NGUYEN VAN AN"),
        ("José", "JOSE"),
        ("（カ）トチギ", "(ｶ)ﾄﾁｷﾞ"),
        ("ミツビシユ－エフジエイ", "ﾐﾂﾋﾞｼﾕ-ｴﾌｼﾞｴｲ"),
        ("ジョン２セイ", "ｼﾞﾖﾝ2ｾｲ"),
    ],
)
def test_a_name_is_brought_into_the_letters_of_the_banks(said: str, expected: str) -> None:
    assert expected == holder_kana(said)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "empty"),
        ("栃木 花子", "holder_kanji"),
        ("トチギ 花子", "holder_kanji"),
        ("佐々木", "holder_kanji"),
        ("ア゛", "holder_characters"),
        ("゛", "holder_characters"),
        ("김민준", "holder_characters"),
        ("ハナコ♡", "holder_characters"),
        ("ハナコ😀", "holder_characters"),
        ("1234567", "holder_characters"),
        ("---", "holder_characters"),
        ("・", "holder_characters"),
        ("<script>", "holder_characters"),
        ("ハナコ~", "holder_characters"),
        ("ヾ", "holder_characters"),
        ("ア" * (LONGEST_HOLDER + 1), "too_long"),
    ],
)
def test_what_the_banks_cannot_write_is_refused_with_its_reason(said: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        holder_kana(said)
    assert reason == refused.value.reason


@given(
    st.text(alphabet=st.characters(min_codepoint=0x3041, max_codepoint=0x30FF), max_size=30)
    | st.text("ァアヴーガﾞﾟヽヾゞ゛ abZ'・", max_size=12)
)
def test_whatever_is_read_has_only_the_letters_of_the_banks_and_reads_the_same_again(said: str) -> None:
    try:
        name = holder_kana(said)
    except Unreadable:
        return
    assert set(name) <= BANK_LETTERS
    assert len(name) == len(name.encode("cp932"))
    assert name == holder_kana(name)


@pytest.mark.parametrize(
    ("holder", "name_kana"),
    [
        ("ﾄﾁｷﾞ ﾊﾅｺ", "とちぎ はなこ"),
        ("ﾄﾁｷﾞﾊﾅｺ", "トチギ　ハナコ"),
        ("ｷﾖｳｺ ｻﾄｳ", "サトウ キョウコ"),
        ("JEAN-LUC MARTIN", "Martin Jean Luc"),
        ("ﾐｽﾞｷ", "ミヅキ"),
        ("ﾏﾘｱ.ｼﾙﾊﾞ", "マリア・シルバ"),
    ],
)
def test_small_differences_of_writing_do_not_make_another_person(holder: str, name_kana: str) -> None:
    assert kana_matches_name(holder, name_kana)


@pytest.mark.parametrize(
    ("holder", "name_kana"), [("ﾄﾁｷﾞ ﾊﾅｺ", "トチギ タロウ"), ("ﾄﾁｷﾞ ﾊﾅｺ", "ハナコ"), ("ﾄﾁｷﾞ ﾊﾅｺ", "栃木 花子"), ("", "")]
)
def test_another_name_is_another_person(holder: str, name_kana: str) -> None:
    assert not kana_matches_name(holder, name_kana)
