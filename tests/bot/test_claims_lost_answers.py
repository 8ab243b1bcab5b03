"""What happens to a claim whose answer never arrives: the same key settles it, to one claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from bot.store.db import Pool
from dialogs.rules.claim import BackendUnavailable, ClaimState, Decision, make_receipt_no
from integrations.claims.client import HttpClaims, HttpClaimsConfig
from tests.bot.claims_house import KEY, Wsgi, builtin, claim, claims_app, coupon, import_coupons, opened, served


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with opened(database_url) as pool:
        import_coupons(pool, coupon("A00001"))
        yield pool


def losing_the_first(app: Wsgi, harm: Callable[[dict[str, Any], Any], Any]) -> Wsgi:
    """The same application, but what it answers first is harmed after it took effect."""
    spoiled: list[bool] = []

    def front(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        answer = app(environ, start)
        if not spoiled:
            spoiled.append(True)
            return harm(environ, answer)
        return answer

    return front


def drop(environ: dict[str, Any], answer: Any) -> Any:
    list(answer)
    environ["werkzeug.socket"].shutdown(2)
    return []


def truncate(environ: dict[str, Any], answer: Any) -> Any:
    return [b"".join(answer)[:10]]


@pytest.mark.parametrize("harm", [drop, truncate])
def test_an_answer_that_was_lost_after_the_effect_is_settled_by_the_same_key(
    pool: Pool, harm: Callable[[dict[str, Any], Any], Any]
) -> None:
    with (
        served(losing_the_first(claims_app(builtin(pool)), harm)) as url,
        closing(HttpClaims(HttpClaimsConfig(url, shared_key=KEY))) as client,
    ):
        with pytest.raises(BackendUnavailable) as lost:
            client.submit(claim(1, "A00001"), idempotency_key="k1")
        assert ("broken", False) == (lost.value.reason, lost.value.surely_not_done)
        accepted = Decision(ClaimState.ACCEPTED, 1000)
        assert [accepted] * 2 == [
            client.submit(claim(1, "A00001"), idempotency_key="k1"),
            client.status(make_receipt_no(1)),
        ]
    with pool.connection() as connection:
        assert [(1,)] == connection.execute("SELECT count(*) FROM claims").fetchall()
