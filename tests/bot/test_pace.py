"""A sender's rate is held by all processes together, whatever becomes of Redis."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import redis

from bot.pacing import PACED, turn_at
from bot.store.pace import BULK_AHEAD, INTERACTIVE_AHEAD, OVER_AFTER, Pace
from integrations.channel import SendLater

RATE = 100


@pytest.fixture
def store(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def nowhere() -> Iterator[redis.Redis]:
    with redis.Redis(host="127.0.0.1", port=1, decode_responses=True) as client:
        yield client


def pace(store: redis.Redis) -> Pace:
    return Pace(store, "sms:test", per_second=RATE)


def settled(store: redis.Redis) -> Pace:
    """One whose queue is no new one, so that nothing has to be waited for first."""
    store.set("pace:sms:test", 1)
    return pace(store)


def taken(one: Pace, units: int = 1) -> float:
    """The moment, by this process's clock, that bulk gets."""
    while True:
        moment = one.reserve(units, ahead=BULK_AHEAD)
        if moment.granted:
            return time.monotonic() + moment.wait
        time.sleep(min(moment.wait, 0.05))


def busiest_second(moments: list[float]) -> int:
    ordered = sorted(moments)
    return max(sum(start <= each < start + 1 for each in ordered) for start in ordered)


def test_moments_are_so_far_apart_as_their_segments_cost(store: redis.Redis) -> None:
    one = settled(store)
    moments = [one.reserve(units, ahead=9).wait + time.monotonic() for units in (10, 30, 100, 1)]
    assert [0.1, 0.3, 1.0] == [
        pytest.approx(later - earlier, abs=0.05) for earlier, later in itertools.pairwise(moments)
    ]


def test_four_that_share_a_rate_keep_to_it_together(store: redis.Redis) -> None:
    settled(store)
    moments: list[float] = []

    def send(one: Pace) -> None:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            moments.append(taken(one))

    threads = [threading.Thread(target=send, args=(pace(store),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert busiest_second(moments) <= RATE + 5  # this process's clock is read a moment after Redis's


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
    assert busiest_second(gone) <= RATE + 3  # this process's clock is read a moment after Redis's
    assert len(gone) >= 2 * RATE


def test_a_second_holds_as_many_units_as_its_rate_and_the_next_waits_for_the_first_to_be_over(
    store: redis.Redis,
) -> None:
    one, other = pace(store), pace(store)
    assert [0.0] * 4 == [each.let_out(25, f"{n}") for n, each in enumerate((one, other, one, other))]
    assert other.let_out(1, "next") == pytest.approx(1.0, abs=0.1)


def test_what_came_late_to_the_wire_keeps_its_place_so_much_longer(store: redis.Redis) -> None:
    one = pace(store)
    assert 0 == one.let_out(RATE, "all")
    one.was_late(RATE, "all", 0.5)
    assert one.let_out(1, "next") == pytest.approx(1.5, abs=0.1)


def test_whoever_sends_fast_or_without_redis_is_not_counted(store: redis.Redis, nowhere: redis.Redis) -> None:
    assert not Pace(store, "sms:test", per_second=251).counts
    one = pace(nowhere)
    assert [0.0] * 200 == [one.let_out(1, "same") for _ in range(200)]


def test_a_code_waits_behind_a_quarter_of_a_second_of_bulk_and_never_more(store: redis.Redis) -> None:
    one = settled(store)
    while one.reserve(1, ahead=BULK_AHEAD).granted:
        pass
    code = one.reserve(2, ahead=INTERACTIVE_AHEAD)
    assert code.granted
    assert code.wait <= BULK_AHEAD + 1 / RATE
    assert not one.reserve(1, ahead=BULK_AHEAD).granted


def test_who_would_wait_too_long_takes_nothing_and_hears_how_long(store: redis.Redis) -> None:
    one = settled(store)
    one.reserve(50, ahead=BULK_AHEAD)
    first, second = (one.reserve(1, ahead=BULK_AHEAD) for _ in range(2))
    assert (False, False) == (first.granted, second.granted)
    assert 0.3 < second.wait <= first.wait <= 0.5


def test_a_message_that_would_wait_too_long_goes_back_without_a_try(store: redis.Redis) -> None:
    one = settled(store)
    one.hold(INTERACTIVE_AHEAD + 1)
    with pytest.raises(SendLater) as later:
        turn_at(one)(2)
    assert PACED == later.value.code
    assert later.value.retry_after == pytest.approx(INTERACTIVE_AHEAD + 1, abs=0.2)


def test_after_redis_was_emptied_nothing_goes_out_before_all_that_was_reserved_is_over(store: redis.Redis) -> None:
    one = settled(store)
    before = [one.reserve(10, ahead=INTERACTIVE_AHEAD).wait + time.monotonic() for _ in range(20)]
    store.flushdb()
    assert one.reserve(1, ahead=10.0).wait + time.monotonic() >= max(before)


def test_while_redis_is_away_each_keeps_to_its_part_of_the_rate(nowhere: redis.Redis) -> None:
    one = pace(nowhere)
    began = time.monotonic()
    moments = [one.reserve(1, ahead=60.0).wait + time.monotonic() for _ in range(9)]
    assert moments[0] - began >= OVER_AFTER
    # It never heard how many they are, so it reckons with eight.
    assert moments[-1] - moments[0] == pytest.approx(8 * 8 / RATE, abs=0.05)


def test_when_the_provider_calls_us_too_fast_all_wait(store: redis.Redis) -> None:
    one, other = settled(store), pace(store)
    one.hold(1.5)
    assert 1.4 < other.reserve(1, ahead=INTERACTIVE_AHEAD).wait <= 1.5
