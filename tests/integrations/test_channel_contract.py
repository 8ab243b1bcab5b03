"""What integrations.channel promises, asked of every channel in the same words."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from dialogs.message import Address, Card, Choice, DatePicker, Link, Outbound
from integrations.channel import (
    BadSignature,
    Channel,
    Envelope,
    Misconfigured,
    OutcomeUnknown,
    Receipt,
    Refused,
    SendError,
    SendLater,
)
from integrations.line import LineChannel, LineConfig
from integrations.mail import MailChannel, MailConfig
from integrations.sms import SmsChannel, SmsConfig
from tests.integrations.line import far_side as line_side
from tests.integrations.mail import far_side as mail_side
from tests.integrations.sms import far_side as sms_side

NOW = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)
URL = "https://counter.example.jp/webhooks"
USERS = {"line": "U" + "4" * 32, "sms": "+819012345678", "mail": "taro@example.jp"}

EVERYTHING = (
    Outbound("一", subject="件名"),
    Outbound("二", choices=(Choice("yes", "はい"), Choice("no", "いいえ")), ask_id="a1"),
    Outbound("三", card=Card("お申し込み", (("番号", "ABC123"),))),
    Outbound("四", link=Link("受け取る", "https://r.example.jp/AB3D9E")),
    Outbound("五", date_picker=DatePicker("選ぶ", date(2023, 2, 1), date(2023, 1, 1), date(2023, 2, 24)), ask_id="a2"),
)


def line(address: str) -> LineChannel:
    return LineChannel(LineConfig("1234567890", ("secret",), "token", address))


def sms(address: str) -> SmsChannel:
    return SmsChannel(SmsConfig(sms_side.ACCOUNT, sms_side.TOKEN, "+12025550123", address, f"{URL}/status"))


def mail(address: str) -> MailChannel:
    return MailChannel(MailConfig(address.replace("http:", "smtp:"), "no-reply@example.jp", "窓口", "example.jp"))


MAKERS: dict[str, Callable[[str], Channel]] = {"line": line, "sms": sms, "mail": mail}


@dataclass(frozen=True)
class Standing:
    """A channel with its far side: answers maps what that is to do next to how it is told; taken counts messages."""

    channel: Channel
    answers: dict[type[SendError], Callable[[], None]]
    taken: Callable[[], int]


@contextmanager
def line_standing() -> Iterator[Standing]:
    with line_side.running() as far:
        answers = {
            Refused: lambda: far.answer(400),
            SendLater: lambda: far.answer(429),
            Misconfigured: lambda: far.answer(401),
            OutcomeUnknown: lambda: far.answers.append(line_side.Answer(status=0)),
        }
        yield Standing(line(far.address), answers, lambda: len(far.requests))


@contextmanager
def sms_standing() -> Iterator[Standing]:
    with sms_side.running() as far:
        answers = {
            Refused: lambda: far.next_answers(400, {"code": 21211, "message": "", "status": 400}),
            SendLater: lambda: far.next_answers(429, {"code": 20429, "message": "", "status": 429}),
            Misconfigured: lambda: far.next_answers(401, {"code": 20003, "message": "", "status": 401}),
            OutcomeUnknown: far.next_hangs_up_after_taking_it,
        }
        yield Standing(sms(far.url), answers, lambda: len(far.messages))


@contextmanager
def mail_standing() -> Iterator[Standing]:
    with mail_side.running() as far:
        answers = {
            Refused: lambda: far.next_at("RCPT", "550 no such user"),
            SendLater: lambda: far.next_at("RCPT", "450 later"),
            Misconfigured: lambda: far.next_at("MAIL", "530 sign in first"),
            OutcomeUnknown: lambda: far.next_at("END", "hang up"),
        }
        yield Standing(mail(far.url), answers, lambda: len(far.taken))


STANDINGS = {"line": line_standing, "sms": sms_standing, "mail": mail_standing}


@pytest.fixture(params=STANDINGS)
def standing(request: pytest.FixtureRequest) -> Iterator[Standing]:
    with STANDINGS[request.param]() as found:
        yield found


def envelope(channel: Channel, *, outgoing_id: UUID | None = None, attempt: int = 1) -> Envelope:
    # With a reply token LINE's outcome can be unknown as well; the others take no notice of it.
    address = Address(channel.name, USERS[channel.name])
    return Envelope(outgoing_id or uuid7(), attempt, address, EVERYTHING, reply_token="reply-token")


@pytest.mark.parametrize("name", MAKERS)
def test_a_channel_bears_the_name_that_addresses_use(name):
    assert MAKERS[name]("http://127.0.0.1:9").name == name


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("body", [b"", b"{}", b'{"events": []}', b"From=%2B819012345678&Body=1", b"\xff\xfe"])
@pytest.mark.parametrize("signature", [{}, {"x-line-signature": "x", "x-twilio-signature": "x"}])
def test_nobody_but_the_provider_is_heard(name, body, signature):
    with pytest.raises(BadSignature):
        MAKERS[name]("http://127.0.0.1:9").receive(signature, body, url=URL, now=NOW)


@pytest.mark.parametrize("channel", [make("http://127.0.0.1:9") for make in MAKERS.values()], ids=MAKERS)
@settings(deadline=None)
@given(payload=st.binary() | st.sampled_from([b"null", b"[]", b"{}", b'{"type": "message"}', b'{"at": 1}', b'"x"']))
def test_a_payload_that_makes_no_sense_is_unknown_and_raises_nothing(channel, payload):
    inbound = channel.read(payload)
    assert (inbound.kind, inbound.address.channel) == ("unknown", channel.name)
    assert inbound.at.utcoffset() is not None


def test_five_messages_of_every_kind_go_out_once_and_give_a_receipt(standing):
    receipt = standing.channel.send(envelope(standing.channel))
    assert isinstance(receipt, Receipt)
    assert receipt.provider_id != ""
    assert standing.taken() == 1


@pytest.mark.parametrize("error", [Refused, SendLater, Misconfigured, OutcomeUnknown])
def test_a_send_that_goes_wrong_says_in_which_of_four_ways(standing, error):
    standing.answers[error]()
    with pytest.raises(SendError) as raised:
        standing.channel.send(envelope(standing.channel))
    assert (type(raised.value), raised.value.permanent) == (error, error is Refused)
    assert USERS[standing.channel.name] not in repr(raised.getrepr(style="native"))


@pytest.mark.parametrize("error", [Refused, SendLater, Misconfigured, OutcomeUnknown])
def test_a_channel_is_well_again_after_a_send_that_went_wrong(standing, error):
    standing.answers[error]()
    with pytest.raises(SendError):
        standing.channel.send(envelope(standing.channel))
    assert standing.channel.send(envelope(standing.channel, attempt=2)).provider_id != ""


@pytest.mark.parametrize("name", MAKERS)
def test_where_nobody_listens_nothing_was_sent(name):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        channel = MAKERS[name](f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(SendLater):
            channel.send(envelope(channel))


def test_what_was_taken_is_never_said_to_be_absent(standing):
    sent = envelope(standing.channel)
    since = datetime.now(UTC)
    standing.answers[OutcomeUnknown]()
    with pytest.raises(OutcomeUnknown):
        standing.channel.send(sent)
    try:
        found = standing.channel.find_sent(sent, since=since)
    except OutcomeUnknown:
        return
    assert found is not None


def test_threads_share_a_channel(standing):
    ids = [uuid7() for _ in range(40)]
    with ThreadPoolExecutor(4) as threads:
        receipts = list(
            threads.map(lambda one: standing.channel.send(envelope(standing.channel, outgoing_id=one)), ids)
        )
    assert all(receipt.provider_id for receipt in receipts)
    assert standing.taken() == len(ids)
