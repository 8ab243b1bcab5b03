"""What staff see counted of a mailing is what there is, whatever a statement moves at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.deliveries import running as mailing
from bot.parts import Parts
from bot.store import deliveries, mailings
from bot.store.db import autocommit, open_pool
from tests.bot.mailing_house import opened, people, planned, rows

STEP = """
UPDATE deliveries SET state = CASE state WHEN 'planned' THEN 'sending' WHEN 'sending' THEN 'accepted' ELSE state END
"""
STEP_OF_TWO = f"{STEP} WHERE id IN (SELECT id FROM deliveries ORDER BY id LIMIT 2)"  # noqa: S608 - of constants
ENTERED = "SELECT state, sum(n)::int FROM mailing_minutes GROUP BY state"
GO_TO_MAY = b"""
UPDATE deliveries SET mailing = (SELECT id FROM mailings WHERE name = 'may'), state = 'planned', due_at = now()
WHERE state = 'cancelled'
"""


@pytest.fixture
def parts(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Parts]:
    with opened(database_url, redis_url) as standing:
        planned(standing, tmp_path, *people(5))
        mailing.start(standing, "april", by="staff")
        yield standing


def counts(parts: Parts) -> dict[str, int]:
    return dict(mailings.counts(parts.db, mailing.found(parts, "april").id))


def test_rows_that_go_into_a_state_and_out_of_it_in_one_statement_are_counted_on_both_sides(parts: Parts) -> None:
    with autocommit(parts.db) as connection:
        connection.execute(STEP_OF_TWO.encode())
        connection.execute(STEP.encode())
    assert {"sending": 3, "accepted": 2} == {state: n for state, n in counts(parts).items() if n}
    assert {"sending": 5, "accepted": 2} == dict(rows(parts, ENTERED))


def test_rows_that_are_only_claimed_came_into_no_state(parts: Parts) -> None:
    pool = open_pool(parts.settings.database_url.get_secret_value(), size=1, by_index=True)
    with autocommit(pool) as connection:
        claimed = deliveries.claim(connection, mailing.found(parts, "april").id, "sms", pilot=False, most=5)
    pool.close()
    assert (5, {"planned": 5}, []) == (len(claimed), counts(parts), rows(parts, ENTERED))


def test_rows_that_go_to_another_mailing_are_counted_there_and_no_more_here(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, *people(1, first=20_000_001), name="may")
    mailing.cancel(parts, "april", by="staff")
    with autocommit(parts.db) as connection:
        connection.execute(GO_TO_MAY)
    every = (dict(mailings.counts(parts.db, mailing.found(parts, name).id)) for name in ("april", "may"))
    assert [{}, {"planned": 6}] == [{state: n for state, n in each.items() if n} for each in every]
