from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from linebot.v3.messaging import PushMessageRequest, ReplyMessageRequest
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from dialogs.message import Address, Card, Choice, DatePicker, Link, Outbound
from integrations.channel import (
    Envelope,
    Misconfigured,
    OutcomeUnknown,
    Receipt,
    Refused,
    SendError,
    SendLater,
)
from integrations.line import LineChannel, LineConfig
from integrations.line.drawing import draw_all
from integrations.line.sender import _Push, _Reply
from tests.integrations.line.far_side import Answer, FarSide

PERSON = "U4af4980629f3c9f4b6a1e2d3c4b5a697"
OUTGOING = UUID("018f0000-0000-7000-8000-000000000001")
DAY = datetime(2023, 2, 24, tzinfo=UTC).date()
ALL_SHAPES = (
    Outbound("こんにちは"),
    Outbound("？", (Choice("yes", "はい"), Choice("no", "いいえ")), ask_id="kind"),
    Outbound("いつ？", date_picker=DatePicker("選ぶ", DAY, DAY, DAY), link=Link("開く", "https://e.jp/")),
    Outbound("確認", card=Card("題", (("名", "花子"),), "注")),
    Outbound("どれ？", tuple(Choice(str(number), str(number)) for number in range(9)), ask_id="q"),
)


def push(*messages: Outbound) -> Envelope:
    return Envelope(OUTGOING, 1, Address("line", PERSON), messages or (Outbound("こんにちは"),))


def reply() -> Envelope:
    return Envelope(OUTGOING, 1, Address("line", PERSON), (Outbound("こんにちは"),), reply_token="reply-token")


def test_a_push_goes_out_with_its_retry_key(far_side: FarSide, channel: LineChannel) -> None:
    assert Receipt("461230966842064897", "req-1") == channel.send(push())
    ((path, headers, body),) = far_side.requests
    assert "/v2/bot/message/push" == path
    assert (str(OUTGOING), "Bearer fixed-token") == (headers["x-line-retry-key"], headers["authorization"])
    expected = {"to": PERSON, "messages": [{"type": "text", "text": "こんにちは"}], "notificationDisabled": False}
    assert expected == body


def test_a_reply_goes_out_without_a_retry_key(far_side: FarSide, channel: LineChannel) -> None:
    assert Receipt("461230966842064897", "req-1") == channel.send(reply())
    ((path, headers, body),) = far_side.requests
    assert "/v2/bot/message/reply" == path
    assert "x-line-retry-key" not in headers
    assert ("reply-token", "こんにちは") == (body["replyToken"], body["messages"][0]["text"])


def test_every_shape_reaches_the_wire_as_the_sdk_itself_would_put_it(far_side: FarSide, channel: LineChannel) -> None:
    channel.send(push(*ALL_SHAPES))
    plain = PushMessageRequest(to=PERSON, messages=draw_all(ALL_SHAPES)).to_dict()
    assert plain == far_side.requests[0][2]
    assert 5 == len(plain["messages"])


def test_one_pass_over_a_request_gives_what_the_sdk_gives() -> None:
    messages = draw_all(ALL_SHAPES)
    fields = {"to": PERSON, "messages": messages}
    assert PushMessageRequest(**fields).to_dict() == _Push(**fields).to_dict()
    fields = {"reply_token": "r", "messages": messages}
    assert ReplyMessageRequest(**fields).to_dict() == _Reply(**fields).to_dict()


STATUSES = [  # status, message, what a push raises, what a reply raises, code
    (400, "Invalid reply token", Refused, Refused, "line_400"),
    (401, "Authentication failed", Misconfigured, Misconfigured, "line_401"),
    (403, "Access to this API denied", Misconfigured, Misconfigured, "line_403"),
    (404, "Not found", Refused, Refused, "line_404"),
    (410, "Gone", Refused, Refused, "line_410"),
    (413, "Payload Too Large", Refused, Refused, "line_413"),
    (415, "Unsupported Media Type", Refused, Refused, "line_415"),
    (418, "", Refused, Refused, "line_418"),
    (429, "The API rate limit has been exceeded.", SendLater, SendLater, "line_429"),
    (429, "You have reached your monthly limit.", Misconfigured, Misconfigured, "line_monthly_limit"),
    (302, "", Misconfigured, Misconfigured, "line_302"),
    (500, "Internal Server Error", SendLater, OutcomeUnknown, "line_500"),
    (502, "", SendLater, OutcomeUnknown, "line_502"),
    (503, "", SendLater, OutcomeUnknown, "line_503"),
]


