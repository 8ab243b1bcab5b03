"""What waits for staff beside the queue: cases and disputes, also of people with whom no conversation is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.parts import Parts
from bot.store import cases, disputes

TO_DO = ("opened", "checking", "found")


@dataclass(frozen=True)
class Waiting:
    """How many wait, and since when the oldest does; None where none does."""

    count: int
    oldest: datetime | None


def waiting(parts: Parts) -> Mapping[str, Waiting]:
    """By the key of the page that shows them."""
    told = [since for state, since in cases.waiting(parts.db, parts.campaigns).items() if state in TO_DO]
    open_ = [*disputes.waiting(parts.db).values(), disputes.waiting_elsewhere(parts.db)]
    return {"cases": _sum(told), "disputes": _sum(open_)}


def _sum(each: Sequence[tuple[int, datetime | None]]) -> Waiting:
    return Waiting(sum(count for count, _ in each), min((since for _, since in each if since), default=None))
