"""How long cases and disputes wait for staff, as `bot check` tells it: one that came by SMS or a page rings nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.local.rewards_check import Told
from bot.parts import Parts
from bot.store import cases, disputed_applications, disputes
from dialogs.rules.campaign import JST

TOO_LONG = timedelta(days=2)  # a shop is asked, and answers, within that


def cases_found(parts: Parts) -> Iterator[Told]:
    """Raises psycopg.Error."""
    waits = cases.waiting(parts.db, parts.campaigns)
    yield _told(parts, "Cases", [waits[state] for state in ("opened", "checking", "found") if state in waits])
    open_ = [*disputes.waiting(parts.db).values(), disputed_applications.count_elsewhere(parts.db)]
    yield _told(parts, "Disputes", open_)


def _told(parts: Parts, name: str, waits: list[tuple[int, datetime | None]]) -> Told:
    oldest = min((since for _, since in waits if since), default=None)
    if oldest is None:
        return name, "none waits for staff", ""
    found = (
        f"{sum(count for count, _ in waits)} wait for staff, the oldest since {oldest.astimezone(JST):%Y-%m-%d %H:%M}"
    )
    late = parts.clock.now() - oldest > TOO_LONG
    return name, found, f"Let somebody decide them at /console/{name.lower()}." if late else ""
