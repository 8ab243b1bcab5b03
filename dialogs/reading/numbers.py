"""Inquiry numbers, yen, one-time codes and counts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import Any

import regex  # type: ignore[import-untyped]  # it ships no types

from dialogs.reading.numerals import fold_dashes, kanji_to_digits, parse_number
from dialogs.reading.reasons import Unreadable
from dialogs.reading.text import bare, listed, tidy, without_politeness

# rules.md 2: the form of the number is not published, so the campaign says it and this is only what it starts from.
INQUIRY_NUMBER_PATTERN = "[0-9A-Z]{6,20}"
LOOK_ALIKES: dict[str, str] = {"O": "0", "0": "O", "I": "1", "L": "1", "1": "IL", "B": "8", "8": "B"}
MOST_VARIANTS = 16
LAST = 4
LAST_FOUR = r"[0-9A-Z]{4}"
LONGEST_NUMBER = 20
MOST_YEN = 9_999_999

_PATTERN_SECONDS = 0.2
_LABEL = re.compile(r"^[^0-9A-Z]*(?:(?:(?:INQUIRY )?NUMBER(?: IS)?[ :]|NO(?:[.:#]|\s)|ID[ :])[^0-9A-Z]*)?")
_ENDING = re.compile(r"(?:です|でした|になります|でございます|だと思います)?[。.、,!]*$")
_BETWEEN_NUMBERS = re.compile(r"[\n、,;/・&+]|と|及び|\bAND\b")
_YEN_AROUND = re.compile(
    r"^(?:残り|のこり|あと|残高|残額|約|だいたい|およそ|は|が|\\|¥|jpy|:|\s)+"
    r"|(?:円|えん|yen|jpy|ぽいんと|pt|くらい|ぐらい|ほど|分|残り"
    r"|残って(?:い|お)?(?:る|ます|た|ました)|あります|ある|(?<=[0-9])-|\s)+$"
)
_NO_YEN = frozenset(
    listed("""
    なし/無し/ない/無い/無/ぜろ/れい/ありません/残ってない/残っていない/残っていません/残ってません/のこってない/のこっていない/残りなし/残高なし
    全部使った/全部使いました/全て使った/すべて使った/使い切った/使い切りました/使いきった/使いきりました/つかいきった/zero/none/nothing
    """)
)
_COUNTER = r"(?:枚|つ|個|件|名|人|回|泊|日)?(?:だけ|のみ)?"
_COUNT = re.compile(rf"(?:全部で|合計|計)?(?P<count>[0-9]{{1,9}}|[〇零一二三四五六七八九十百]{{1,6}}){_COUNTER}")
_SPOKEN_COUNTS = {
    **{"ひとつ": 1, "ふたつ": 2, "みっつ": 3, "よっつ": 4, "いつつ": 5, "むっつ": 6, "ななつ": 7, "やっつ": 8},
    **{"ここのつ": 9, "とお": 10, "ひとり": 1, "ふたり": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5},
}


def read_receipt_number(said: str, *, is_one: Callable[[str], bool]) -> str:
    """A receipt number's digits as people write them, if `is_one` of them; raises Unreadable "receipt_no_form"."""
    digits = re.sub(r"[^0-9]", "", fold_dashes(tidy(said)))
    if not is_one(digits):
        raise Unreadable("receipt_no_form")
    return digits


def read_last_four(said: str) -> str:
    """The last four letters or digits of a number as people write it; raises Unreadable "last_four"."""
    found = re.findall(r"[0-9A-Z]+", fold_dashes(tidy(said)).upper().replace("-", "").replace(" ", ""))
    if len(found) != 1 or not re.fullmatch(rf"[0-9A-Z]*{LAST_FOUR}", found[0]) or len(found[0]) > LONGEST_NUMBER:
        raise Unreadable("last_four")
    return str(found[0][-LAST:])


def mask_inquiry_number(number: str) -> str:
    """The last four characters of a number, of a short one the last two."""
    shown = 4 if len(number) > 6 else 2
    return "*" * (len(number) - shown) + number[-shown:]