@pytest.mark.parametrize(("status", "message", "pushed", "replied", "code"), STATUSES)
def test_every_status_says_what_to_do_next(
    far_side: FarSide,
    channel: LineChannel,
    *,
    status: int,
    message: str,
    pushed: type[SendError],
    replied: type[SendError],
    code: str,
) -> None:
    for envelope, expected in ((push(), pushed), (reply(), replied)):
        far_side.answer(status, message)
        with pytest.raises(SendError) as raised:
            channel.send(envelope)
        assert (expected, code) == (type(raised.value), raised.value.code)
    assert 2 == len(far_side.requests)


def test_a_retry_key_already_accepted_means_sent(far_side: FarSide, channel: LineChannel) -> None:
    body = {"message": "The retry key is already accepted", "sentMessages": [{"id": "7", "quoteToken": "q"}]}
    headers = {"x-line-request-id": "req-2", "x-line-accepted-request-id": "req-1"}
    far_side.answers.append(Answer(409, json.dumps(body).encode(), headers))
    assert Receipt("7", "req-1") == channel.send(push())


def test_a_conflict_on_a_reply_is_no_success(far_side: FarSide, channel: LineChannel) -> None:
    far_side.answer(409)
    with pytest.raises(Refused, match="line_409"):
        channel.send(reply())


@pytest.mark.parametrize(
    "body", [b"{}", b"", b"<html>", b"[]", b'{"sentMessages": []}', b"\xff", b'{"sentMessages": 5}']
)
def test_an_unexpected_body_of_a_success_means_sent(far_side: FarSide, channel: LineChannel, body: bytes) -> None:
    far_side.answers.append(Answer(200, body, {"x-line-request-id": "req-9"}))
    assert Receipt("", "req-9") == channel.send(push())


def test_a_page_of_a_proxy_that_is_not_utf8_is_judged_by_its_status(far_side: FarSide, channel: LineChannel) -> None:
    far_side.answers.append(Answer(502, "不通".encode("cp932")))
    with pytest.raises(SendLater, match="line_502"):
        channel.send(push())


@pytest.mark.parametrize(("named", "expected"), [("7", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", None)])
def test_a_wait_that_is_named_in_seconds_is_passed_on(
    far_side: FarSide, channel: LineChannel, named: str, expected: float | None
) -> None:
    far_side.answer(429, "rate", retry_after=named)
    with pytest.raises(SendLater) as raised:
        channel.send(push())
    assert expected == raised.value.retry_after


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Answer(0), "line_connection_lost"), (Answer(held=True), "line_read_timeout")],
    ids=["dropped", "slow"],
)
def test_no_answer_after_the_request_can_be_repeated_only_under_a_retry_key(
    far_side: FarSide, impatient: LineChannel, answer: Answer, code: str
) -> None:
    for envelope, expected in ((push(), SendLater), (reply(), OutcomeUnknown)):
        far_side.answers.append(answer)
        with pytest.raises(expected, match=code):
            impatient.send(envelope)
    assert 2 == len(far_side.requests)  # and the client repeated none of them by itself


@contextmanager
def channel_at(base: str) -> Iterator[LineChannel]:
    opened = LineChannel(LineConfig("1", ("secret",), "token", base))
    yield opened
    opened.close()


@pytest.mark.parametrize("envelope", [push(), reply()], ids=["push", "reply"])
def test_no_connection_means_surely_not_sent(envelope: Envelope) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with channel_at(base) as channel, pytest.raises(SendLater, match="line_unreachable"):
            channel.send(envelope)


def test_a_connection_that_closed_while_idle_is_opened_anew(far_side: FarSide, channel: LineChannel) -> None:
    far_side.answers.append(Answer(headers={"connection": "close"}))
    channel.send(push())
    channel.send(reply())
    assert 2 == len(far_side.requests)


