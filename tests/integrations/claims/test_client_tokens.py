"""A token is asked for when it is needed, used by all, and renewed once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.wrappers import Request, Response

from dialogs.rules.claim import ClaimState, Decision, NoMatch
from integrations.claims.client import HttpClaims
from tests.integrations.claims.client_acts import REF, failure, submit
from tests.integrations.claims.far_side import ACCEPTED, FarSide, Play, dropped, gives, html, problem, token


def test_a_token_is_asked_for_once_and_used_by_all(with_token: HttpClaims, far_side: FarSide) -> None:
    def play(request: Request) -> Response:
        return (token("t1") if request.path == "/token" else gives(ACCEPTED))(request)

    far_side.plays = [play]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: submit(with_token), range(24)))
    assert (1, 24) == (
        far_side.header("Authorization").count("Basic bWU6YSUyQmI="),
        far_side.header("Authorization").count("Bearer t1"),
    )


def test_a_token_is_renewed_before_it_ends(with_token: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [token("t1", 1), gives(ACCEPTED), token("t2"), gives(ACCEPTED)]
    submit(with_token)
    time.sleep(0.85)
    submit(with_token)
    assert ["Bearer t1", "Bearer t2"] == far_side.header("Authorization")[1::2]


def test_a_token_that_ended_early_is_renewed_once(with_token: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [token("t1"), problem("unauthorised", 401), token("t2"), gives(ACCEPTED)]
    assert Decision(ClaimState.ACCEPTED, 5) == submit(with_token)
    assert ["Bearer t1", "Bearer t2"] == far_side.header("Authorization")[1::2]


def test_even_a_lookup_renews_its_token(with_token: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [token("t1"), problem("unauthorised", 401), token("t2"), problem("no-match", 404)]
    assert NoMatch() == with_token.find_coupon(REF)


def test_tokens_that_are_never_taken_end_after_the_second(with_token: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [token("t1"), problem("unauthorised", 401), token("t2"), problem("unauthorised", 401)]
    assert ("unauthorised", True) == failure(with_token)
    assert 4 == len(far_side.seen)


@pytest.mark.parametrize(
    ("play", "reason"),
    [
        (html(200), "token_nonsense"),
        (html(500), "token_nonsense"),
        (gives({"access_token": "", "token_type": "Bearer", "expires_in": 60}), "token_nonsense"),
        (gives({"access_token": "a\nb", "token_type": "Bearer", "expires_in": 60}), "token_nonsense"),
        (gives({"access_token": "t1", "token_type": "mac", "expires_in": 60}), "token_nonsense"),
        (gives({"error": "invalid_client"}, 401), "token_refused"),
        (dropped, "token_broken"),
    ],
)
def test_without_a_token_surely_nothing_was_done(
    with_token: HttpClaims, far_side: FarSide, play: Play, reason: str
) -> None:
    far_side.plays = [play]
    assert (reason, True) == failure(with_token)
    assert [("POST", "/token")] == [(method, path) for method, path, _ in far_side.seen]
