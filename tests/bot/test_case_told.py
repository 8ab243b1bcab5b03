"""A trouble told on LINE, on PostgreSQL: one case however often it is told, and 「状況」 says how it stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.store.db import autocommit
from tests.bot.web.counter import Counter, opened_counter, rows

TOLD = (
    "こんにちは",
    "paper",
    "09",
    "2023-02-25",
    "double_charged",
    "yes",
    "TG12345678",
    "日光見本屋",
    "18時半",
    "two",
    "1000円",
)


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        opened.parts.redis.flushdb()
        yield opened


def status(counter: Counter) -> list[tuple[str, str]]:
    (taken,) = counter.line("状況")
    return [row for said in taken.play.said if said.card for row in said.card.rows]


def test_a_case_is_opened_with_the_turn_that_hands_it_in_and_told_by_its_number(counter: Counter) -> None:
    counter.line(*TOLD)
    assert [] == rows(counter, "SELECT 1 FROM cases")
    (taken,) = counter.line("submit")
    ((number, kind, state, channel),) = rows(counter, "SELECT case_no, kind, state, channel FROM cases")
    assert ("B2", "opened", "line") == (kind, state, channel)
    shown = f"C-{number[1:5]}-{number[5:9]}-{number[9:]}"
    assert f"相談番号は {shown} です" in taken.play.said[0].text
    assert [(shown, "二重に決済された\n担当者がこれからお調べします。")] == status(counter)
    counter.line("やりなおす", "yes", *TOLD[1:7])
    assert [(1,)] == rows(counter, "SELECT count(*) FROM cases")


def test_what_is_over_is_no_news_and_who_has_nothing_hears_so(counter: Counter) -> None:
    counter.line(*TOLD, "submit")
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE cases SET state = 'closed'")
    (taken,) = counter.line("状況")
    assert "申請はまだありません" in taken.play.said[0].text


def test_a_case_that_is_changed_before_staff_have_it_is_mended_and_stays_one(counter: Counter) -> None:
    counter.line(*TOLD, "submit")
    (before,) = rows(counter, "SELECT case_no, subject FROM cases")
    counter.line("変更", "change:trouble.number", "TG87654321")
    (taken,) = counter.line("submit")
    (after,) = rows(counter, "SELECT case_no, subject FROM cases")
    assert (before[0], True) == (after[0], before[1] != after[1])
    assert "の内容を直しました" in taken.play.said[0].text