def read_inquiry_number(
    said: str, *, pattern: str = INQUIRY_NUMBER_PATTERN, look_alikes: Mapping[str, str] = LOOK_ALIKES
) -> str:
    """The number in capitals without spaces and hyphens, fitting the campaign's `pattern`.

    When only one exchange of look-alikes fits, that one is taken. Raises Unreadable "inquiry_number_form",
    "inquiry_number_several".
    """
    # NFKC makes of «№» the letters "No", which could be part of a number.
    text = fold_dashes(tidy(said.replace("№", "No."), lines=True)).upper()
    form = regex.compile(pattern)
    if any(_several(form, pieces) for pieces in (_BETWEEN_NUMBERS.split(text), text.split())):
        raise Unreadable("inquiry_number_several")
    number = _number_alone(text)
    if _fits(form, number):
        return number
    fitting = [variant for variant in look_alike_variants(number, look_alikes) if _fits(form, variant)]
    if len(fitting) != 1:
        raise Unreadable("inquiry_number_form")
    return fitting[0]


def look_alike_variants(number: str, table: Mapping[str, str] = LOOK_ALIKES) -> list[str]:
    """At most MOST_VARIANTS other readings of a number, fewest exchanged characters first; `table` gives the
    alternatives of each character."""
    return list(islice(_variants(number, table), MOST_VARIANTS))


def _variants(number: str, table: Mapping[str, str]) -> Iterator[str]:
    places = [place for place, character in enumerate(number) if table.get(character)]
    for changed in range(1, len(places) + 1):
        for chosen in combinations(places, changed):
            for letters in product(*(table[number[place]] for place in chosen)):
                characters = list(number)
                for place, letter in zip(chosen, letters, strict=True):
                    characters[place] = letter
                yield "".join(characters)


def _several(form: Any, pieces: Sequence[str]) -> bool:
    """Whether more than one piece is a number by itself; a word is none, though a form may allow letters alone."""
    numbers = [_number_alone(piece) for piece in pieces]
    return len([number for number in numbers if re.search("[0-9]", number) and _fits(form, number)]) > 1


def _number_alone(text: str) -> str:
    return re.sub(r"[\s\-「」『』()\[\]]", "", _ENDING.sub("", _LABEL.sub("", text.strip())))


def _fits(form: Any, number: str) -> bool:
    try:
        # A campaign's pattern is data: one that backtracks without end must not hold a worker.
        return form.fullmatch(number, timeout=_PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


def read_yen(said: str) -> int:
    """Whole yen from 0 to MOST_YEN; raises Unreadable "yen_unknown", "yen_too_much" (limit)."""
    text = bare(tidy(said))
    plain = without_politeness(text)
    if _NO_YEN & {text, plain, _YEN_AROUND.sub("", plain)}:
        return 0
    amount = parse_number(_without_thousands_marks(_YEN_AROUND.sub("", plain)))
    if amount is None:
        raise Unreadable("yen_unknown")
    if amount > MOST_YEN:
        raise Unreadable("yen_too_much", limit=MOST_YEN)
    return amount


def _without_thousands_marks(text: str) -> str:
    grouped = re.fullmatch(r"[0-9]{1,3}(?:[,、][0-9]{3})+", text)
    return re.sub("[,、]", "", text) if grouped else text


def read_code(said: str, *, digits: int = 6) -> str:
    """The one-time code, its zeros kept; raises Unreadable "code_digits" (digits) unless there is exactly one."""
    text = kanji_to_digits(re.sub(r"[\s-]", "", fold_dashes(tidy(said))))
    runs = re.findall("[0-9]+", text)
    if len(runs) != 1 or len(runs[0]) != digits:
        raise Unreadable("code_digits", digits=digits)
    return str(runs[0])


def read_count(said: str, *, least: int = 1, most: int = 10) -> int:
    """How many, from `least` to `most`; raises Unreadable "count_unknown", "count_out_of_range" (least, most)."""
    plain = without_politeness(bare(tidy(said)))
    count = _SPOKEN_COUNTS.get(re.sub("(?:だけ|のみ)$", "", plain))
    found = _COUNT.fullmatch(plain)
    if count is None and found:
        count = parse_number(found["count"])
    if count is None:
        raise Unreadable("count_unknown")
    if not least <= count <= most:
        raise Unreadable("count_out_of_range", least=least, most=most)
    return count
