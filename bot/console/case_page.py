"""A case as its page shows it: how it stands, what was told, what the shop's records show, what was done by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Response, abort, make_response

from bot import case_decisions, shop_records
from bot.cases import open_details
from bot.console.case_history import Step, history_of
from bot.console.drawing import language, page
from bot.console.steps_picture import steps
from bot.console.unmasking import AllOrNothing, Veil, Veiled
from bot.parts import Parts
from bot.shop_records import Record, Shown
from bot.store import cases, coupons, handoff_queue
from bot.store.cases import Case
from bot.store.db import autocommit
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.reading.prefectures import prefecture_name
from dialogs.reading.text import MASKED
from dialogs.rules.cases import BY_PERSON, HELD_KINDS, NEXT, OVER, CaseDetails, CaseState, read_case_no, show_case_no
from dialogs.words import Until, words

CASE_WORKERS, DECIDERS = ("agent", "supervisor"), ("supervisor",)
STATES = {state.value: state for state in CaseState}
MONEY = (CaseState.RESTORED, CaseState.TO_POINTS)
NOT_BY_STAFF = (*MONEY, CaseState.WITHDRAWN)  # by the second step, and by its person
ASKED_OF = {"paid_by": ("B1",), "times": ("B2",), "amount": ("B1", "B2"), "words": ("OTHER",)}  # the rest of all

Told = Mapping[str, Veiled | str]


@dataclass(frozen=True)
class Slip:
    """What could not be done: the key of its words, the id of its field, what was typed, the status of the answer."""

    fault: str = ""
    where: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Sheet:
    """A record of the shop as it is drawn; shown is {} once it was taken away or erased."""

    record: Record
    shown: Told


def case_or_404(parts: Parts, case_no: str) -> Case:
    number = read_case_no(case_no)
    found = cases.by_no(parts.db, number) if number else None
    if found is None:
        abort(404)
    return found


def draw_case(parts: Parts, case: Case, slip: Slip = Slip()) -> Response:
    """The page of a case, with what could not be done just now."""
    state, usable_end = CaseState(case.state), parts.campaigns.seen_by(case).dates.usable_end
    drawn = page(
        parts,
        "case.html",
        **contents(parts, case, Veil(parts, f"case:{case.case_no}")),
        steps=steps(NEXT, "case.state", state, not_by_staff=BY_PERSON),
        nexts=[each for each in NEXT[state] if each not in NOT_BY_STAFF and _fits(case, each)],
        may_give=state is CaseState.FOUND,
        may_add=state not in OVER and case.details is not None,
        as_points=parts.clock.now() >= usable_end,
        usable_until=Until(usable_end),
        talks=bool(case.conversation and handoff_queue.of_conversation(parts.db, case.conversation)),
        largest=shop_records.LARGEST // 1024 // 1024,
        slip=slip,
    )
    return make_response(drawn, slip.status)


def contents(parts: Parts, case: Case, veil: Veil | AllOrNothing) -> dict[str, Any]:
    """All that is known of a case, as every drawing of it shows it."""
    details = open_details(parts, case)
    history: list[Step] = history_of(parts, case)
    by_hand = case.state == CaseState.TO_POINTS and case_decisions.is_by_hand(parts, case)
    sheets = [
        Sheet(record, _shown(veil, record.shown) if record.shown else {})
        for record in shop_records.of_case(parts, case.case_no)
    ]
    return {
        "case": case,
        "shown_no": show_case_no(case.case_no),
        "told": _told(veil, details, case.kind) if details else None,
        "sheets": sheets,
        "history": history,
        "by_hand": by_hand,
        "extended_to": _extended_to(parts, case, details) if details else None,
    }


def _extended_to(parts: Parts, case: Case, details: CaseDetails) -> date | None:
    """Until when the coupon can be used that this case gave something back to."""
    if not case.restored:
        return None
    with autocommit(parts.db) as connection:
        return coupons.extended_to(connection, details.prefecture, details.number)


def _fits(case: Case, to: CaseState) -> bool:
    """Found is what gives something back; a trouble of another kind is answered."""
    return to is not CaseState.FOUND or case.kind in HELD_KINDS


def _told(veil: Veil | AllOrNothing, details: CaseDetails, kind: str) -> Told:
    """The items that were asked about such a trouble, by the keys of their words; own words behind one veil."""
    number = details.number
    items = {
        "number": _own(veil, number, mask_inquiry_number(number)),
        "expiry": details.expiry.isoformat() if details.expiry else "",
        "prefecture": prefecture_name(details.prefecture, language()) if details.prefecture else "",
        "shop": _own(veil, details.shop),
        "happened": _own(veil, details.happened),
        "paid_by": _chosen("paid_by", details.paid_by),
        "times": _chosen("times", details.times),
        "amount": "" if details.amount is None else f"{details.amount:,}",
        "words": _own(veil, details.words),
    }
    return {key: value for key, value in items.items() if value or kind in ASKED_OF.get(key, (kind,))}


def _shown(veil: Veil | AllOrNothing, shown: Shown) -> Told:
    """What a record shows and nothing else, its words and numbers behind the veil of what was told."""
    items = {
        "when": " ".join(filter(None, (shown.day.isoformat() if shown.day else "", shown.time))),
        "amount": "" if shown.amount is None else f"{shown.amount:,}",
        "terminal": _own(veil, shown.number, mask_inquiry_number(shown.number)),
        "words": _own(veil, shown.words),
    }
    return {key: value for key, value in items.items() if value}


def _chosen(item: str, value: str) -> str:
    """What was chosen from a question's buttons, as the question calls it."""
    spoken, key = words(language()), f"option.trouble.{item}.{value}"
    return spoken.say(key) if value and spoken.has(key) else value


def _own(veil: Veil | AllOrNothing, words: str, masked: str = MASKED) -> Veiled | str:
    return veil.over("told", masked=masked, plain=words) if words else ""
