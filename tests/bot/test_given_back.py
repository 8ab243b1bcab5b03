"""(B) alone: a coupon that was never (A) is paid out once its balance was given back (rules.md §1.4(1))."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.asker import Asker
from bot.lookups import look_up
from dialogs.rules.claim import ClaimState
from dialogs.steps import Lookup
from tests.bot.claims_house import TRIP, claim, import_coupons
from tests.bot.refunds_house import APRIL, counter

VALID_A_DAY_LONGER = date(2023, 2, 25)


@pytest.mark.parametrize(
    ("snapshot", "event", "path"),
    [
        (1500, {"event": "double_charged"}, "A_APPLY"),
        (1500, {"event": "paid_and_deducted"}, "A_APPLY"),
        (1500, {}, "NOT_A"),
        (None, {"event": "double_charged"}, "NOT_A"),
    ],
)
def test_the_record_says_whether_it_was_given_back(
    database_url: str, redis_url: str, snapshot: int | None, event: dict[str, Any], path: str
) -> None:
    with counter(database_url, redis_url) as parts:
        import_coupons(parts.db, ("09", "TG10000001", TRIP, VALID_A_DAY_LONGER, 0, snapshot, False, "none"))
        about = {"prefecture": "09", "number": "TG10000001", "trip_date": TRIP.isoformat(), **event}
        found = look_up(parts, Lookup("c", "coupon", about), Asker(b"hanako", parts.campaign, "ja", APRIL))
        assert {"found": "match", "path": path} == found.result


def test_it_is_accepted_with_what_was_given_back(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        import_coupons(parts.db, ("09", "TG10000001", TRIP, VALID_A_DAY_LONGER, 0, 1500, False, "none"))
        decision = parts.claims.submit(claim(1, "TG10000001"), idempotency_key="1")
        assert (ClaimState.ACCEPTED, 1500) == (decision.state, decision.amount)
