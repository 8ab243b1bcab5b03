"""One of several choices, and yes or no, as people type them."""

import re
from collections.abc import Mapping, Sequence

from dialogs.reading.numerals import parse_number
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import bare, listed, tidy, without_politeness

Choice = tuple[str, str]

_SPOKEN_NUMBERS = {
    1: ("いち", "いちばん", "ひとつめ", "one", "first", "the first"),
    2: ("に", "にばん", "ふたつめ", "two", "second", "the second"),
    3: ("さん", "さんばん", "みっつめ", "three", "third", "the third"),
    4: ("よん", "よんばん", "よっつめ", "four", "fourth", "the fourth"),
    5: ("ご", "ごばん", "いつつめ", "five", "fifth", "the fifth"),
}
_NUMBER_BY_WORD = {word: number for number, words in _SPOKEN_NUMBERS.items() for word in words}
_NUMBER = re.compile(
    r"(?:no\.? ?|#|番号)?[(\[]?(?P<number>[0-9]{1,4}|[一二三四五六七八九十]{1,3})[)\]]?"
    r"(?:番目?|つ目|つめ|個目|を選択)?(?:で|に|を)?"
)
_NUMBER_THEN_LABEL = re.compile(r"[(\[]?(?P<number>[0-9]{1,2})[)\].,:、。番]*[ ]*(?P<rest>[^0-9].*)")
_NEGATIVE = re.compile(r"ない|なかっ|ません|まへん|ちゃう|違|ちが|以外|なし|\bno\b|\bnot\b|n't\b|\bnever\b|\bnone\b")
_IN_BRACKETS = re.compile(r"[(（]([^()（）]+)[)）]$")  # «していない（紙のまま）»: either of the two says it
_KANJI = re.compile(r"[々㐀-鿿]")

_YES = """
はい/はいはい/はーい/はあい/はぃ/へい/うん/うんうん/うんっ/ええ/ええよ/ええで/ええですよ/ええねん/そう/そうそう
そうや/そうやで/そやで/そや/せや/せやで/せやな/そやな/そうだ/そうだよ/そうです/そうですよ/そうですね/そうどす/そうなんです
その通り/そのとおり/左様/さよう/合ってる/合っている/合っています/合ってます/あってる/あってます/あっています/正しい/ただしい/正解
間違いない/間違いありません/まちがいない/まちがいありません/相違ありません/同意/同意する/同意します/同意して進む/了承/了承します
了解/了解です/承知しました/よろしい/それでよい/それでいい/もちろん/勿論/ある/あります/あった/ありました/した/しました/している/しています
はいそうです/はい、そうです/はい、お願いします/お願いします/おねがいします/おっけー/おーけー/おっけ/おけ/可/有/まる/○/◯/〇/⭕/👌/👍/🙆/✅
ok/okay/okey/yes/yeah/yep/yup/ye/y/sure/correct/right/true/agree/i agree/yes please
"""
_NO = """
いいえ/いえ/いえいえ/いーえ/いいや/いや/いやや/いやいや/ううん/違う/違います/違う違う/違いますよ/違うよ/違うで/ちがう/ちがいます/ちがうよ
ちがうで/ちゃう/ちゃうで/ちゃいます/ちゃうちゃう/ちゃうねん/そうではない/そうではありません/そうじゃない/そうじゃありません/そやない/そうやない
ない/ないで/ないよ/なし/無し/無い/ありません/あらへん/おへん/なかった/ありませんでした/していない/していません/してない/してません/してへん
しなかった/しませんでした/せえへん/間違っている/間違っています/間違ってる/間違い/まちがい/同意しない/同意しません/同意できない
いらない/いりません/不要/だめ/駄目/あかん/あきまへん/いいえ、違います/いいえ違います/否/不可/無/ばつ/×/✕/✖/❌/👎/🙅
no/nope/nah/n/not/none/never/wrong/false/incorrect/disagree/i don't agree/i do not agree/no thanks/no thank you/ng
"""
_YES_NO_NUMBERS = {1: True, 2: False}


_YES_WORDS = frozenset(bare(tidy(word)) for word in listed(_YES))
_NO_WORDS = frozenset(bare(tidy(word)) for word in listed(_NO))


