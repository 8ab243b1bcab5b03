"""What every reader does first: bring typed text into one shape."""

import re
import unicodedata

from dialogs.reading.reasons import Unreadable

SHORT_ANSWER = 200
MASKED = "＊＊＊"  # in place of words that are somebody's own
# Normalisation costs time in proportion to what was sent; past this size nobody meant an answer.
RAW_LIMIT = 20_000

_INVISIBLE = {
    *range(0xFE00, 0xFE10),  # variation selectors, as in the emoji forms of digits
    *range(0xE0100, 0xE01F0),
    0x034F,  # combining grapheme joiner
    0x115F,  # Hangul fillers: letters that draw nothing
    0x1160,
    0x3164,
    0xFFA0,
    0x20E3,  # the keycap around a digit
}
_DRAWS_NOTHING = re.compile("[" + "".join(map(chr, sorted(_INVISIBLE))) + "]")
_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ") + 1)}
_QUOTES_AND_STOPS = " 「」『』【】〈〉《》()[]{}<>\"'“”‘’`。、.,!?~〜…・:;"
_POLITE_ENDING = re.compile(
    r"(?:"
    r"(?:を|で|に|が)?(?:お願い|おねがい)(?:(?:いた|致)?します|したいです|です)?"
    r"|を?(?:ください|下さい)"
    r"|にします|がいいです|がよいです|を選びます|になります|でございます|のです|んです|でした|です|どす|やで|だよ|だ"
    r"|(?:だった|だ)?と(?:思|おも)(?:います|う)|かも(?:しれません|しれない)?|かな"
    r"|please"
    r")(?:が|ね|よ|よね|けど|な|わ|か)*$"
)


def is_hidden(character: str) -> bool:
    """Whether a character draws nothing or steers the drawing of others: controls, direction marks, lone surrogates."""
    if character.isspace():
        return False
    return ord(character) in _INVISIBLE or unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def without_hidden(said: str) -> str:
    """The text without characters that are hidden; spaces and line breaks stay."""
    if said.isprintable() and not _DRAWS_NOTHING.search(said):
        return said
    return "".join(character for character in said if not is_hidden(character))


def tidy(said: str, *, limit: int = SHORT_ANSWER, lines: bool = False) -> str:
    """NFKC without hidden characters, spaces single and trimmed; `lines` keeps line breaks.

    Raises Unreadable "empty" when nothing is left, "too_long" above `limit` characters.
    """
    if len(said) > RAW_LIMIT:
        raise Unreadable("too_long", limit=limit)
    folded = unicodedata.normalize("NFKC", without_hidden(said))
    rows = [" ".join(row.split()) for row in folded.splitlines()] if lines else [" ".join(folded.split())]
    text = "\n".join(row for row in rows if row)
    if not text:
        raise Unreadable("empty")
    if len(text) > limit:
        raise Unreadable("too_long", limit=limit)
    return text


def to_hiragana(text: str) -> str:
    """Katakana as hiragana, all else unchanged."""
    return text.translate(_HIRAGANA)


def bare(text: str) -> str:
    """A tidied text as words are compared: lower case, hiragana, no quotes or stops around it; may be empty."""
    return to_hiragana(text.casefold()).strip(_QUOTES_AND_STOPS)


def without_politeness(word: str) -> str:
    """A bare text without a polite or doubtful ending (です, かも); the text itself when nothing else is left."""
    return _POLITE_ENDING.sub("", word).rstrip(" 、。,.") or word


def listed(words: str) -> list[str]:
    """The words of a list written with "/" between them, on any number of lines."""
    return [word.strip() for word in re.split("[/\n]", words) if word.strip()]
