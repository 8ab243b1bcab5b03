"""Whatever the far side does, the client answers in its own words, in time, and never does a thing twice."""

from __future__ import annotations

import json
import socket
from contextlib import closing

import pytest

from dialogs.rules.claim import ClaimState, CouponFact, Decision, NoMatch, Unavailable
from integrations import call
from integrations.claims.client import HttpClaims, HttpClaimsConfig
from integrations.claims.document import PROBLEM_TYPE
from integrations.claims.wire import ClaimRefused
from tests.integrations.claims.client_acts import RECEIPT_NO, REF, failure, submit
from tests.integrations.claims.far_side import (
    ACCEPTED,
    FarSide,
    Play,
    cut,
    dripping,
    dropped,
    gives,
    html,
    problem,
    silent,
)


def test_a_claim_goes_with_its_key_and_our_credentials(client: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [gives(ACCEPTED)]
    assert Decision(ClaimState.ACCEPTED, 5) == submit(client)
    [(method, path, headers)] = far_side.seen
    sent = [headers.get(name) for name in ("Idempotency-Key", "X-Api-Key", "Content-Type", "Accept-Encoding")]
    assert ("POST", "/claims", ["k1", "shared key", "application/json", "identity"]) == (method, path, sent)


def test_no_personal_word_and_no_inquiry_number_stands_in_an_address(client: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [gives(ACCEPTED)]
    submit(client)
    client.find_coupon(REF)
    client.status(RECEIPT_NO)
    client.cancel(RECEIPT_NO, "withdrawn", idempotency_key="c1")
    assert ["/claims", "/coupons/lookup", f"/claims/{RECEIPT_NO}", f"/claims/{RECEIPT_NO}/cancellation"] == [
        path for _, path, _ in far_side.seen
    ]


@pytest.mark.parametrize(
    "play",
    [
        html(200),
        html(302),
        html(404),
        html(400),
        gives(b"{"),
        gives(b""),
        gives(b"null"),
        gives(b"\xff\xfe"),
        gives({"state": "won", "amount": 5, "reason": "", "existing_receipt_no": None}),
        gives({**ACCEPTED, "amount": "5"}),
        gives({**ACCEPTED, "amount": None}),
        gives({"type": PROBLEM_TYPE + "failed", "title": "", "status": 500}),
        gives({"error": "maintenance"}),
        gives(ACCEPTED, 204),
        gives(ACCEPTED, 201),
        gives(b" " * (call.LARGEST_ANSWER + 1) + json.dumps(ACCEPTED).encode()),
        gives(b"[" * 100_000),
        gives(json.dumps(ACCEPTED).encode(), Content_Encoding="gzip", Content_Type="text/plain"),
        problem("no-match", 404),
        problem("what is this", 402),
        gives(b"{", 409),
        gives(b"", 302, Location="/claims", Set_Cookie="=;;"),
        gives({"type": "about:blank", "title": "Bad Request", "status": 400}, 400),
    ],
)
def test_what_the_document_does_not_say_is_nonsense(client: HttpClaims, far_side: FarSide, play: Play) -> None:
    far_side.plays = [play]
    assert ("nonsense", False) == failure(client)
    assert 1 == len(far_side.seen)


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (cut, ("broken", False)),
        (dropped, ("broken", False)),
        (html(500), ("failed", False)),
        (problem("failed", 500), ("failed", False)),
        (html(503), ("unavailable", False)),
        (problem("unavailable", 503, members={"surely_not_done": False}), ("unavailable", False)),
        (problem("unavailable", 503, members={"surely_not_done": "yes"}), ("unavailable", False)),
        (problem("unavailable", 503, Retry_After="3600", members={"surely_not_done": True}), ("unavailable", True)),
        (problem("busy", 429, Retry_After="²"), ("busy", True)),
        (problem("busy", 429, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), ("busy", True)),
        (problem("unauthorised", 401), ("unauthorised", True)),
        (html(403), ("forbidden", True)),
    ],
)
def test_a_failure_that_may_have_had_an_effect_is_told_once_and_never_repeated(
    client: HttpClaims, far_side: FarSide, play: Play, expected: tuple[str, bool]
) -> None:
    far_side.plays = [play]
    assert expected == failure(client)
    assert 1 == len(far_side.seen)


