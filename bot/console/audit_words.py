"""A line of the audit in words: what was done, the small facts of it, and what it was about with its page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from bot.console.door import roles_of
from bot.console.visiting import member
from bot.store.audit import Act
from dialogs.words import Words

# By the kind of what an act was about: its page, and which part of that page's address tells it.
PAGES = {
    "case": ("console.cases.look", "case_no"),
    "application": ("console.applications.look", "receipt_no"),
    "conversation": ("console.conversations.look", "conversation"),
    "contact_change": ("console.contacts.look", "receipt_no"),
    "refund": ("console.refunds.look", "receipt_no"),
    "refund_file": ("console.refund_files.look", "number"),
    "dispute": ("console.disputes.look", "dispute"),
}
# A subject without a kind of its own is told by its action; a dispute itself is written with its kind.
KINDS = {
    "alarm": "alarm",
    "case": "case",
    "claim": "application",
    "contact_change": "contact_change",
    "dispute": "application",
    "mailing": "mailing",
    "refund": "refund",
    "refund_file": "refund_file",
    "staff": "staff",
}
# Values, and names of what acts are about, that have words on a page already.
TOLD_THERE = {
    ("case", "before"): "case.state",
    ("case", "after"): "case.state",
    ("dispute", "before"): "dispute.state",
    ("staff", "role"): "role",
    ("staff", "field"): "unmask.field",
    ("refund", "reason"): "refund.why",
}
NAMED_THERE = {"search": "search.by", "alarm": "alarms.kind"}
ID_END = 6


@dataclass(frozen=True)
class Told:
    """As the page draws it; kind and name of what it was about may be "", page is "" where nobody may go on."""

    did: str
    kind: str
    name: str
    page: str
    facts: tuple[tuple[str, str], ...]


def told_of(act: Act, spoken: Words, *, names: Mapping[str, str]) -> Told:
    """names: of members by their ids. What has no words yet is shown as it is kept."""
    kind, name = _about(act)
    return Told(
        _or_kept(spoken, "audit.act", act.action),
        _or_kept(spoken, "audit.about", kind) if kind else "",
        names.get(name) or _or_kept(spoken, NAMED_THERE.get(kind, ""), _short(name)),
        _page(kind, name),
        tuple(_facts(act, spoken)),
    )


def _about(act: Act) -> tuple[str, str]:
    kind, colon, name = act.subject.partition(":")
    if colon and kind.isidentifier():
        return kind, name
    return KINDS.get(act.action.partition(".")[0], ""), act.subject


def _page(kind: str, name: str) -> str:
    endpoint, part = PAGES.get(kind, ("", ""))
    who = member()
    if not endpoint or who is None or who.role not in roles_of(endpoint):
        return ""
    address: dict[str, Any] = {part: int(name) if part == "number" else name}
    return url_for(endpoint, **address)


def _facts(act: Act, spoken: Words) -> Iterator[tuple[str, str]]:
    group = act.action.partition(".")[0]
    for key, value in sorted(act.details.items(), key=lambda each: each[0] != "before"):
        table = TOLD_THERE.get((group, key), "audit.value")
        yield _or_kept(spoken, "audit.detail", key), _or_kept(spoken, table, _plain(value))


def _plain(value: Any) -> str:
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _short(plain) if plain not in ("", "{}") else "–"


def _or_kept(spoken: Words, table: str, key: str) -> str:
    words = f"{table}.{key}"
    return spoken.say(words) if spoken.has(words) else key


def _short(name: str) -> str:
    """The end of an id of ours, which nobody reads whole; anything else as it is."""
    try:
        return f"…{UUID(name).hex[-ID_END:]}"
    except ValueError:
        return name
