"""How names of banks and branches are compared: width, kana size, romanisation and what kind of house it is aside."""

import re
import unicodedata

_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")  # the table of the banks has no small kana
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ーｰ", "-"))
_BETWEEN_WORDS = re.compile(r"[\s・.,、()]+")
# The long forms and the readings as the table shortens them; a word for the whole kind tells nothing and goes.
_SHORTENED = (
    ("しんようきんこ", "信金"),
    ("しんきん", "信金"),
    ("しんようくみあい", "信組"),
    ("しんくみ", "信組"),
    ("のうぎようきようどうくみあい", "農協"),
    ("のうきよう", "農協"),
    ("ろうどうきんこ", "労金"),
    ("ろうきん", "労金"),
    ("信用金庫", "信金"),
    ("信用組合", "信組"),
    ("農業協同組合", "農協"),
    ("労働金庫", "労金"),
    ("信用農業協同組合連合会", "信連"),
    ("信用漁業協同組合連合会", "漁連"),
    ("商工組合中央金庫", "商工中金"),
    ("農林中央金庫", "農林中金"),
)
_BANK_ENDING = re.compile(r"(?:銀行|ぎんこう|ばんく|ginkou?|bank)$")
_NICKNAME = re.compile(
    r"(.{2,}|[一-龠])(?:ぎん|銀|gin)"
)  # あしぎん, 足銀: the beginning of a name, and that it is a bank
_BRANCH_ENDING = re.compile(r"(?<!本)(?:支店|してん|店|shiten|branch)$")
_KIND_ALONE = re.compile("(?:銀行?|ぎん(?:こう)?|bank|信金|信組|農協|ja)")  # names hundreds, or a stranger by chance
_COOPERATIVE = re.compile("^(?:ja|じえいえ-)(?=.)")  # the table says 農協 instead

# From Hepburn, as people type it, to the table's own letters, which spell every kana alone and know no small ones.
_HEPBURN = (
    (re.compile("m(?=[bp])"), "n"),
    (re.compile("tch"), "tsuch"),
    (re.compile(r"([kstpc])\1"), r"tsu\1"),
    (re.compile("(sh|ch|j)(?=[auo])"), r"\1iy"),
    (re.compile("([kgnhbpmr])y"), r"\1iy"),
)
_LONG_VOWELS = re.compile("([aiueo])(?:\\1|(?<=o)u|-)+")


def name_key(text: str) -> str:
    """A name, in kanji or kana, for comparison; may be empty."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    return _BETWEEN_WORDS.sub("", _hiragana(folded)).translate(_SMALL)


def bank_key(text: str) -> str:
    """A bank's name as it is typed, in the short form of the table: 足利小山信用金庫 is 足利小山信金; "" for a kind."""
    key = name_key(text)
    for long, short in sorted(_SHORTENED, key=lambda pair: -len(pair[0])):
        key = key.replace(long, short)
    if _KIND_ALONE.fullmatch(key):
        return ""
    return _BANK_ENDING.sub("", _COOPERATIVE.sub("", key)) or key


def nickname_key(text: str) -> str:
    """あし of あしぎん, 足 of 足銀: what the name of such a bank begins with; "" for what is no such nickname."""
    nickname = _NICKNAME.fullmatch(name_key(text))
    return nickname[1] if nickname else ""


def branch_key(text: str) -> str:
    """A branch's name as it is typed, without 支店; 本店 stays."""
    key = name_key(text)
    return _BRANCH_ENDING.sub("", key) or key


def latin_key(text: str) -> str:
    """Latin letters, typed or of the table, so that Tokyo, toukyou and the table's toukiyou are one; "" for others."""
    key = name_key(text)
    if not re.fullmatch(r"[a-z\-]+", key):
        return ""
    for pattern, replacement in _HEPBURN:
        key = pattern.sub(replacement, key)
    return _LONG_VOWELS.sub(r"\1", key).replace("-", "")


def _hiragana(text: str) -> str:
    return "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in text)