def read_choice(
    said: str, choices: Sequence[Choice], synonyms: Mapping[str, Sequence[str]] | None = None, *, exact: bool = False
) -> str:
    """The value of the one choice meant, out of (value, label) pairs shown in this order and numbered from 1.

    Read as the value, the label, a synonym (words by value), the number, the number with its label, or a part that
    fits one label alone; `exact` leaves out numbers and parts. Raises Unreadable "choice_unknown", "choice_number"
    (both count), "choice_several".
    """
    word = bare(tidy(said))
    names = _names(choices, synonyms or {})
    for candidate in (word, without_politeness(word)):
        if candidate in names:
            return names[candidate]
    if exact:
        raise Unreadable("choice_unknown", count=len(choices))
    number = _number(word)
    if number is not None:
        return _by_number(number, choices)
    copied = _NUMBER_THEN_LABEL.fullmatch(word)
    if copied and 1 <= int(copied["number"]) <= len(choices):
        value = choices[int(copied["number"]) - 1][0]
        if names.get(copied["rest"].strip(" )].,:、。")) == value:
            return value
    return _by_part(without_politeness(word), names, len(choices))


def read_by_words(said: str, choices: Sequence[Choice]) -> str:
    """As read_choice(exact=True); raises Unreadable "words_only"."""
    try:
        return read_choice(said, choices, exact=True)
    except Unreadable:
        raise Unreadable("words_only") from None


def read_yes_no(said: str) -> bool:
    """Yes or no, in words, signs, or the numbers 1 (yes) and 2 (no); raises Unreadable "yes_no_unknown"."""
    text = tidy(said)
    word = bare(text)
    for candidate in (text, word, word.rstrip("ー~-"), without_politeness(word)):
        if candidate in _YES_WORDS:
            return True
        if candidate in _NO_WORDS:
            return False
    number = _number(word)
    if number in _YES_NO_NUMBERS:
        return _YES_NO_NUMBERS[number]
    copied = _NUMBER_THEN_LABEL.fullmatch(word)
    if copied and int(copied["number"]) in _YES_NO_NUMBERS:
        expected = _YES_NO_NUMBERS[int(copied["number"])]
        if copied["rest"].strip(" )].,:、。") in (_YES_WORDS if expected else _NO_WORDS):
            return expected
    raise Unreadable("yes_no_unknown")


def _names(choices: Sequence[Choice], synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names: dict[str, str] = {}
    for value, label in choices:
        for name in (value, label, *_IN_BRACKETS.findall(label), *synonyms.get(value, ())):
            names.setdefault(bare(tidy(name)), value)
    return names


def _number(word: str) -> int | None:
    plain = without_politeness(word)
    if plain in _NUMBER_BY_WORD:
        return _NUMBER_BY_WORD[plain]
    found = _NUMBER.fullmatch(plain)
    return parse_number(found["number"]) if found else None


def _by_number(number: int, choices: Sequence[Choice]) -> str:
    if not 1 <= number <= len(choices):
        raise Unreadable("choice_number", count=len(choices))
    return choices[number - 1][0]


def _by_part(word: str, names: Mapping[str, str], count: int) -> str:
    """The value whose name begins with the word, else holds it, else stands in it; never across a negation.

    «チャージした» is a part of «チャージしたことはない» and means the contrary.
    """
    alike = {name: value for name, value in names.items() if _is_negative(name) == _is_negative(word)}
    if _tells(word):
        for held in (str.startswith, str.__contains__):
            fitting = {value for name, value in alike.items() if held(name, word)}
            if fitting:
                return _only(fitting)
    inside = [name for name in alike if _tells(name) and _stands_in(name, word)]
    longest = {alike[name] for name in inside if not any(name != other and name in other for other in inside)}
    if not longest:
        raise Unreadable("choice_unknown", count=count)
    return _only(longest)


def _tells(part: str) -> bool:
    """Whether a part is enough to go by: «いい» begins «いいえ» and means yes or no."""
    return len(part) >= 3 or _KANJI.search(part) is not None


def _stands_in(name: str, word: str) -> bool:
    """Whether a name is in a sentence, a Latin one as a whole word: "yes" is not in "yesterday"."""
    before = "(?<![a-z0-9])" if name[0].isascii() else ""
    after = "(?![a-z0-9])" if name[-1].isascii() else ""
    return re.search(before + re.escape(name) + after, word) is not None


def _only(values: set[str]) -> str:
    if len(values) > 1:
        raise Unreadable("choice_several")
    return values.pop()


def _is_negative(text: str) -> bool:
    return _NEGATIVE.search(text) is not None
