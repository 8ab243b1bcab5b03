"""A draft for which a day was promised is there until that day, and goes on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.store import erasure
from bot.store.db import autocommit
from tests.bot.web.counter import Counter, opened_counter

TO_THE_NUMBER = ("こんにちは", "paper", "09", "2023-02-24", "nothing", "some", "no", "apply")
DEADLINE = datetime.fromisoformat("2023-05-01T00:00:00+09:00")


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        opened.parts.redis.flushdb()
        yield opened


def is_kept(counter: Counter, at: datetime) -> bool:
    """Whether the answers are still there after what is to go at that time has gone."""
    erasure.erase(counter.parts.db, now=at, chats_are_over=False, pages_before=at, messages_before=at)
    with autocommit(counter.parts.db) as connection:
        rows = connection.execute("SELECT answers IS NOT NULL FROM conversations").fetchall()
    return [(True,)] == rows


def test_who_was_promised_the_last_day_finds_their_answers_until_then_and_no_longer(counter: Counter) -> None:
    (told,) = counter.line(*TO_THE_NUMBER, "番号がわからない")[-1:]
    assert "締切（2023年4月30日(日) 23:59）まで残しておきます" in "".join(said.text for said in told.play.said)
    counter.line("TG12345678")
    assert is_kept(counter, DEADLINE - timedelta(seconds=1))
    assert not is_kept(counter, DEADLINE)


def test_who_was_promised_nothing_finds_them_for_the_usual_days(counter: Counter) -> None:
    counter.line(*TO_THE_NUMBER)
    week = counter.parts.clock.now() + timedelta(days=7)
    assert is_kept(counter, week - timedelta(minutes=1))
    assert not is_kept(counter, week + timedelta(minutes=1))
