"""The adapter beside the emulated LINE: another reading of the same reference, over the real wire."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from dialogs.message import Address, Card, Choice, DatePicker, Inbound, Link, Outbound
from integrations.channel import Envelope, Refused
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.line import LineChannel, LineConfig

SECRETS = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
YES_NO = Outbound("紙のクーポンですか？", (Choice("yes", "はい"), Choice("no", "いいえ")), ask_id="coupon[1].kind")


@dataclass
class Counter:
    """A webhook that verifies and reads by the channel under test."""

    channel: LineChannel | None = None
    heard: queue.Queue[Inbound] = field(default_factory=queue.Queue)

    def hears(self) -> Inbound:
        return self.heard.get(timeout=60)

    def take(self, headers: dict[str, str], body: bytes) -> None:
        assert self.channel is not None
        for raw in self.channel.receive(headers, body, url="", now=datetime.now(UTC)):
            self.heard.put(self.channel.read(raw.payload))


class _Webhook(BaseHTTPRequestHandler):
    wbufsize = -1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.counter.take({name.lower(): value for name, value in self.headers.items()}, body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    def __init__(self, counter: Counter) -> None:
        super().__init__(("127.0.0.1", 0), _Webhook)
        self.counter = counter


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def emulator(counter: Counter) -> Iterator[Emulator]:
    with _Server(counter) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        config = EmulatorConfig(
            counter_url=f"http://127.0.0.1:{server.server_port}",
            line_channel_id="1234567890",
            line_channel_secrets=SECRETS,
            webhook_deadline=60,
        )
        with running(config) as started:
            yield started
        server.shutdown()
        thread.join()


@pytest.fixture
def channel(emulator: Emulator, counter: Counter) -> Iterator[LineChannel]:
    counter.channel = LineChannel(LineConfig("1234567890", SECRETS, api_base=emulator.url))
    yield counter.channel
    counter.channel.close()


def envelope(to: Inbound, *messages: Outbound, reply: bool = True, outgoing_id: UUID | None = None) -> Envelope:
    return Envelope(outgoing_id or uuid7(), 1, to.address, messages, to.reply_token if reply else "")


def test_a_question_is_asked_tapped_and_heard(emulator: Emulator, counter: Counter, channel: LineChannel) -> None:
    hanako = emulator.line.person()
    hanako.follow()
    came = counter.hears()
    assert (Address("line", hanako.id), "follow") == (came.address, came.kind)
    channel.send(envelope(came, YES_NO))
    hanako.wait_for("紙のクーポンですか？")
    hanako.taps("はい")
    answered = counter.hears()
    assert ("button", "coupon[1].kind", "yes") == (answered.kind, answered.ask_id, answered.text)


def test_a_date_is_picked_and_heard(emulator: Emulator, counter: Counter, channel: LineChannel) -> None:
    hanako = emulator.line.person()
    hanako.follow()
    picker = DatePicker("日付を選ぶ", date(2023, 2, 24), date(2022, 10, 11), date(2023, 3, 31))
    channel.send(envelope(counter.hears(), Outbound("いつですか？", date_picker=picker, ask_id="trip")))
    hanako.wait_for("いつですか？")
    hanako.picks(date(2023, 2, 20))
    picked = counter.hears()
    assert ("date", "trip", "2023-02-20") == (picked.kind, picked.ask_id, picked.text)


def test_what_a_person_sends_is_heard_as_what_it_is(emulator: Emulator, counter: Counter, channel: LineChannel) -> None:
    hanako = emulator.line.person()
    hanako.follow()
    message_id = hanako.says("こんにちは")
    hanako.sends_sticker()
    hanako.sends_image()
    hanako.unsends(message_id)
    hanako.blocks()
    heard = [counter.hears() for _ in range(6)]
    kinds = ["follow", "text", "sticker", "image", "unsend", "unfollow"]
    assert sorted(kinds) == sorted(each.kind for each in heard)
    assert {message_id} == {each.message_id for each in heard if each.kind in {"text", "unsend"}}
    assert channel is counter.channel


def test_every_shape_is_taken_by_reply_and_by_push(emulator: Emulator, counter: Counter, channel: LineChannel) -> None:
    hanako = emulator.line.person()
    hanako.follow()
    came = counter.hears()
    rows = tuple((f"{number}枚目", f"12345678-{number:04}") for number in range(1, 11))
    shapes = (
        Outbound("こんにちは"),
        YES_NO,
        Outbound("", card=Card("ご入力の確認", rows, "間違いはありませんか。"), choices=YES_NO.choices, ask_id="check"),
        Outbound("こちらへ。", link=Link("ページを開く", "https://example.jp/")),
        Outbound("どれですか？", tuple(Choice(str(number), f"{number}番") for number in range(13)), ask_id="which"),
    )
    assert "" != channel.send(envelope(came, *shapes)).provider_id
    assert "" != channel.send(envelope(came, *shapes, reply=False)).request_id
    assert ["reply"] * 5 + ["push"] * 5 == [entry["via"] for entry in hanako.messages]


def test_a_used_reply_token_is_refused(emulator: Emulator, counter: Counter, channel: LineChannel) -> None:
    hanako = emulator.line.person()
    hanako.follow()
    came = counter.hears()
    channel.send(envelope(came, Outbound("一度目")))
    with pytest.raises(Refused, match="line_400"):
        channel.send(envelope(came, Outbound("二度目")))
    assert ["一度目"] == hanako.texts


def test_a_push_said_again_under_its_key_reaches_the_person_once(
    emulator: Emulator, counter: Counter, channel: LineChannel
) -> None:
    hanako = emulator.line.person()
    hanako.follow()
    pushed = envelope(counter.hears(), Outbound("受け付けました"), reply=False, outgoing_id=uuid7())
    first = channel.send(pushed)
    assert first == channel.send(pushed)
    assert ["受け付けました"] == hanako.texts


def test_the_language_of_a_person_is_known(emulator: Emulator, channel: LineChannel) -> None:
    friend = emulator.line.person(language="en")
    friend.follow()
    assert "en" == channel.profile_language(friend.id)
