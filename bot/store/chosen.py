"""The period, channel and team that somebody looks at figures of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_STRETCHES, WEEK = 100, 7


@dataclass(frozen=True, slots=True)
class Chosen:
    """Handoffs of which days (both included), channel and prefecture; "" for every one."""

    first: date
    last: date
    channel: str = ""
    team: str = ""

    @property
    def step(self) -> int:
        """How many days are counted together: a drawing has room for about a hundred stretches."""
        return 1 if (self.last - self.first).days < MOST_STRETCHES else WEEK

    @property
    def days(self) -> Sequence[date]:
        """The first day of each stretch."""
        return [
            self.first + timedelta(days=number) for number in range(0, (self.last - self.first).days + 1, self.step)
        ]
