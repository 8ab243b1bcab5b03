"""A time as it is typed behind an option of a command."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import click

JAPAN = timezone(timedelta(hours=9))
MORNING = time(10, tzinfo=JAPAN)


class Moment(click.ParamType[datetime]):
    """A time as ISO 8601; Japan's where no zone is named, ten in the morning where no time is."""

    name = "date or time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            if len(value) == len("2023-04-05"):
                return datetime.combine(date.fromisoformat(value), MORNING)
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail("expected is for example 2023-04-05 or 2023-04-05T10:00", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=JAPAN)
