"""What the shop's till or terminal shows about a case: typed in by staff or attached as a file, so that it is founded.

Sealed like what its person told, and erased with it. Who added, saw or took one away stands in the audit.

RecordError
├── NothingThere      neither a word nor a file
├── NotSuchAFile      by its first bytes it is neither PDF nor JPEG, PNG or WebP
├── TooLarge          the file has more than LARGEST bytes
├── TooMany           the case has MOST records already
└── CaseIsOver        nobody may add to a case that is over, or erased
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from bot.attached import kind_of
from bot.parts import Parts
from bot.staff_names import staff_name
from bot.store import audit, cases, shop_records
from bot.store.db import transaction
from bot.store.shop_records import KeptRecord, NewRecord
from dialogs.rules.cases import OVER

DETAILS, CONTENT = "shop_records.details", "shop_records.content"
LARGEST = 5 * 1024 * 1024
MOST = 20
KEPT = ("application/pdf", "image/jpeg", "image/png", "image/webp")

log = structlog.get_logger(__name__)


class RecordError(Exception):
    """A record cannot be kept; says why in a sentence, without personal data."""


class NothingThere(RecordError):
    """Nothing was typed and nothing attached."""


class NotSuchAFile(RecordError):
    """The file is of another form, whatever its name says."""


class TooLarge(RecordError):
    """The file is larger than we keep."""


class TooMany(RecordError):
    """A case has no more records than that."""


class CaseIsOver(RecordError):
    """Nothing is added to it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a record shows. "" and None: not said. time is «18:31», number that of the terminal or the approval."""

    day: date | None = field(default=None, repr=False)
    time: str = field(default="", repr=False)
    amount: int | None = field(default=None, repr=False)
    number: str = field(default="", repr=False)
    words: str = field(default="", repr=False)

    def plain(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self) | {"day": self.day and self.day.isoformat()}


@dataclass(frozen=True)
class Record:
    """A record as staff see it in the list; shown is None once erased or taken away."""

    id: UUID
    shown: Shown | None
    kind: str | None
    size: int
    added_by: str
    added_at: datetime
    removed_by: str | None


def add(parts: Parts, case_no: str, shown: Shown, *, content: bytes, by: str) -> None:
    """Keep what a record shows and its file (b"": none). Raises NoName and what stands above."""
    name, kind = staff_name(by), _checked(shown, content)
    record = NewRecord(
        id=uuid7(),
        case_no=case_no,
        details=parts.vault.seal_json(shown.plain(), DETAILS),
        content=parts.vault.seal(content, CONTENT) if content else None,
        kind=kind,
        size=len(content),
        by=name,
        at=parts.clock.now(),
    )
    with transaction(parts.db) as connection:
        case = cases.hold(connection, case_no)
        if case is None or case.state in OVER or case.details is None:
            raise CaseIsOver("Nothing is added to a case that is over.")
        if shop_records.count(connection, case_no) >= MOST:
            raise TooMany(f"A case has no more than {MOST} records.")
        shop_records.add(connection, record)
        details: dict[str, str | int] = {"record": str(record.id), "kind": kind or "typed", "bytes": record.size}
        audit.add(connection, actor=name, action="case.record_added", subject=case_no, at=record.at, details=details)
    log.info("case.record_added", case=str(case.id), kind=kind, bytes=record.size)


def of_case(parts: Parts, case_no: str) -> Sequence[Record]:
    """The records of a case, the oldest first."""
    return [_opened(parts, kept) for kept in shop_records.listed(parts.db, case_no)]


def see(parts: Parts, case_no: str, record: UUID, *, by: str) -> tuple[bytes, str] | None:
    """The file of a record and its media type, its look noted in the audit; None where there is none."""
    name, now, details = staff_name(by), parts.clock.now(), {"record": f"{record}"}
    with transaction(parts.db) as connection:
        found = shop_records.content(connection, case_no, record)
        if found is None:
            return None
        audit.add(connection, actor=name, action="case.record_seen", subject=case_no, at=now, details=details)
    sealed, kind = found
    return parts.vault.open(sealed, CONTENT), kind


def remove(parts: Parts, case_no: str, record: UUID, *, by: str) -> bool:
    """Take away what does not belong there: its words and its file are erased at once. False if they were gone."""
    name, now, details = staff_name(by), parts.clock.now(), {"record": f"{record}"}
    with transaction(parts.db) as connection:
        if not shop_records.remove(connection, case_no, record, by=name, at=now):
            return False
        audit.add(connection, actor=name, action="case.record_removed", subject=case_no, at=now, details=details)
    return True


def _checked(shown: Shown, content: bytes) -> str | None:
    if not content:
        if shown == Shown():
            raise NothingThere("A record needs something that it shows, or a file.")
        return None
    if len(content) > LARGEST:
        raise TooLarge(f"A file has at most {LARGEST // 1024 // 1024} MB.")
    kind = kind_of(content)
    if kind not in KEPT:
        raise NotSuchAFile("Only PDF, JPEG, PNG and WebP are kept.")
    return kind


def _opened(parts: Parts, kept: KeptRecord) -> Record:
    shown = _shown_from(parts.vault.open_json(kept.details, DETAILS)) if kept.details else None
    return Record(kept.id, shown, kept.kind, kept.size, kept.added_by, kept.added_at, kept.removed_by)


def _shown_from(plain: Mapping[str, Any]) -> Shown:
    day = plain["day"]
    return Shown(**{**plain, "day": date.fromisoformat(day) if day else None})
