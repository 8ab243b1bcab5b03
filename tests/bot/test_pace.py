"""A sender's rate is held by all processes together, whatever becomes of Redis."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.pacing import PACED, turn_at
from bot.store.pace import BULK_AHEAD, INTERACTIVE_AHEAD, OVER_AFTER, Pace
from integrations.channel import SendLater

RATE = 100
QUEUE = "pace:sms:test"


@pytest.fixture
def store(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def nowhere() -> Iterator[redis.Redis]:
    with redis.Redis(host="127.0.0.1", port=1, decode_responses=True, retry=Retry(NoBackoff(), 0)) as client:
        yield client


def pace(store: redis.Redis, per_second: float = RATE) -> Pace:
    return Pace(store, "sms:test", per_second=per_second)


def settled(store: redis.Redis, per_second: float = RATE) -> Pace:
    """One whose queue is no new one, so that nothing has to be waited for first."""
    store.set(QUEUE, 1)
    return pace(store, per_second)


def taken(one: Pace, *, ahead: float = BULK_AHEAD) -> tuple[float, float]:
    """The moment that a unit gets, (earliest, latest) by this process's clock: Redis was asked somewhere in between."""
    while True:
        asked = time.monotonic()
        moment = one.reserve(1, ahead=ahead)
        if moment.granted:
            return asked + moment.wait, time.monotonic() + moment.wait
        time.sleep(min(moment.wait, 0.05))


def busiest_second(moments: list[tuple[float, float]]) -> int:
    """How many have surely been within one second."""
    return max(sum(start <= earliest and latest < start + 1 for earliest, latest in moments) for start, _ in moments)


def test_moments_are_so_far_apart_as_their_segments_cost(store: redis.Redis) -> None:
    one, free = settled(store, per_second=10), []
    for units in (10, 30, 100):
        assert one.reserve(units, ahead=60).granted
        free.append(int(store.get(QUEUE)))
    assert [3_000_000, 10_000_000] == [later - earlier for earlier, later in itertools.pairwise(free)]
    assert one.reserve(1, ahead=0).wait == pytest.approx(14, abs=10)


def test_four_that_share_a_rate_keep_to_it_together(store: redis.Redis) -> None:
    settled(store)
    moments: list[tuple[float, float]] = []

    def send(one: Pace) -> None:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            moments.append(taken(one))

    threads = [threading.Thread(target=send, args=(pace(store),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert busiest_second(moments) <= RATE
    assert len(moments) >= RATE


def test_whoever_is_late_to_their_moments_never_makes_a_second_hold_too_many(store: redis.Redis) -> None:
    gone: list[float] = []

    def send(one: Pace) -> None:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            time.sleep(0.1)  # and then ten at once
            for _ in range(10):
                mark, asked = uuid4().hex, time.monotonic()
                while wait := one.let_out(1, mark):
                    time.sleep(wait)
                    asked = time.monotonic()
                gone.append(time.monotonic())
                one.was_late(1, mark, gone[-1] - asked)

    threads = [threading.Thread(target=send, args=(pace(store),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert busiest_second([(moment, moment) for moment in gone]) <= RATE + 3  # a clock is read a moment after Redis's
    assert len(gone) >= RATE


def test_a_second_holds_as_many_units_as_its_rate_and_the_next_waits_for_the_first_to_be_over(
    store: redis.Redis,
) -> None:
    one, other = pace(store), pace(store)
    began = time.monotonic()
    assert [0.0] * 4 == [each.let_out(25, f"{n}") for n, each in enumerate((one, other, one, other))]
    assert other.let_out(1, "next") + time.monotonic() - began >= 1.0
    assert other.let_out(1, "next") < 1.1


def test_what_came_late_to_the_wire_keeps_its_place_so_much_longer(store: redis.Redis) -> None:
    one = pace(store)
    began = time.monotonic()
    assert 0 == one.let_out(RATE, "all")
    one.was_late(RATE, "all", 5)
    assert one.let_out(1, "next") + time.monotonic() - began >= 6.0
    assert one.let_out(1, "next") < 6.1


def test_whoever_sends_fast_or_without_redis_is_not_counted(store: redis.Redis, nowhere: redis.Redis) -> None:
    assert not Pace(store, "sms:test", per_second=251).counts
    one = pace(nowhere)
    assert [0.0] * 200 == [one.let_out(1, "same") for _ in range(200)]


def test_a_code_waits_behind_a_quarter_of_a_second_of_bulk_and_never_more(store: redis.Redis) -> None:
    one = settled(store, per_second=2)
    while one.reserve(1, ahead=BULK_AHEAD).granted:
        pass
    code = one.reserve(20, ahead=INTERACTIVE_AHEAD)
    assert code.granted
    assert code.wait <= BULK_AHEAD + 1 / 2
    assert not one.reserve(1, ahead=BULK_AHEAD).granted


def test_who_would_wait_too_long_takes_nothing_and_hears_how_long(store: redis.Redis) -> None:
    one = settled(store)
    one.reserve(10 * RATE, ahead=BULK_AHEAD)
    first, second = (one.reserve(1, ahead=BULK_AHEAD) for _ in range(2))
    assert (False, False) == (first.granted, second.granted)
    assert BULK_AHEAD < second.wait <= first.wait <= 10


def test_a_message_that_would_wait_too_long_goes_back_without_a_try(store: redis.Redis) -> None:
    one = settled(store)
    one.hold(INTERACTIVE_AHEAD + 20)
    with pytest.raises(SendLater) as later:
        turn_at(one)(2)
    assert PACED == later.value.code
    assert later.value.retry_after == pytest.approx(INTERACTIVE_AHEAD + 10, abs=10)


def test_after_redis_was_emptied_nothing_goes_out_before_all_that_was_reserved_is_over(store: redis.Redis) -> None:
    one = settled(store)
    before = [one.reserve(10, ahead=INTERACTIVE_AHEAD).wait + time.monotonic() for _ in range(20)]
    store.flushdb()
    assert one.reserve(1, ahead=10.0).wait + time.monotonic() >= max(before)


def test_while_redis_is_away_each_keeps_to_its_part_of_the_rate(nowhere: redis.Redis) -> None:
    one = pace(nowhere)
    began = time.monotonic()
    moments = [taken(one, ahead=60) for _ in range(9)]
    assert moments[0][1] - began >= OVER_AFTER
    # It never heard how many they are, so it reckons with eight.
    assert moments[-1][1] - moments[0][0] >= 8 * 8 / RATE


def test_when_the_provider_calls_us_too_fast_all_wait(store: redis.Redis) -> None:
    one, other = settled(store), pace(store)
    one.hold(30)
    assert 20 < other.reserve(1, ahead=INTERACTIVE_AHEAD).wait <= 30
