"""Whatever the far side does, the client answers in its own words, in time, and never does a thing twice."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from werkzeug.wrappers import Request, Response

from dialogs.rules.claim import (
    BackendUnavailable,
    Claim,
    ClaimState,
    CouponFact,
    CouponRef,
    Decision,
    DeliveryTarget,
    NoMatch,
    Unavailable,
    make_receipt_no,
)
from integrations import call
from integrations.claims.client import HttpClaims, HttpClaimsConfig
from integrations.claims.document import PROBLEM_TYPE
from integrations.claims.wire import ClaimRefused
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
    served,
    silent,
    token,
)

RECEIPT_NO = make_receipt_no(1)
PATIENT = {"read_seconds": 60.0, "lookup_seconds": 60.0}  # no slow machine is a slow backend
REF = CouponRef("09", "A00001", date(2023, 2, 23))
CLAIM = Claim(
    receipt_no=RECEIPT_NO,
    coupons=(REF,),
    name="栃木 花子",
    contact="+819011112222",
    target=DeliveryTarget("sms", "+819011112222"),
    campaign="tochigi-2023-02",
    campaign_version=1,
    acted_at=datetime(2023, 4, 5, 1, tzinfo=UTC),
    channel="line",
    applicant_key="hanako",
)


@pytest.fixture
def far_side() -> FarSide:
    return FarSide()


@pytest.fixture
def url(far_side: FarSide) -> Iterator[str]:
    with served(far_side) as address:
        yield address


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(url: str, pauses: list[float]) -> Iterator[HttpClaims]:
    config = HttpClaimsConfig(url, shared_key="shared key", **PATIENT)
    with closing(HttpClaims(config, sleep=pauses.append)) as opened:
        yield opened


@pytest.fixture
def impatient(url: str, pauses: list[float]) -> Iterator[HttpClaims]:
    config = HttpClaimsConfig(url, shared_key="shared key", read_seconds=1, lookup_seconds=1)
    with closing(HttpClaims(config, sleep=pauses.append)) as opened:
        yield opened


@pytest.fixture
def with_token(url: str, pauses: list[float]) -> Iterator[HttpClaims]:
    config = HttpClaimsConfig(url, token_url=f"{url}/token", client_id="me", client_secret="a+b", **PATIENT)
    with closing(HttpClaims(config, sleep=pauses.append)) as opened:
        yield opened


def submit(client: HttpClaims) -> Decision:
    return client.submit(CLAIM, idempotency_key="k1")


def failure(client: HttpClaims) -> tuple[str, bool]:
    with pytest.raises(BackendUnavailable) as down:
        submit(client)
    return down.value.reason, down.value.surely_not_done


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


def test_no_secret_and_no_personal_word_shows_when_things_are_printed() -> None:
    config = HttpClaimsConfig("http://x", shared_key="secret1", client_secret="secret2")
    printed = repr(config) + repr(call.Request("POST", "http://x", b"secret3", {"Authorization": "secret4"}))
    printed += repr(call.Answer(200, "application/json", b"secret5"))
    assert "secret" not in printed
