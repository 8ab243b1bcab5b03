"""Limits count people: behind our own proxies by what these vouch for, otherwise by the connection alone."""

from __future__ import annotations

from itertools import count

import pytest

from tests.bot.web.counter import opened_counter

FIRST, SECOND = "203.0.113.1", "203.0.113.2"
MISSES = 30


@pytest.mark.parametrize(
    ("proxies", "told_by_the_proxy", "second_one"),
    [
        pytest.param("1", "{address}", 404, id="each has a limit of their own behind a proxy"),
        pytest.param("1", "198.51.100.{n}, {address}", 404, id="a header that people write themselves changes nothing"),
        pytest.param("0", "{address}", 429, id="without a proxy nobody is believed"),
    ],
)
def test_misses_are_counted_by_the_address_that_our_proxy_saw(
    database_url: str, redis_url: str, proxies: str, told_by_the_proxy: str, second_one: int
) -> None:
    with opened_counter(database_url, redis_url, PROXIES=proxies) as counter:
        web, number = counter.app.test_client(), count(1)

        def miss(address: str) -> int:
            told = told_by_the_proxy.format(address=address, n=next(number))
            return web.get("/r/000000000000", headers={"X-Forwarded-For": told}).status_code

        statuses = [miss(FIRST) for _ in range(MISSES + 1)]
        assert ([404] * MISSES + [429], second_one) == (statuses, miss(SECOND))
