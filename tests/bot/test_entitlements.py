"""One right, one choice: whatever comes at once, and never beside money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from uuid import UUID

import psycopg
import pytest

from bot import rewards
from bot.parts import Parts
from bot.store import entitlements
from bot.store.db import autocommit
from bot.store.entitlements import MOVES, Right
from dialogs.rules.claim import make_receipt_no
from tests.bot.refunds_house import APRIL, application, ask, counter, due, rows, settle

PICTURES = Path(__file__).parents[2] / "docs" / "state-machines.md"
MANY = """
INSERT INTO entitlements (id, receipt_no, campaign, campaign_version, amount, token_hash, token, created_at, state)
SELECT gen_random_uuid(), '1234567897', 'tochigi-2023-02', 1, 1000, int4send(n), 'sealed', now(), 'choosing'
FROM generate_series(1, %s) n
"""
BRANDS = ("amazon", "paypay")


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    # Nobody calls the vendor: to choose is to write a row.
    vendor = {"REWARDS_URL": "http://127.0.0.1:9", "REWARDS_KEY": "a key that nobody knows"}
    with counter(database_url, redis_url, **vendor) as opened:
        yield opened


def rights(parts: Parts, state: str = "choosing") -> list[Right]:
    with autocommit(parts.db) as connection:
        hashes = connection.execute("SELECT token_hash FROM entitlements WHERE state = %s", (state,)).fetchall()
    found = [entitlements.find(parts.db, token_hash) for (token_hash,) in hashes]
    return [right for right in found if right]


def entitled(parts: Parts, serial: int, amount: int = 1200) -> Right:
    """A right whose person stands before the rewards."""
    settle(parts, due(parts, application(parts, serial)), amount)
    right = next(each for each in rights(parts, "planned") if each.receipt_no == make_receipt_no(serial))
    step(parts, right.id, "opened", "choosing")
    return right


def step(parts: Parts, right: UUID, *states: str) -> list[bool]:
    with autocommit(parts.db) as connection:
        return [entitlements.move(connection, right, state, at=APRIL) for state in states]


def choose(parts: Parts, right: Right, brand: str, at: datetime = APRIL) -> str:
    return rewards.choose(parts, right, brand, at=at)


def test_the_picture_has_the_arrows_of_the_table() -> None:
    section = PICTURES.read_text().partition("## entitlements\n")[2].partition("\n## ")[0]
    arrows = re.findall(r"^\s+(\w+) --> (\w+)", section, flags=re.MULTILINE)
    assert sorted((was, to) for was, later in MOVES.items() for to in later) == sorted(arrows)


def test_of_two_choices_at_once_one_is_taken_a_thousand_times(parts: Parts) -> None:
    with autocommit(parts.db) as connection:
        connection.execute(MANY, (1000,))
    open_, together = rights(parts), Barrier(2)

    def all_of_them(brand: str) -> list[str]:
        came_out = []
        for right in open_:
            together.wait(10)
            came_out.append(choose(parts, right, brand))
        return came_out

    with ThreadPoolExecutor(2) as two:
        outcomes = list(zip(*two.map(all_of_them, BRANDS), strict=True))
    assert [["chosen", "taken"]] * 1000 == [sorted(pair) for pair in outcomes]
    won = {right.id: BRANDS[pair.index("chosen")] for right, pair in zip(open_, outcomes, strict=True)}
    assert won == dict(rows(parts, "SELECT id, brand FROM entitlements WHERE state = 'chosen'"))


def test_a_choice_is_for_good(parts: Parts) -> None:
    right = entitled(parts, 1)
    assert ["chosen", "taken", "taken"] == [choose(parts, right, brand) for brand in ("edy", "edy", "nanaco")]
    assert [("edy", APRIL)] == rows(parts, "SELECT brand, chosen_at FROM entitlements")


def test_a_choice_counts_as_of_when_the_person_acted_until_the_last_minute(parts: Parts) -> None:
    end = parts.campaign.dates.receive_end
    late, just = entitled(parts, 1), entitled(parts, 2)
    assert "over" == choose(parts, late, "edy", end)
    assert "chosen" == choose(parts, just, "edy", end - timedelta(microseconds=1))


@pytest.mark.parametrize(("amount", "brand", "expected"), [(14, "amazon", "cannot_issue"), (15, "amazon", "chosen")])
def test_what_the_amount_cannot_be_paid_out_in_cannot_be_chosen(
    parts: Parts, amount: int, brand: str, expected: str
) -> None:
    assert expected == choose(parts, entitled(parts, 1, amount), brand)
    assert "cannot_issue" == choose(parts, entitled(parts, 2, amount), "gold")


def test_who_has_chosen_a_reward_cannot_ask_for_the_money(parts: Parts) -> None:
    row = application(parts, 1)
    settle(parts, due(parts, row))
    [(right,)] = rows(parts, "SELECT id FROM entitlements")
    step(parts, right, "opened", "choosing")
    assert "chosen" == choose(parts, rights(parts)[0], "edy")
    assert not ask(parts, row)
    assert [("chosen", None)] == rows(parts, "SELECT state, voided_at FROM entitlements")
    assert [] == rows(parts, "SELECT FROM refunds")


def test_who_has_asked_for_the_money_cannot_choose_a_reward(parts: Parts) -> None:
    row = application(parts, 1)
    settle(parts, due(parts, row))
    [right] = rights(parts, "planned")
    step(parts, right.id, "opened")
    assert ask(parts, row)
    assert "taken" == choose(parts, right, "edy")
    assert [("cancelled", None)] == rows(parts, "SELECT state, brand FROM entitlements")


def test_of_money_and_reward_at_once_one_is_taken(parts: Parts) -> None:
    for serial in range(1, 31):
        row = application(parts, serial)
        settle(parts, due(parts, row))
        [right] = rights(parts, "planned")
        step(parts, right.id, "opened")
        with ThreadPoolExecutor(2) as two:
            money, reward = two.submit(ask, parts, row), two.submit(choose, parts, right, "edy")
            assert (money.result(), reward.result()) in ((True, "taken"), (False, "chosen"))
    both = "SELECT FROM entitlements JOIN refunds USING (submission) WHERE brand IS NOT NULL"
    assert [] == rows(parts, both)


def test_a_right_goes_no_way_that_is_not_in_the_table(parts: Parts) -> None:
    settle(parts, due(parts, application(parts, 1)))
    [right] = rights(parts, "planned")
    assert [False, True, False, True, True, False, False] == step(
        parts, right.id, "choosing", "notified", "planned", "opened", "choosing", "opened", "code_shown"
    )
    assert "chosen" == choose(parts, rights(parts)[0], "edy")
    with pytest.raises(psycopg.errors.CheckViolation):
        step(parts, right.id, "issued")
