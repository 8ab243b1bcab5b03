"""Found by what somebody tells: a number (receipt, case, inquiry, telephone), a mail address or a name.

GET  /console/search
POST /console/search      q: in the body, for an address would keep it in histories and logs
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from flask import Blueprint, Response, make_response, request

from bot.console.door import for_roles, roles_of
from bot.console.drawing import page
from bot.console.visiting import whoever
from bot.filing import open_claim
from bot.parts import Parts
from bot.refund_details import open_details
from bot.store import audit, holds, search
from bot.store.db import transaction
from bot.store.search import CaseLine, Line, Named, Talk
from dialogs.letters import masked_target
from dialogs.reading import Unreadable
from dialogs.reading.contacts import mask_name, read_mail, read_phone
from dialogs.reading.text import bare, tidy
from dialogs.rules.cases import read_case_no, show_case_no
from dialogs.rules.claim import normalise_number, read_receipt_no, show_receipt_no

SEARCHERS = ("agent", "supervisor", "finance")
MOST_NAMES = 20_000  # sealed names are opened one after the other: about a second
SHORTEST_NAME = 2
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
    cases: Sequence[CaseLine] = ()
    talks: Sequence[Talk] = ()

    @property
    def count(self) -> int:
        return len(self.lines) + len(self.cases) + len(self.talks)


def search_pages(parts: Parts) -> Blueprint:
    routes = Blueprint("search", __name__)

    @routes.get("/search")
    @for_roles(*SEARCHERS)
    def ask() -> Response:
        return _drawn(parts, "", None)

    @routes.post("/search")
    @for_roles(*SEARCHERS)
    def find() -> Response:
        asked = request.form.get("q", "").strip()[:LONGEST]
        found = found_by(parts, asked)
        _note(parts, found)
        return _drawn(parts, asked, found)

    return routes


def _drawn(parts: Parts, asked: str, found: Found | None) -> Response:
    drawn = page(
        parts,
        "search.html",
        asked=asked,
        found=found,
        hits=[hit_of(parts, line) for line in found.lines] if found else (),
        most=MOST_NAMES,
        shown=search.MOST,
        show_case_no=show_case_no,
    )
    return make_response(drawn)


def found_by(parts: Parts, asked: str) -> Found:
    """By the first reading that gives something, the surest first."""
    for kind, read in READINGS.items():
        found = _for_this_role(read(parts, asked) if asked else Found())
        if found.count:
            return replace(found, kind=kind)
    return Found()


def _for_this_role(found: Found) -> Found:
    """Cases and conversations are not finance's."""
    return found if whoever().role in roles_of("console.cases.look") else Found(lines=found.lines)


def _by_receipt_no(parts: Parts, asked: str) -> Found:
    number = read_receipt_no(asked)
    return Found(lines=search.by_receipt_no(parts.db, number)) if number else Found()


def _by_case_no(parts: Parts, asked: str) -> Found:
    number = read_case_no(asked)
    if not number:
        return Found()
    return Found(cases=search.case_by_no(parts.db, number), talks=search.of_case(parts.db, number))


def _by_contact(parts: Parts, asked: str) -> Found:
    reached = []
    with suppress(Unreadable):
        reached.append(("sms", read_phone(asked)))
    with suppress(Unreadable):
        reached.append(("mail", read_mail(asked).address))
    hashes = [parts.vault.fingerprint(*each) for each in reached]
    if not hashes:
        return Found()
    return Found(
        lines=search.by_target(parts.db, hashes),
        cases=search.cases_told_by(parts.db, hashes),
        talks=search.handed_over(parts.db, hashes),
    )


def _by_coupon(parts: Parts, asked: str) -> Found:
    number = normalise_number(asked)
    if not number:
        return Found()
    prefectures = {each.code for campaign in parts.campaigns.values() for each in campaign.prefectures}
    subjects = [holds.subject_of(parts.vault, prefecture, number) for prefecture in sorted(prefectures)]
    return Found(lines=search.by_coupon(parts.db, subjects), cases=search.cases_about(parts.db, subjects))


def _by_name(parts: Parts, asked: str) -> Found:
    wanted = _comparable(asked)
    if len(wanted) < SHORTEST_NAME:
        return Found()
    named = (each.line for each in search.newest(parts.db, most=MOST_NAMES) if wanted in _names(parts, each))
    return Found(lines=list(islice(named, search.MOST)))


READINGS: dict[str, Callable[[Parts, str], Found]] = {
    "receipt_no": _by_receipt_no,
    "case_no": _by_case_no,
    "contact": _by_contact,
    "coupon": _by_coupon,
    "name": _by_name,
}


def _names(parts: Parts, named: Named) -> str:
    """The name, and its reading where a transfer is asked for, as they are compared; a line each."""
    names = [open_claim(parts, named.line.claim).name] if named.line.claim else []
    if named.details:
        names.append(open_details(parts.vault, named.details).name_kana)
    return "\n".join(map(_comparable, names))


def _comparable(name: str) -> str:
    """In one width and one kana, without spaces: people write a name with and without."""
    with suppress(Unreadable):
        return bare(tidy(name)).replace(" ", "")
    return ""


def hit_of(parts: Parts, line: Line) -> Hit:
    """Masked; what is behind the mask stands on the application's own page, for who asks for it."""
    claim = open_claim(parts, line.claim) if line.claim else None
    name, target = (mask_name(claim.name), masked_target(claim.target)) if claim else ("", "")
    return Hit(line.receipt_no, line.state, line.channel, line.acted_at, name, target, line.conversation)


def _note(parts: Parts, found: Found) -> None:
    """Who has looked for what kind of thing, and how many they found; what they typed is nobody's business."""
    with transaction(parts.db) as connection:
        audit.add(
            connection,
            actor=whoever().name,
            action="search.asked",
            subject=f"search:{found.kind or 'nothing'}",
            at=parts.clock.now(),
            details={"found": found.count},
        )
