from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from linebot.v3 import oauth

from dialogs.message import Address, Outbound
from integrations.channel import Envelope, Misconfigured, SendError, SendLater
from integrations.line import LineChannel
from integrations.line.tokens import StatelessTokens
from tests.integrations.line.far_side import Answer, FarSide


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(far_side: FarSide, clock: Clock) -> Iterator[StatelessTokens]:
    client = oauth.ApiClient(oauth.Configuration(host=far_side.address, access_token=""))
    yield StatelessTokens(
        oauth.ChannelAccessToken(client), "1234567890", secrets=("new", "old"), timeouts=(60.0, 60.0), clock=clock
    )
    client.rest_client.pool_manager.clear()


def envelope(reply_token: str = "") -> Envelope:
    outgoing = UUID("018f0000-0000-7000-8000-000000000001")
    return Envelope(outgoing, 1, Address("line", "U1"), (Outbound("はい"),), reply_token)


def bearers(far_side: FarSide) -> list[str]:
    return [headers["authorization"] for _, headers, _ in far_side.requests]


def test_nothing_is_issued_before_the_first_send(far_side: FarSide, stateless: LineChannel) -> None:
    assert [] == far_side.token_requests
    stateless.send(envelope())
    stateless.send(envelope("reply"))
    assert ["Bearer token-1", "Bearer token-1"] == bearers(far_side)
    (form,) = far_side.token_requests
    assert "grant_type=client_credentials" in form
    assert "client_id=1234567890&client_secret=new-secret" in form


def test_tokens_and_messages_share_the_connections(far_side: FarSide, stateless: LineChannel) -> None:
    stateless.send(envelope())
    assert 1 == far_side.connections


@pytest.mark.parametrize("reply_token", ["", "reply"])
def test_a_refused_token_is_replaced_once_and_the_message_sent(
    far_side: FarSide, stateless: LineChannel, reply_token: str
) -> None:
    far_side.answer(401)
    stateless.send(envelope(reply_token))
    assert ["Bearer token-1", "Bearer token-2"] == bearers(far_side)


def test_a_second_refusal_needs_a_person(far_side: FarSide, stateless: LineChannel) -> None:
    far_side.answer(401)
    far_side.answer(401)
    with pytest.raises(Misconfigured, match="line_401"):
        stateless.send(envelope())
    assert 2 == len(far_side.requests)


def test_a_fixed_token_is_not_tried_again(far_side: FarSide, channel: LineChannel) -> None:
    far_side.answer(401)
    with pytest.raises(Misconfigured, match="line_401"):
        channel.send(envelope())
    assert 1 == len(far_side.requests)


def test_the_other_secret_is_tried_when_one_is_refused(far_side: FarSide, tokens: StatelessTokens) -> None:
    far_side.tokens.append(Answer(400, b'{"error":"invalid_client"}'))
    assert "token-2" == tokens.current()
    assert ["client_secret=new", "client_secret=old"] == [form.split("&")[-1] for form in far_side.token_requests]


def test_a_token_is_renewed_before_its_end(far_side: FarSide, tokens: StatelessTokens, clock: Clock) -> None:
    seen = []
    for passed in (0, 839, 841, 842):
        clock.now = 1000.0 + passed
        seen.append(tokens.current())
    assert ["token-1", "token-1", "token-2", "token-2"] == seen
    assert 2 == len(far_side.token_requests)


def test_a_living_token_serves_on_while_no_new_one_can_be_had(
    far_side: FarSide, tokens: StatelessTokens, clock: Clock
) -> None:
    tokens.current()
    far_side.tokens.extend([Answer(500, b""), Answer(500, b"")])
    clock.now += 850
    assert "token-1" == tokens.current()
    clock.now += 50
    with pytest.raises(SendLater, match="line_token_500"):
        tokens.current()


@pytest.mark.parametrize(
    ("answer", "expected", "code"),
    [
        (Answer(400, b"{}"), Misconfigured, "line_token_400"),
        (Answer(401, b"{}"), Misconfigured, "line_token_401"),
        (Answer(429, b"{}"), SendLater, "line_token_429"),
        (Answer(500, b"\xff"), SendLater, "line_token_unreadable"),
        (Answer(503, b"{}"), SendLater, "line_token_503"),
        (Answer(0), SendLater, "line_token_unreachable"),
        (Answer(200, b"{}"), SendLater, "line_token_unreadable"),
        (Answer(200, b"<html>"), SendLater, "line_token_unreadable"),
    ],
)
def test_a_token_that_cannot_be_had_is_told_by_its_reason(
    far_side: FarSide, tokens: StatelessTokens, answer: Answer, expected: type[SendError], code: str
) -> None:
    far_side.tokens.extend([answer, answer])
    with pytest.raises(SendError) as raised:
        tokens.current()
    assert (expected, code) == (type(raised.value), raised.value.code)


def test_sixteen_threads_issue_one_token(far_side: FarSide, tokens: StatelessTokens) -> None:
    together = threading.Barrier(16)

    def ask(_: int) -> str:
        together.wait()
        return tokens.current()

    with ThreadPoolExecutor(16) as pool:
        assert ["token-1"] * 16 == list(pool.map(ask, range(16)))
    assert 1 == len(far_side.token_requests)


def test_sixteen_threads_with_the_same_refused_token_renew_it_once(far_side: FarSide, tokens: StatelessTokens) -> None:
    refused = tokens.current()
    with ThreadPoolExecutor(16) as pool:
        assert ["token-2"] * 16 == list(pool.map(tokens.renew, [refused] * 16))
    assert 2 == len(far_side.token_requests)


def test_one_thread_renews_while_the_others_go_on(far_side: FarSide, tokens: StatelessTokens, clock: Clock) -> None:
    tokens.current()
    clock.now += 850
    far_side.tokens.append(Answer(body=b'{"access_token": "new", "expires_in": 900}', held=True))
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(tokens.current)
        while len(far_side.token_requests) < 2:
            threading.Event().wait(0.005)
        assert "token-1" == tokens.current()
        far_side.let_go.set()
        assert "new" == renewing.result()
