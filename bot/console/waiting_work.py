"""What waits for staff beside the queue, also of people with whom no conversation is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.console.door import roles_of
from bot.parts import Parts
from bot.store import cases, disputed_applications, disputes, waiting_work

TO_DO = ("opened", "checking", "found")
# Who may see that page does what waits; others look at refunds too, and can check none.
DONE_BY = {
    "refunds": "console.refund_files.every",
    "refund_files": "console.refund_files.every",
    "contacts": "console.contacts.every",
}


@dataclass(frozen=True)
class Waiting:
    """How many wait, and since when the oldest does; None where none does."""

    count: int
    oldest: datetime | None


def waiting_for(parts: Parts, role: str) -> Mapping[str, Waiting]:
    """What that role can do something about, by the key of the page that shows it."""
    found = waiting_work.waiting(parts.db, parts.campaign.id)
    mine = {page: Waiting(*found[page]) for page, endpoint in DONE_BY.items() if role in roles_of(endpoint)}
    return {**mine, **waiting(parts)} if role in roles_of("console.cases.mine") else mine


def waiting(parts: Parts) -> Mapping[str, Waiting]:
    """Cases and disputes, by the key of the page that shows them."""
    told = [since for state, since in cases.waiting(parts.db, parts.campaigns).items() if state in TO_DO]
    open_ = [*disputes.waiting(parts.db).values(), disputed_applications.count_elsewhere(parts.db)]
    return {"cases": _sum(told), "disputes": _sum(open_)}


def _sum(each: Sequence[tuple[int, datetime | None]]) -> Waiting:
    return Waiting(sum(count for count, _ in each), min((since for _, since in each if since), default=None))
