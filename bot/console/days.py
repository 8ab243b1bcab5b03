"""Days of Japan that an address asks for."""

from __future__ import annotations

from datetime import date

from flask import request

# Nobody means another day, and the days around it that a page reckons with are days as well.
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


def asked_day(name: str) -> date | None:
    """None where there is no date."""
    try:
        return min(max(date.fromisoformat(request.args.get(name, "")), FIRST), LAST)
    except ValueError:
        return None
