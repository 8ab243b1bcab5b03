"""Ready sentences for staff's replies: those that come with the counter, and what supervisors make of them.

CannedError
├── BadCanned    something typed cannot be taken; field and why name it
└── Overtaken    somebody else has changed it meanwhile
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from bot.parts import Parts
from bot.store import audit, canned_replies
from bot.store.canned_replies import Row
from bot.store.db import Connection, transaction
from dialogs.facts import campaign_facts
from dialogs.reading import Unreadable
from dialogs.reading.prefectures import read_prefecture
from dialogs.rules.campaign import Campaign
from dialogs.words import FALLBACK, Words, languages, words

BUILT_IN = ("greeting", "checking", "wait", "receipt_no", "by_phone", "apply_by", "anything_else", "thanks")
CHANNELS = ("line", "sms", "web")
OF_CAMPAIGN = (
    *("office", "programme", "call_centre", "phone", "open_days", "opens", "closes"),
    *("apply_by", "receive_by", "usable_until", "site_opens", "app_send", "claim_send"),
)
OF_PERSON = ("receipt_no", "case_no")  # only where there is one; else the sentence is not offered
PLACEHOLDERS = (*OF_CAMPAIGN, *OF_PERSON)
SAMPLES = {"receipt_no": "1234-5678-97", "case_no": "C-1234-5678-97"}  # as long as real ones, to count parts by
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_TITLE, LONGEST_TEXT = 40, 660  # an SMS of ten parts


class CannedError(Exception):
    """It was not saved; its class says why."""


class BadCanned(CannedError):
    """field: "key", "title", "prefectures", or a language; why: a key of canned.fault, word: what it is about."""

    def __init__(self, field: str, why: str, word: str = "") -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why, self.word = field, why, word


class Overtaken(CannedError): ...


@dataclass(frozen=True)
class Typed:
    """A form as it was typed; version: as its page showed it, 0 for one without a row; new: it is to be added."""

    key: str
    title: str
    texts: Mapping[str, str]
    channels: Sequence[str] = ()
    prefectures: str = ""
    version: int = 0
    new: bool = False


@dataclass(frozen=True)
class Whom:
    """Who is written to, as far as a sentence depends on it; numbers: receipt_no and case_no where there are any."""

    channel: str
    prefecture: str
    language: str
    campaign: Campaign
    numbers: Mapping[str, str]


def every(parts: Parts) -> list[Row]:
    """All of them: first those that come with the counter, as they stand now, then staff's own."""
    changed = {row.key: row for row in canned_replies.every(parts.db)}
    own = [row for key, row in changed.items() if key not in BUILT_IN]
    return [*(changed.get(key) or built_in(key) for key in BUILT_IN), *own]


def built_in(key: str) -> Row:
    """As it came with the counter; what it is called stands in the console's own texts."""
    return Row(key, "", {each: words(each).raw(f"staff_reply.{key}") for each in languages()})


def offered(parts: Parts, whom: Whom) -> dict[str, tuple[str, str]]:
    """By key, title and text of what can be said to that person, in their language where it is written in it."""
    spoken, facts = words(whom.language), {**campaign_facts(whom.campaign), **whom.numbers}
    texts = {row.key: (row.title, _text(row, spoken)) for row in every(parts) if _fits(row, whom)}
    return {
        key: (title, spoken.fill(text, **facts)) for key, (title, text) in texts.items() if _named(text) <= facts.keys()
    }


def sample(parts: Parts, row: Row, language: str) -> str:
    """As the main campaign would say it, to whom has numbers; "" where it is not written in that language."""
    facts = {**campaign_facts(parts.campaign), **SAMPLES}
    return words(language).fill(row.texts[language], **facts) if language in row.texts else ""


def save(parts: Parts, typed: Typed, *, by: str) -> Row:
    """Keep it; gives what is kept. Raises BadCanned, Overtaken."""
    before = next((row for row in every(parts) if row.key == typed.key), None)
    if typed.new and before:
        raise BadCanned("key", "taken", typed.key)
    row = replace(_checked(typed), hidden=before is not None and before.hidden)
    with transaction(parts.db) as connection:
        if not canned_replies.write(connection, row):
            raise Overtaken
        _note(parts, connection, "saved", row.key, by=by, before=_told(before), after=_told(row))
    return row


def hide(parts: Parts, key: str, version: int, *, hidden: bool, by: str) -> None:
    """Offer it no more, or again. Raises Overtaken."""
    row = next((row for row in every(parts) if row.key == key and row.version == version), None)
    with transaction(parts.db) as connection:
        if row is None or not canned_replies.write(connection, replace(row, hidden=hidden)):
            raise Overtaken
        _note(parts, connection, "hidden" if hidden else "shown", key, by=by)


def remove(parts: Parts, key: str, version: int, *, by: str) -> None:
    """Gone; one that comes with the counter is again as it came. Raises Overtaken."""
    before = next((row for row in every(parts) if row.key == key), None)
    with transaction(parts.db) as connection:
        if not canned_replies.remove(connection, key, version):
            raise Overtaken
        _note(parts, connection, "removed", key, by=by, before=_told(before))


def _fits(row: Row, whom: Whom) -> bool:
    here = not row.channels or whom.channel in row.channels
    return not row.hidden and here and (not row.prefectures or whom.prefecture in row.prefectures)


def _text(row: Row, spoken: Words) -> str:
    return row.texts.get(spoken.language) or row.texts[FALLBACK]


def _named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _checked(typed: Typed) -> Row:
    if not KEY.fullmatch(typed.key):
        raise BadCanned("key", "key")
    title = " ".join(unicodedata.normalize("NFKC", typed.title).split())
    if not title or len(title) > LONGEST_TITLE:
        raise BadCanned("title", "title")
    texts = {each: typed.texts.get(each, "").replace("\r\n", "\n").strip() for each in languages()}
    if not texts[FALLBACK]:
        raise BadCanned(FALLBACK, "empty")
    for language, text in texts.items():
        _check_text(language, text)
    channels = [each for each in CHANNELS if each in typed.channels]
    written = {language: text for language, text in texts.items() if text}
    return Row(typed.key, title, written, channels, _prefectures(typed.prefectures), version=typed.version)


def _check_text(language: str, text: str) -> None:
    if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise BadCanned(language, "long")
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise BadCanned(language, "braces") from None
    for _, name, form, conversion in parsed:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            raise BadCanned(language, "unknown", name)


def _prefectures(typed: str) -> list[str]:
    codes = []
    for each in re.split(r"[\s,、，]+", typed.strip()):
        try:
            codes += [read_prefecture(each)] if each else []
        except Unreadable:
            raise BadCanned("prefectures", "prefecture", each) from None
    return codes


def _told(row: Row | None) -> dict[str, Any]:
    """A sentence as the audit keeps it: it is said to anybody, and names nobody."""
    if row is None:
        return {}
    scope = {"channels": list(row.channels), "prefectures": list(row.prefectures)}
    return {"title": row.title, "texts": dict(row.texts), **scope}


def _note(parts: Parts, connection: Connection, action: str, key: str, *, by: str, **details: Any) -> None:
    at = parts.clock.now()
    audit.add(connection, actor=by, action=f"canned.{action}", subject=f"canned:{key}", at=at, details=details)