def test_what_cannot_be_drawn_is_refused_before_the_wire(far_side: FarSide, channel: LineChannel) -> None:
    too_much = [push(Outbound("")), push(*[Outbound("？", (Choice("v", "はい"),))] * 6)]
    for envelope in too_much:
        with pytest.raises(Refused, match="line_message_count"):
            channel.send(envelope)
    with pytest.raises(Refused, match="line_not_drawable"):
        channel.send(push(Outbound("？", (Choice("v" * 300, "はい"),), ask_id="q")))
    assert [] == far_side.requests


def test_nothing_personal_is_logged_or_raised(far_side: FarSide, channel: LineChannel) -> None:
    detail = {"message": f"The property, to, is wrong: {PERSON}", "property": "to"}
    body = json.dumps({"message": PERSON, "details": [detail]}).encode()
    far_side.answers.append(Answer(400, body, {"x-line-request-id": "req-4"}))
    with capture_logs() as logs, pytest.raises(Refused) as raised:
        channel.send(push(Outbound("花子様")))
    assert [
        {
            "event": "line.not_sent",
            "log_level": "warning",
            "code": "line_400",
            "request_id": "req-4",
            "properties": ["to"],
            "by": "push",
        }
    ] == logs
    assert "line_400" == str(raised.value)


def test_line_cannot_be_asked_what_it_took(channel: LineChannel) -> None:
    with pytest.raises(OutcomeUnknown, match="line_no_lookup"):
        channel.find_sent(push(), since=datetime(2023, 4, 5, tzinfo=UTC))


def test_220_sends_take_one_connection(far_side: FarSide, channel: LineChannel) -> None:
    for _ in range(220):
        channel.send(push())
    assert (220, 1) == (len(far_side.requests), far_side.connections)


def test_sixteen_threads_share_the_client_and_mix_nothing_up(far_side: FarSide, channel: LineChannel) -> None:
    envelopes = [
        Envelope(uuid7(), 1, Address("line", f"U{number}"), (Outbound(f"text {number}"),)) for number in range(320)
    ]
    with ThreadPoolExecutor(16) as pool:
        receipts = list(pool.map(channel.send, envelopes))
    seen = {
        (body["to"], headers["x-line-retry-key"], body["messages"][0]["text"]) for _, headers, body in far_side.requests
    }
    assert {(each.address.user, str(each.outgoing_id), each.messages[0].text) for each in envelopes} == seen
    assert 320 == len(receipts) == len(far_side.requests)
    assert far_side.connections <= 16


def test_the_language_of_a_profile_is_asked_for(far_side: FarSide, channel: LineChannel) -> None:
    profile = {"userId": PERSON, "displayName": "花子", "language": "en"}
    far_side.answers.append(Answer(body=json.dumps(profile).encode()))
    assert "en" == channel.profile_language(PERSON)
    assert f"/v2/bot/profile/{PERSON}" == far_side.requests[0][0]


@pytest.mark.parametrize(
    "answer",
    [Answer(404, b"{}"), Answer(500, b"\xff"), Answer(200, b"{}"), Answer(200, b"<"), Answer(0), Answer(held=True)],
)
def test_a_profile_that_cannot_be_had_has_no_language(
    far_side: FarSide, impatient: LineChannel, answer: Answer
) -> None:
    far_side.answers.append(answer)
    assert None is impatient.profile_language(PERSON)


def test_the_loading_sign_is_shown(far_side: FarSide, channel: LineChannel) -> None:
    far_side.answers.append(Answer(202, b"{}"))
    channel.show_loading(PERSON)
    path, _, body = far_side.requests[0]
    assert ("/v2/bot/chat/loading/start", {"chatId": PERSON, "loadingSeconds": 20}) == (path, body)


@pytest.mark.parametrize("answer", [Answer(400, b"{}"), Answer(0)])
def test_a_loading_sign_that_fails_disturbs_nothing(far_side: FarSide, channel: LineChannel, answer: Answer) -> None:
    far_side.answers.append(answer)
    with capture_logs() as logs:
        channel.show_loading(PERSON)
    assert ["line.no_loading"] == [entry["event"] for entry in logs]


def test_the_secrets_stay_out_of_the_printed_configuration() -> None:
    printed = repr(LineConfig("1234567890", ("the-secret",), "the-token"))
    assert "the-secret" not in printed
    assert "the-token" not in printed