@pytest.mark.parametrize("play", [silent, dripping])
def test_what_takes_too_long_is_given_up_and_never_repeated(
    impatient: HttpClaims, far_side: FarSide, play: Play
) -> None:
    far_side.plays = [play]
    assert ("timeout", False) == failure(impatient)
    assert Unavailable("timeout") == impatient.find_coupon(REF)
    assert 2 == len(far_side.seen)


def test_nobody_there_is_tried_three_times_and_surely_not_done(pauses: list[float]) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        config = HttpClaimsConfig(f"http://127.0.0.1:{reserved.getsockname()[1]}", shared_key="shared key")
        with closing(HttpClaims(config, sleep=pauses.append)) as client:
            assert ("connect", True) == failure(client)
            assert Unavailable("connect") == client.find_coupon(REF)
    assert [call.PAUSE] * 2 == pauses


def test_busy_is_waited_for_as_long_as_it_says_and_repeated_with_the_same_key(
    client: HttpClaims, far_side: FarSide, pauses: list[float]
) -> None:
    far_side.plays = [
        problem("busy", 429, Retry_After="1"),
        problem("unavailable", 503, Retry_After="2"),
        gives(ACCEPTED),
    ]
    assert Decision(ClaimState.ACCEPTED, 5) == submit(client)
    assert ([1.0, 2.0], ["k1"] * 3) == (pauses, far_side.header("Idempotency-Key"))


def test_busy_for_ever_ends_after_three_tries(client: HttpClaims, far_side: FarSide, pauses: list[float]) -> None:
    far_side.plays = [problem("busy", 429, Retry_After="0")]
    assert ("busy", True) == failure(client)
    assert (3, [0.0, 0.0]) == (len(far_side.seen), pauses)


def test_after_a_500_the_same_call_later_is_fine(client: HttpClaims, far_side: FarSide) -> None:
    far_side.plays = [html(500), gives(ACCEPTED)]
    assert ("failed", False) == failure(client)
    assert Decision(ClaimState.ACCEPTED, 5) == submit(client)


@pytest.mark.parametrize(("word", "status"), [("key-reused", 409), ("invalid", 422), ("malformed", 400)])
def test_what_will_never_be_taken_is_refused(client: HttpClaims, far_side: FarSide, word: str, status: int) -> None:
    far_side.plays = [problem(word, status)]
    with pytest.raises(ClaimRefused) as refused:
        submit(client)
    assert word.replace("-", "_") == refused.value.reason


@pytest.mark.parametrize("play", [html(200), html(404), html(500), cut, dropped, gives(b"[]")])
def test_a_lookup_never_raises_and_asks_once(client: HttpClaims, far_side: FarSide, play: Play) -> None:
    far_side.plays = [play]
    assert isinstance(client.find_coupon(REF), Unavailable)
    assert 1 == len(far_side.seen)


def test_a_lookup_tells_what_is_known_and_what_is_not(client: HttpClaims, far_side: FarSide) -> None:
    unknown = dict.fromkeys(("expiry", "balance_after_extension", "balance_at_snapshot", "charged_to_app", "account"))
    far_side.plays = [gives({**unknown, "balance_at_snapshot": 7}), problem("no-match", 404)]
    assert [CouponFact(balance_at_snapshot=7), NoMatch()] == [client.find_coupon(REF) for _ in range(2)]


def test_no_secret_and_no_personal_word_shows_when_things_are_printed() -> None:
    config = HttpClaimsConfig("http://x", shared_key="secret1", client_secret="secret2")
    printed = repr(config) + repr(call.Request("POST", "http://x", b"secret3", {"Authorization": "secret4"}))
    printed += repr(call.Answer(200, "application/json", b"secret5"))
    assert "secret" not in printed
