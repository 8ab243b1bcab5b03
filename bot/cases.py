"""Cases for staff: opened with a turn, one for a person, a kind of trouble and a coupon; told again how it stands.

opened ──> checking ──> found ──> restored | to_points ──> closed        (dialogs.rules.cases.NEXT is the whole table)
   │          │───────> not_found | answered ──> closed
   └──> withdrawn
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.store import cases, holds, meter
from bot.store.cases import Case, MendedCase, NewCase
from dialogs.rules.campaign import Campaign
from dialogs.rules.cases import OVER, CaseDetails, CaseState, details_from, make_case_no
from dialogs.rules.claim import RECEIPT_NUMBERS
from dialogs.standing_cases import CaseStanding

SEALED = "cases.details"
DAYS_A_YEAR = 366  # kept a day or two longer rather than shorter
NONE = {"case": "none"}


class Teller(Protocol):
    """Who tells of a trouble: their fingerprint, when and where, and from where if no channel knows them."""

    @property
    def person(self) -> bytes: ...
    @property
    def campaign(self) -> Campaign: ...
    @property
    def at(self) -> datetime: ...
    @property
    def conversation(self) -> UUID | None: ...
    @property
    def channel(self) -> str: ...
    @property
    def origin(self) -> str: ...


def standing(parts: Parts, person: bytes, about: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the person has a live case of that kind about that coupon already, and how it stands."""
    subject = _subject(parts, about["prefecture"], about["number"])
    return _known(cases.live(parts.db, person=person, kind=about["kind"], subject=subject))


def take(
    parts: Parts, teller: Teller, said: Mapping[str, Any], *, before: Mapping[str, Any]
) -> tuple[dict[str, Any], NewCase | MendedCase | None]:
    """What becomes of what was told, in a word with the case's number, and what is to be written for it.

    before: what the same conversation was told when it told otherwise; then its case is mended, as long as it waits.
    """
    kind, details = said["kind"], details_from(said)
    subject = _subject(parts, details.prefecture, details.number)
    mine = cases.live(parts.db, person=teller.person, kind=kind, subject=subject)
    earlier = cases.by_no(parts.db, before["case_no"]) if before.get("case_no") else None
    if earlier and earlier.state not in OVER and (mine is None or mine.case_no == earlier.case_no):
        if earlier.state != CaseState.OPENED:
            return {"case": "with_staff", "case_no": earlier.case_no}, None
        sealed = _sealed(parts, details)
        mended = MendedCase(earlier.case_no, kind, teller.person, subject, sealed, teller.at)
        return {"case": "mended", "case_no": earlier.case_no}, mended
    if mine:
        return _known(mine), None
    if not _may_open(parts, teller):
        return {"case": "too_many"}, None
    new = _new(parts, teller, kind, subject, details=details)
    return {"case": "opened", "case_no": new.case_no}, new


def standings(parts: Parts, person: bytes) -> list[CaseStanding]:
    """How a person's cases stand that are not over, the newest first."""
    return [
        CaseStanding(case.case_no, case.kind, case.state, parts.campaigns.seen_by(case))
        for case in cases.of_person(parts.db, person)
        if case.state not in OVER
    ]


def open_details(parts: Parts, case: Case) -> CaseDetails | None:
    """What was told; None once it is erased."""
    return details_from(parts.vault.open_json(case.details, SEALED)) if case.details else None


def _known(case: Case | None) -> dict[str, Any]:
    return {"case": "known", "case_no": case.case_no, "state": case.state} if case else NONE


def _may_open(parts: Parts, teller: Teller) -> bool:
    if teller.origin and not meter.take(parts.redis, meter.CASES_FROM, teller.origin):
        return False
    return meter.take(parts.redis, meter.CASES, teller.person.hex())


def _new(parts: Parts, teller: Teller, kind: str, subject: bytes, *, details: CaseDetails) -> NewCase:
    campaign = teller.campaign
    return NewCase(
        id=uuid7(),
        case_no=make_case_no(secrets.randbelow(RECEIPT_NUMBERS)),
        kind=kind,
        campaign=campaign.id,
        campaign_version=campaign.version,
        person=teller.person,
        subject=subject,
        conversation=teller.conversation,
        channel=teller.channel,
        acted_at=teller.at,
        details=_sealed(parts, details),
        erase_at=teller.at + timedelta(days=DAYS_A_YEAR * campaign.retention.claims_years),
    )


def _sealed(parts: Parts, details: CaseDetails) -> bytes:
    return parts.vault.seal_json(details.plain(), SEALED)


def _subject(parts: Parts, prefecture: str, number: str) -> bytes:
    return holds.subject_of(parts.vault, prefecture, number)
