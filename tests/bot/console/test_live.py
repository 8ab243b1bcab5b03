"""What staff's pages hear as it happens, through Redis; without it they are only slower."""

from __future__ import annotations

from dataclasses import replace

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot import live
from tests.bot.console.desk import at_work, hire
from tests.bot.console.test_desk import page_of, taken
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, run
from tests.bot.web.counter import Browser, Counter

LIVE = "/console/live"


def heard(browser: Browser, last: str = "", at: str = "") -> str:
    headers = {"Last-Event-ID": last} if last else {}
    return browser.client.get(LIVE, query_string={"at": at} if at else {}, headers=headers).get_data(as_text=True)


def last_id(told: str) -> str:
    return told.split("id: ")[1].split("\n", maxsplit=1)[0]


def test_who_comes_to_the_queue_and_what_they_write_is_news(counter: Counter) -> None:
    browser = at_work(counter, hire(counter.parts, "ichiro"))
    first = last_id(heard(browser))
    counter.line(*HALF_WAY, *TO_STAFF)
    told = heard(browser, first)
    assert f'event: changed\ndata: ["{conversation(counter)}"]' in told
    assert "event: changed" not in heard(browser, last_id(told))
    counter.line("まだですか")
    assert "event: changed" in heard(browser, last_id(told))


def test_it_names_a_conversation_and_nothing_that_was_said(counter: Counter) -> None:
    counter.line(*HALF_WAY, *TO_STAFF, "栃木 花子です")
    kept = counter.parts.redis.xrange(live.STREAM)
    assert kept
    assert {("conversation", str(conversation(counter)))} == {item for _, fields in kept for item in fields.items()}


def test_two_who_look_at_one_conversation_know_of_each_other(counter: Counter) -> None:
    ichiro = at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))
    jiro = at_work(counter, hire(counter.parts, "jiro", name="担当 二郎"))
    counter.line(*HALF_WAY, *TO_STAFF)
    at = str(conversation(counter))
    assert "event: present\ndata: []" in heard(ichiro, at=at)
    assert 'event: present\ndata: ["担当 一郎"]' in heard(jiro, at=at)


def test_without_redis_everything_goes_on_and_the_page_is_told_to_ask_less(counter: Counter) -> None:
    away = redis.Redis.from_url("redis://127.0.0.1:1/0", retry=Retry(NoBackoff(), 0))
    counter.parts = replace(counter.parts, redis=away)
    without = Counter(counter.parts)
    browser = at_work(without, hire(without.parts, "ichiro"))
    path = taken(without, browser)
    assert path == page_of(without)
    assert "retry: 15000\n\n" == heard(browser)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(counter: Counter) -> None:
    browser = at_work(counter, hire(counter.parts, "ichiro"))
    path = taken(counter, browser)
    run(counter, "UPDATE staff_sessions SET last_seen_at = now() - interval '59 minutes'")
    run(counter, "UPDATE handoffs SET lease_until = now() + interval '1 minute'")
    heard(browser)
    browser.client.get(path, headers={"X-Live": "1"})
    kept = "SELECT s.last_seen_at < now() - interval '58 minutes', h.lease_until < now() + interval '2 minutes' FROM"
    with counter.parts.db.connection() as connection:
        assert [(True, True)] == connection.execute(f"{kept} staff_sessions s, handoffs h".encode()).fetchall()
    browser.get(path)
    with counter.parts.db.connection() as connection:
        assert [(False, False)] == connection.execute(f"{kept} staff_sessions s, handoffs h".encode()).fetchall()
