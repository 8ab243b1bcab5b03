"""Codes on stock: all of a list or none of it, sealed, and each given out once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import rewards
from bot.codes_import import import_codes
from bot.local.rewards_check import rewards_found
from bot.parts import Parts
from bot.store import entitlements, reward_codes
from bot.store.db import autocommit
from tests.bot.refunds_house import APRIL, counter, rows
from tests.bot.rewards_house import from_stock

SHELF = ("tochigi-2023-02", "edy")
MANY = """
INSERT INTO entitlements (id, receipt_no, campaign, campaign_version, amount, token_hash, token, created_at, state)
SELECT gen_random_uuid(), '1234567897', 'tochigi-2023-02', 1, 1000, int4send(n), 'sealed', now(), 'choosing'
FROM generate_series(1, 40) n
"""


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield from_stock(opened)


def brought(parts: Parts, folder: Path, text: str) -> tuple[int | None, list[tuple[int, str]]]:
    file = folder / "codes.csv"
    file.write_text(text)
    found = import_codes(parts.db, parts.vault, file, shelf=SHELF, told=lambda done, total: None)
    return found.brought, [(problem.line, problem.column) for problem in found.problems]


def test_a_list_comes_on_stock_sealed(parts: Parts, tmp_path: Path) -> None:
    text = "コード,金額,pin,有効期限\nSAMPLE-1,1000,4711,2024-03-31\nSAMPLE-2,500,,\n"
    assert (2, []) == brought(parts, tmp_path, text)
    assert [(500, 1), (1000, 1)] == [(pile.amount, pile.free) for pile in reward_codes.piles(parts.db, SHELF[0])]
    assert "SAMPLE" not in str(rows(parts, "SELECT c::text FROM reward_codes c"))


def test_one_bad_row_keeps_all_of_them_out_and_is_named(parts: Parts, tmp_path: Path) -> None:
    text = "code,amount,url\nSAMPLE-1,1000,\nSAMPLE-2,0,\n,5,\nSAMPLE-3,5,http://x\nSAMPLE-1,7,\n"
    assert (None, [(3, "amount"), (4, "code"), (5, "url"), (6, "code")]) == brought(parts, tmp_path, text)
    assert [] == rows(parts, "SELECT FROM reward_codes")


def test_a_code_that_was_ever_on_stock_is_refused(parts: Parts, tmp_path: Path) -> None:
    assert (1, []) == brought(parts, tmp_path, "code,amount\nSAMPLE-1,1000\n")
    assert (None, [(3, "code")]) == brought(parts, tmp_path, "code,amount\nSAMPLE-9,1000\nSAMPLE-1,1000\n")
    assert [(1,)] == rows(parts, "SELECT count(*) FROM reward_codes")


def test_the_check_up_names_what_runs_low(parts: Parts, tmp_path: Path) -> None:
    low = from_stock(parts, "edy", "nanaco", low_stock=2)
    brought(parts, tmp_path, "code,amount\nSAMPLE-1,1000\n")
    wrong = [says for _, says, mend in rewards_found(low) if mend]
    assert ["edy: 1 left of 1,000 yen", "nanaco: none, so nobody can choose it"] == wrong
    brought(parts, tmp_path, "code,amount\nSAMPLE-2,1000\n")
    assert "edy: 1 left of 1,000 yen" not in [says for _, says, _ in rewards_found(low)]


def test_each_code_is_given_out_once_however_many_choose_at_once(parts: Parts, tmp_path: Path) -> None:
    codes = "".join(f"SAMPLE-{n},1000\n" for n in range(30))
    assert (30, []) == brought(parts, tmp_path, f"code,amount\n{codes}")
    with autocommit(parts.db) as connection:
        connection.execute(MANY)
        hashes = connection.execute("SELECT token_hash FROM entitlements").fetchall()
    rights = [right for (token,) in hashes if (right := entitlements.find(parts.db, token))]
    with ThreadPoolExecutor(6) as many:
        outcomes = list(many.map(lambda right: rewards.choose(parts, right, "edy", at=APRIL), rights))
    assert (30, 10) == (outcomes.count("chosen"), outcomes.count("cannot_issue"))
    given = [rewards.code_of(parts, right) for (token,) in hashes if (right := entitlements.find(parts.db, token))]
    assert 30 == len({code.code for code in given if code})
    assert [(30,)] == rows(parts, "SELECT count(given_to) FROM reward_codes WHERE code IS NULL")
