"""Which past days are counted already, and the instants between which a day of Japan lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bot.store.db import Connection
from dialogs.words import JST

ROLLED = "SELECT day FROM funnel_rolled WHERE day >= %(first)s AND day <= %(last)s AND day < %(today)s ORDER BY day"


def counted_days(connection: Connection, first: date, last: date, *, today: date) -> tuple[list[date], list[date]]:
    """The days of a period up to today: those that are kept as they were counted, and those to count now."""
    last = min(last, today)
    values = {"first": first, "last": last, "today": today}
    rolled = [row[0] for row in connection.execute(ROLLED, values).fetchall()]
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return rolled, [day for day in days if day not in set(rolled)]


def id_at(moment: datetime) -> UUID:
    """The least id (UUIDv7) that a row of that moment has."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def bounds(days: Sequence[date]) -> dict[str, list[datetime]]:
    """Under starts and ends the first instant of each day, and that of the day after; under days the days."""
    starts = [datetime.combine(day, time(), JST) for day in days]
    return {"starts": starts, "ends": [start + timedelta(days=1) for start in starts]}
