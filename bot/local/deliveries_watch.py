"""`bot deliveries show --watch`: a bar with the rate and the time left while a mailing, or its pilot, goes out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.deliveries.running import found
from bot.parts import Parts
from bot.store import mailings
from bot.store.mailings import AT_WORK, Mailing

LOOK_EVERY = 1.0
AWAITED = ("sending", "unknown", "accepted")  # gone out, and no last word on it yet


@dataclass(frozen=True)
class Look:
    """How a mailing stood at a moment; waits: what is still to go out of it, or of its pilot."""

    mailing: Mailing
    counts: Mapping[str, int]
    waits: int
    at: float = field(default_factory=time.monotonic)

    @property
    def gone(self) -> int:
        return sum(self.counts.values()) - self.counts.get("planned", 0)

    @property
    def awaited(self) -> int:
        return sum(self.counts.get(state, 0) for state in AWAITED)

    @property
    def is_over(self) -> bool:
        return self.mailing.state not in AT_WORK or not (self.waits or self.awaited)


def watch_mailing(parts: Parts, name: str) -> None:
    """Show the bar until nothing more is to be heard of what goes out now, or Ctrl-C; the mailing itself goes on.

    Raises CannotRun, psycopg.Error.
    """
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=Console(stderr=True)) as bar:
        task, before = bar.add_task(name, total=None, told=""), None
        with suppress(KeyboardInterrupt):
            while True:
                seen = _look(parts, name)
                title, total = f"{name} ({seen.mailing.state})", seen.gone + seen.waits
                bar.update(task, completed=seen.gone, total=total, description=title, told=_told(seen, before))
                if seen.is_over:
                    return
                before = seen
                time.sleep(LOOK_EVERY)


def _look(parts: Parts, name: str) -> Look:
    mailing = found(parts, name)
    counts = mailings.counts(parts.db, mailing.id)
    pilot = mailing.state == "piloting"
    return Look(mailing, counts, mailings.pilot_waits(parts.db, mailing.id) if pilot else counts.get("planned", 0))


def _told(seen: Look, before: Look | None) -> str:
    rate = (seen.gone - before.gone) / (seen.at - before.at) if before else 0.0
    told = f"{rate:,.0f}/s, {seen.counts.get('delivered', 0):,} delivered"
    return f"{told}, {seen.awaited:,} without a receipt yet; Ctrl-C leaves" if seen.awaited else told
