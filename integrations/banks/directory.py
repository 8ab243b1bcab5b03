"""Banks and branches found as people type them: by code, kanji, kana or Latin letters, whole, beginning or part."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Generic, TypeVar

from integrations.banks.keys import bank_key, branch_key, latin_key, name_key, nickname_key

MOST_FOUND = 10
NEAR = 0.5  # of difflib's ratio: one wrong kanji of two is still offered
NEAR_IN_KANA = 0.6  # one wrong kana of three; at less, strangers that share a kana or two would be offered
# Other names that people know them by: brands, and names before a merger.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "0005": ("MUFG", "東京三菱", "三菱東京UFJ"),
    "0009": ("SMBC", "さくら", "住友"),
    "0038": ("住信SBIネット", "SBIネット", "NEOBANK"),
    "0116": ("どうぎん", "道銀"),
    "0117": ("青森", "みちのく"),
    "0138": ("はまぎん", "浜銀"),
    "0143": ("八十二", "長野"),
    "0397": ("新生",),
    "0542": ("愛知", "中京"),
    "9900": ("郵便局", "郵貯", "郵便貯金", "ゆうびんきょく", "JP", "Japan Post", "Yucho"),
}
KANJI = re.compile("[一-龠]")
_WITHOUT_BANK = ("0200",)  # a house of the table that is no bank
_FULL_ENDINGS = (
    ("信託", "信託銀行"),
    ("信金", "信用金庫"),
    ("信組", "信用組合"),
    ("農協", "農業協同組合"),
    ("労金", "労働金庫"),
)


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank: four digits, its name as people know it, its reading in the table's kana, and whether it is there."""

    code: str
    name: str
    kana: str
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch: its bank's four digits, its own three, name and reading."""

    bank: str
    code: str
    name: str
    kana: str
    listed: bool = True


Place = TypeVar("Place", Bank, Branch)


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Place]):
    """A place with all that it is found by."""

    place: Place
    names: tuple[str, ...]
    latin: str

    @property
    def is_bank(self) -> bool:
        """Whether it calls itself 銀行, as no cooperative and no foreign house does."""
        return self.place.name.endswith("銀行")


@dataclass(frozen=True, slots=True)
class _Sought:
    """What was typed, as it is compared: as it stands, as the table writes it, in Latin letters, as a nickname."""

    whole: str
    wanted: str
    latin: str
    nickname: str = ""


def bank(code: str, *, known_as: str = "") -> Bank | None:
    """The bank of that code. One that is not in the table (merged away, new) only under the name it is `known_as`."""
    entry = _banks().get(code)
    if entry:
        return entry.place
    return Bank(code, known_as, "", listed=False) if known_as else None


def branch(bank_code: str, code: str, *, known_as: str = "") -> Branch | None:
    """The branch of that code; one that is not in the table only under the name it is `known_as`."""
    entry = _branches(bank_code).get(code)
    if entry:
        return entry.place
    return Branch(bank_code, code, known_as, "", listed=False) if known_as else None


def search_banks(text: str, *, most: int = MOST_FOUND) -> list[Bank]:
    """Banks that fit what was typed, the likeliest first; a misspelt name gives those that look like it."""
    key = bank_key(text)
    sought = _Sought(name_key(text), key, latin_key(key), nickname_key(text))
    return _search(_banks().values(), sought, most=most)


def search_branches(bank_code: str, text: str, *, most: int = MOST_FOUND) -> list[Branch]:
    """Branches of one bank that fit what was typed, the likeliest first; none for a bank that is not in the table."""
    key = branch_key(text)
    return _search(_branches(bank_code).values(), _Sought(name_key(text), key, latin_key(key)), most=most)


def _search(entries: Iterable[_Entry[Place]], sought: _Sought, *, most: int) -> list[Place]:
    if not sought.wanted:
        return []
    ranked = [
        (rank, 0 if sought.whole.isdigit() else len(entry.place.name), entry.place.code, entry)
        for entry in entries
        if (rank := _rank(entry, sought)) is not None
    ]
    if not ranked:
        return _near(entries, sought.wanted, most)
    return [found.place for *_, found in sorted(ranked, key=lambda one: one[:3])[:most]]


def _rank(entry: _Entry[Place], sought: _Sought) -> int | None:
    """0 for the code, 1 for a name as a whole, 2 for its beginning, 3 for a part; None when nothing fits."""
    whole, wanted, latin = sought.whole, sought.wanted, sought.latin
    if whole.isdigit():
        return (0 if entry.place.code == whole else 2) if entry.place.code.startswith(whole) else None
    if wanted in entry.names or whole in entry.names or (latin and latin == entry.latin):
        return 1
    if _begins(entry, wanted) or (sought.nickname and entry.is_bank and _begins(entry, sought.nickname)):
        return 2
    if any(wanted in name for name in entry.names) or (len(latin) >= 3 and latin in entry.latin):
        return 3
    return None


def _begins(entry: _Entry[Place], wanted: str) -> bool:
    latin = latin_key(wanted)
    return any(name.startswith(wanted) for name in entry.names) or bool(latin and entry.latin.startswith(latin))


def _near(entries: Iterable[_Entry[Place]], wanted: str, most: int) -> list[Place]:
    by_name = {name: entry.place for entry in entries for name in reversed(entry.names)}
    cutoff = NEAR if KANJI.search(wanted) else NEAR_IN_KANA
    names = get_close_matches(wanted, by_name, n=most, cutoff=cutoff)
    return list(dict.fromkeys(by_name[name] for name in names))


@cache
def _banks() -> dict[str, _Entry[Bank]]:
    """Loaded at the first question: the package takes a quarter of a second and 30 MB."""
    from zengin_code import Bank as Row  # type: ignore[import-untyped]  # it ships no types

    return {
        code: _Entry(
            Bank(code, _full_name(code, row.name), row.kana),
            (*_names(row.name, row.kana, *ALIASES.get(code, ())), bank_key(row.kana)),
            latin_key(row.roma),
        )
        for code, row in Row.all.items()
    }


@cache
def _branches(bank_code: str) -> dict[str, _Entry[Branch]]:
    from zengin_code import Bank as Row

    row = Row.all.get(bank_code)
    return {
        code: _Entry(
            Branch(bank_code, code, unicodedata.normalize("NFKC", part.name), part.kana),
            _names(part.name, part.kana),
            latin_key(part.roma),
        )
        for code, part in (row.branches.items() if row else ())
    }


def _names(*names: str) -> tuple[str, ...]:
    return tuple(name_key(name) for name in names)


def _full_name(code: str, name: str) -> str:
    """三井住友 is 三井住友銀行; foreign houses (from 0401 on, and 06xx) keep the name that the table gives them."""
    name = unicodedata.normalize("NFKC", name)
    for short, full in _FULL_ENDINGS:
        if name.endswith(short):
            return name.removesuffix(short) + full
    domestic = code < "0401" or "0498" <= code < "0600" or code == "9900"
    return f"{name}銀行" if domestic and code not in _WITHOUT_BANK else name
