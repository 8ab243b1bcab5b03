"""Found by what somebody tells: a number (receipt, case, inquiry, telephone), a mail address or a name.

GET  /console/search
POST /console/search      q: in the body, for an address would keep it in histories and logs
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, make_response, request

from bot.console.door import for_roles
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.filing import open_claim
from bot.parts import Parts
from bot.store import audit, search
from bot.store.db import transaction
from bot.store.search import Line, Talk
from dialogs.letters import masked_target
from dialogs.reading import Unreadable
from dialogs.reading.contacts import mask_name, read_mail, read_phone
from dialogs.reading.text import bare, tidy
from dialogs.rules.cases import read_case_no
from dialogs.rules.claim import normalise_number, read_receipt_no, show_receipt_no

SEARCHERS = ("agent", "supervisor", "finance")
MOST_NAMES = 20_000  # sealed names are opened one after the other: about a second
LONGEST = 100


@dataclass(frozen=True)
class Hit:
    """An application as the list shows it."""

    receipt_no: str
    state: str
    channel: str
    acted_at: datetime
    name: str
    target: str
    conversation: UUID | None

    @property
    def shown_no(self) -> str:
        return show_receipt_no(self.receipt_no)


@dataclass(frozen=True)
class Found:
    """What was meant (receipt_no, case_no, contact, coupon, name, or "" for nothing readable), and what there is."""

    kind: str = ""
    lines: Sequence[Line] = ()
    talks: Sequence[Talk] = field(default=())


def search_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("search", __name__)

    @routes.get("/search")
    @for_roles(*SEARCHERS)
    def ask() -> Response:
        return make_response(page(parts, "search.html", asked="", found=None, hits=(), most=MOST_NAMES))

    @routes.post("/search")
    @for_roles(*SEARCHERS)
    def find() -> Response:
        asked = request.form.get("q", "").strip()[:LONGEST]
        found = found_by(parts, asked)
        _note(parts, found)
        hits = [hit_of(parts, line) for line in found.lines]
        return make_response(page(parts, "search.html", asked=asked, found=found, hits=hits, most=MOST_NAMES))

    return routes


def found_by(parts: Parts, asked: str) -> Found:
    """By the first reading that gives something, the surest first."""
    for kind, read in READINGS.items():
        found = read(parts, asked) if asked else None
        if found and (found[0] or found[1]):
            return Found(kind, *found)
    return Found()


Both = tuple[Sequence[Line], Sequence[Talk]]


def _by_receipt_no(parts: Parts, asked: str) -> Both | None:
    number = read_receipt_no(asked)
    return (search.by_receipt_no(parts.db, number), ()) if number else None


def _by_case_no(parts: Parts, asked: str) -> Both | None:
    number = read_case_no(asked)
    return ((), search.of_case(parts.db, number)) if number else None


def _by_contact(parts: Parts, asked: str) -> Both | None:
    reached = []
    with suppress(Unreadable):
        reached.append(("sms", read_phone(asked)))
    with suppress(Unreadable):
        reached.append(("mail", read_mail(asked).address))
    hashes = [parts.vault.fingerprint(*each) for each in reached]
    return (search.by_target(parts.db, hashes), search.handed_over(parts.db, hashes)) if hashes else None


def _by_coupon(parts: Parts, asked: str) -> Both:
    return search.by_coupon(parts.db, [normalise_number(asked)]), ()


def _by_name(parts: Parts, asked: str) -> Both | None:
    try:
        wanted = bare(tidy(asked))
    except Unreadable:
        return None
    named = (line for line in search.newest(parts.db, most=MOST_NAMES) if wanted in _name(parts, line))
    return [line for line, _ in zip(named, range(search.MOST), strict=False)] if len(wanted) > 1 else [], ()


READINGS: dict[str, Callable[[Parts, str], Both | None]] = {
    "receipt_no": _by_receipt_no,
    "case_no": _by_case_no,
    "contact": _by_contact,
    "coupon": _by_coupon,
    "name": _by_name,
}


def _name(parts: Parts, line: Line) -> str:
    if line.claim is None:
        return ""
    with suppress(Unreadable):
        return bare(tidy(open_claim(parts, line.claim).name))
    return ""


def hit_of(parts: Parts, line: Line) -> Hit:
    """Masked; what is behind the mask stands on the application's own page, for who asks for it."""
    claim = open_claim(parts, line.claim) if line.claim else None
    name, target = (mask_name(claim.name), masked_target(claim.target)) if claim else ("", "")
    return Hit(line.receipt_no, line.state, line.channel, line.acted_at, name, target, line.conversation)


def _note(parts: Parts, found: Found) -> None:
    """Who has looked for what kind of thing, and how many they found; what they typed is nobody's business."""
    count = len(found.lines) + len(found.talks)
    with transaction(parts.db) as connection:
        audit.add(
            connection,
            actor=whoever().name,
            action="search.asked",
            subject=f"search:{found.kind or 'nothing'}",
            at=parts.clock.now(),
            details={"found": count},
        )
