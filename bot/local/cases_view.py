"""What the commands of `bot cases` print; what a person told is masked, and unmasked only to a name in the audit.

CaseError
├── NoCaseNo      what was typed is no case number
└── NoSuchCase    no case has that number
"""

from __future__ import annotations

from rich.table import Table

from bot import cases
from bot.local.opened import opened
from bot.parts import Parts
from bot.settings import Settings
from bot.staff_names import staff_name
from bot.store import audit, holds
from bot.store import cases as kept
from bot.store.cases import Case
from bot.store.db import autocommit, transaction
from dialogs.reading.numbers import mask_inquiry_number
from dialogs.reading.text import MASKED
from dialogs.rules.campaign import JST
from dialogs.rules.cases import CaseDetails, read_case_no, show_case_no
from dialogs.rules.claim import show_receipt_no

MOST_LISTED = 200


class CaseError(Exception):
    """A case cannot be shown; says why in a sentence, without personal data."""


class NoCaseNo(CaseError):
    """It has a C and ten digits, the last of which follows from the others."""


class NoSuchCase(CaseError):
    """No case by that number."""


def list_cases(settings: Settings, state: str | None) -> None:
    """Print counts and the cases of the campaign; raises psycopg.Error."""
    with opened(settings) as (parts, screen), autocommit(parts.db) as connection:
        counts = kept.counts(connection, parts.campaign.id)
        found = kept.listed(connection, [parts.campaign.id], state=state, most=MOST_LISTED)
        if not found:
            screen.print("No case was opened yet." if not counts else f"No case is {state}.")
            return
        screen.print(", ".join(f"{number:,} {name}" for name, number in sorted(counts.items())))
        table = Table("Case number", "Kind", "State", "Told", "Door", box=None)
        for case in found:
            table.add_row(show_case_no(case.case_no), case.kind, case.state, _minute(case), case.channel)
        screen.print(table)


def show_case(settings: Settings, typed: str, *, by: str | None) -> None:
    """Print one case; raises NoCaseNo, NoSuchCase, NoName, Unopenable, psycopg.Error."""
    number = read_case_no(typed)
    if number is None:
        raise NoCaseNo("That is no case number: it has a C and ten digits, for example C-1234-5678-97.")
    name = staff_name(by) if by is not None else None
    with opened(settings) as (parts, screen):
        case = kept.by_no(parts.db, number)
        if case is None:
            raise NoSuchCase(f"No case has the number {show_case_no(number)}.")
        if name:
            # Noted before it is shown: whoever sees it stands in the audit, whatever happens to the screen.
            with transaction(parts.db) as connection:
                now = parts.clock.now()
                audit.add(connection, actor=name, action="case.unmasked", subject=case.case_no, at=now)
        screen.print(_table(parts, case, masked=name is None))


def _table(parts: Parts, case: Case, *, masked: bool) -> Table:
    table = Table.grid(padding=(0, 2))
    details = cases.open_details(parts, case)
    for label, value in {
        "Case": show_case_no(case.case_no),
        "Kind": case.kind,
        "State": f"{case.state}, since {case.changed_at.astimezone(JST):%Y-%m-%d %H:%M}",
        "Told": f"{_minute(case)}, by {case.channel}",
        "Campaign": f"{case.campaign}, version {case.campaign_version}",
        "Conversation": str(case.conversation or "none"),
        **({"Found by": case.found_by} if case.found_by else {}),
        **_applications(parts, case),
        **({"Given back": f"{case.restored:,} yen"} if case.restored else {}),
        **(_told(details, masked=masked) if details else {"What was told": "(erased)"}),
    }.items():
        table.add_row(label, value)
    return table


def _applications(parts: Parts, case: Case) -> dict[str, str]:
    """Those with its coupon, and whether they are held or came too early for that."""
    with autocommit(parts.db) as connection:
        found = [f"{show_receipt_no(number)} ({state})" for number, state in holds.of_case(connection, case.case_no)]
    return {"Applications": ", ".join(found)} if found else {}


def _told(details: CaseDetails, *, masked: bool) -> dict[str, str]:
    """The four items and what happened; days, sums and ways of paying tell nobody who somebody is."""

    def own(words: str) -> str:
        return MASKED if masked and words else words or "not known"

    number = mask_inquiry_number(details.number) if masked and details.number else own(details.number)
    return {
        "Inquiry number": number,
        "Expiry": f"{details.expiry or 'not known'}",
        "Prefecture": details.prefecture or "not known",
        "Shop": own(details.shop),
        "When": own(details.happened),
        "Paid by": details.paid_by or "-",
        "Times": details.times or "-",
        "Yen": "-" if details.amount is None else f"{details.amount:,}",
        "In their words": own(details.words) if details.words else "-",
    }


def _minute(case: Case) -> str:
    return f"{case.acted_at.astimezone(JST):%Y-%m-%d %H:%M}"
