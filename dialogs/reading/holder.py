"""Names of account holders, banks and branches in the few letters that the banks' files know (rules.md §3, Names)."""

import re
import unicodedata

from dialogs.reading.numerals import fold_dashes
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import tidy

LONGEST_HOLDER = 48  # the longest name that any of the banks' formats carries; that of transfers has room for 30
VOICED, HALF_VOICED = "\u3099", "\u309a"

_MARKS = str.maketrans("゛゜", VOICED + HALF_VOICED)  # NFKC would put a space before them
_KANJI = re.compile("[々〆〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BIG = str.maketrans("ァィゥェォッャュョヮヵヶヰヱヲ", "アイウエオツヤユヨワカケイエオ")
_SEPARATORS = str.maketrans("・,、·•", " " * 5)  # passbooks print a space between the parts of a foreign name
_UNWRITTEN = re.compile("['’‘ʼ`´]")  # O'Brien is OBRIEN on a passbook
_REPEATED = {"ヽ": "", "ヾ": VOICED}
_TELLING = re.compile("[A-Zｱ-ﾝ]")
_BETWEEN_WORDS = re.compile(r"[ .()\-]")


def _letters() -> dict[str, str]:
    """Half-width letters by the one character that stands for them after NFKC, in upper case and big kana."""
    signs = {sign: sign for sign in " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ().-"}
    plain = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(ord("ｱ"), ord("ﾝ") + 1)}
    marked = {
        unicodedata.normalize("NFC", kana + mark): half + half_mark
        for kana, half in plain.items()
        for mark, half_mark in ((VOICED, "ﾞ"), (HALF_VOICED, "ﾟ"))
    }
    return signs | plain | {kana: half for kana, half in marked.items() if len(kana) == 1}


_LETTERS = _letters()


def holder_kana(said: str) -> str:
    """A holder's name as the banks write it: half-width kana without small ones, A-Z, digits, `( ) - .` and spaces.

    Raises Unreadable "holder_kanji", "holder_characters".
    """
    text = tidy(said.translate(_MARKS))
    if _KANJI.search(text):
        raise Unreadable("holder_kanji")
    name = to_bank_letters(text)
    if len(name) > LONGEST_HOLDER:
        raise Unreadable("too_long", limit=LONGEST_HOLDER)
    if not _TELLING.search(name):
        raise Unreadable("holder_characters")
    return name


def read_name_kana(said: str) -> str:
    """The reading of a person's name in katakana, or the name itself in Latin letters, as a holder's may be made of it.

    Raises Unreadable "name_kana".
    """
    name = tidy(said.translate(_MARKS), limit=LONGEST_HOLDER)
    try:
        holder_kana(name)
    except Unreadable:
        raise Unreadable("name_kana") from None
    return " ".join(_to_katakana(name.translate(_SEPARATORS)).split())


def to_bank_letters(text: str) -> str:
    """Kana and Latin letters, in NFKC, as the banks write them; raises Unreadable "holder_characters"."""
    text = fold_dashes(_UNWRITTEN.sub("", text.translate(_SEPARATORS))).upper()
    return " ".join("".join(map(_bank_letter, _spelled_out(_to_katakana(text).translate(_BIG)))).split())


def kana_matches_name(holder: str, name_kana: str) -> bool:
    """Whether an account's holder and the reading of a person's name are the same person's, as far as kana can tell.

    Spaces, signs, the order of the names, small kana and ヂ for ジ make no difference. False also for what is no kana.
    """
    try:
        one, other = holder_kana(holder), holder_kana(name_kana)
    except Unreadable:
        return False
    one_words, other_words = _words(one), _words(other)
    return "".join(one_words) == "".join(other_words) or sorted(one_words) == sorted(other_words)


def _words(name: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(name.replace("ﾁﾞ", "ｼﾞ").replace("ﾂﾞ", "ｽﾞ")) if word]


def _to_katakana(text: str) -> str:
    return "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" or letter in "ゝゞ" else letter for letter in text)


def _spelled_out(text: str) -> str:
    """The text with each ヽ and ヾ as the kana that it repeats: みすゞ is ミスズ."""
    letters: list[str] = []
    for letter in text:
        mark = _REPEATED.get(letter) if letters else None
        repeated = letter if mark is None else unicodedata.normalize("NFD", letters[-1])[0] + mark
        letters.append(unicodedata.normalize("NFC", repeated))
    return "".join(letters)


def _bank_letter(letter: str) -> str:
    """One letter in the banks' letters; Latin ones lose their accents, as on a passbook."""
    base = unicodedata.normalize("NFD", letter)[0]
    found = _LETTERS.get(base if base.isascii() else letter)
    if found is None:
        raise Unreadable("holder_characters")
    return found
