"""What LINE sends to the counter: signed, shaped and ordered as LINE does it, not lost by a restart."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from linebot.v3 import WebhookParser
from linebot.v3.webhook import SignatureValidator
from linebot.v3.webhooks import (
    FollowEvent,
    ImageMessageContent,
    MessageEvent,
    PostbackEvent,
    StickerMessageContent,
    TextMessageContent,
    UnfollowEvent,
    UnsendEvent,
)

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.emulator.line_webhook import signature, ulid
from tests.integrations.emulator.counter import Counter, counting

SECRET = EmulatorConfig().line_channel_secrets[0]


def texts(counter: Counter) -> list[str]:
    return [event["message"]["text"] for event in counter.events]


def eventually(fact: Callable[[], bool], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not fact() and time.monotonic() < until:
        time.sleep(0.01)
    return fact()


def test_the_signature_is_that_of_lines_own_test_vector() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=" == signature("8c570fa6dd201bb328f1c1eac23a96d8", body)


def test_an_event_id_is_a_ulid_that_sorts_by_time() -> None:
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", ulid(1_680_656_400_000))
    assert ulid(1_680_656_400_000) < ulid(1_680_656_400_001)


def test_every_event_is_signed_and_parsed_by_the_sdk(emulator: Emulator, counter: Counter) -> None:
    person = emulator.line.person()
    person.follow()
    message_id = person.says("こんにちは")
    person.sends_sticker()
    person.sends_image()
    person.unsends(message_id)
    person.blocks()
    emulator.settle()
    parser, validator = WebhookParser(SECRET), SignatureValidator(SECRET)
    events = []
    for request in counter.received:
        signed = request.headers["x-line-signature"]
        assert validator.validate(request.body.decode(), signed)
        events += parser.parse(request.body.decode(), signed)
    kinds = [FollowEvent, MessageEvent, MessageEvent, MessageEvent, UnsendEvent, UnfollowEvent]
    assert kinds == [type(event) for event in events]
    contents = [type(event.message) for event in events[1:4]]
    assert [TextMessageContent, StickerMessageContent, ImageMessageContent] == contents
    assert {person.id} == {event.source.user_id for event in events}


def test_a_postback_is_parsed_by_the_sdk(emulator: Emulator, counter: Counter) -> None:
    body = {"data": "trip", "params": {"date": "2023-02-24"}}
    act = f"{emulator.url}/emulator/line/{emulator.line.person().id}/date"
    assert {"ok": True} == httpx.post(act, json=body).json()
    emulator.settle()
    request = counter.received[-1]
    event = WebhookParser(SECRET).parse(request.body.decode(), request.headers["x-line-signature"])[0]
    assert isinstance(event, PostbackEvent)
    assert ("trip", {"date": "2023-02-24"}) == (event.postback.data, event.postback.params)


def test_a_second_follow_after_a_block_says_so(emulator: Emulator, counter: Counter) -> None:
    person = emulator.line.person()
    person.follow()
    person.blocks()
    person.follow()
    emulator.settle()
    assert ["follow", "unfollow", "follow"] == [event["type"] for event in counter.events]
    assert [False, True] == [e["follow"]["isUnblocked"] for e in counter.events if e["type"] == "follow"]
    assert [True, False, True] == ["replyToken" in event for event in counter.events]


def test_the_time_of_an_event_is_that_of_the_emulated_world(emulator: Emulator, counter: Counter) -> None:
    emulator.clock.set("2023-04-05T10:00:00+09:00")
    emulator.line.person().says("こんにちは")
    emulator.settle()
    assert 0 <= counter.events[0]["timestamp"] - 1_680_656_400_000 < 60_000


def test_the_counters_clock_is_adopted_before_the_first_event(config: EmulatorConfig, counter: Counter) -> None:
    counter.clock = "2023-04-05T10:00:00+09:00"
    with running(config) as emulator:
        emulator.line.person().says("こんにちは")
        emulator.settle()
    assert 0 <= counter.events[0]["timestamp"] - 1_680_656_400_000 < 60_000


def test_moving_the_clock_moves_the_counters_too(emulator: Emulator, counter: Counter) -> None:
    counter.clock = "2023-04-05T10:00:00+09:00"
    assert emulator.clock.set("2023-05-02T10:00:00+09:00")
    assert "2023-05-02T10:00:00+09:00" == counter.clock


def test_events_of_one_person_come_in_order_while_others_do_not_wait(emulator: Emulator, counter: Counter) -> None:
    people = [emulator.line.person() for _ in range(20)]
    for number in range(10):
        for person in people:
            person.says(str(number))
    emulator.settle()
    for person in people:
        own = [event["message"]["text"] for event in counter.events if event["source"]["userId"] == person.id]
        assert [str(number) for number in range(10)] == own


def test_an_event_is_redelivered_with_the_same_id_until_it_is_taken(emulator: Emulator, counter: Counter) -> None:
    counter.statuses = [500, 404]
    emulator.line.person().says("こんにちは")
    emulator.settle()
    first, *again = counter.events
    assert [False, True, True] == [event["deliveryContext"]["isRedelivery"] for event in counter.events]
    unmarked = {"deliveryContext": None}
    assert [first | unmarked] * 2 == [event | unmarked for event in again]


def test_an_answer_after_the_deadline_is_no_answer(config: EmulatorConfig, counter: Counter) -> None:
    counter.answering.clear()
    with running(replace(config, webhook_deadline=0.5)) as emulator:
        emulator.line.person().says("こんにちは")
        assert eventually(lambda: len(counter.events) >= 2)
        counter.answering.set()
        emulator.settle()
    assert [False, True] == [event["deliveryContext"]["isRedelivery"] for event in counter.events[:2]]


def test_an_event_that_is_always_refused_lets_the_next_ones_pass(emulator: Emulator, counter: Counter) -> None:
    counter.statuses = [500] * 3
    counter.answering.clear()
    person = emulator.line.person()
    person.says("first")
    person.says("second")
    counter.answering.set()
    emulator.settle()
    assert ["first", "first", "first", "second", "first"] == texts(counter)


def test_events_wait_in_order_for_a_counter_that_restarts(config: EmulatorConfig) -> None:
    with counting() as counter:
        port = counter.server_port
    with running(replace(config, counter_url=f"http://127.0.0.1:{port}")) as emulator:
        person = emulator.line.person()
        for number in range(5):
            person.says(str(number))
        time.sleep(0.2)
        with counting(port) as restarted:
            emulator.settle()
            assert [str(number) for number in range(5)] == texts(restarted)


def test_what_was_not_delivered_survives_a_restart_of_the_emulator(config: EmulatorConfig, tmp_path: Path) -> None:
    with counting() as counter:
        port = counter.server_port
    kept = replace(config, counter_url=f"http://127.0.0.1:{port}", store=str(tmp_path / "emulator.sqlite3"))
    with running(kept) as emulator:
        person = emulator.line.person()
        person.says("こんにちは")
        before = person.messages
    with counting(port) as counter, running(kept) as emulator:
        emulator.settle()
        assert ["こんにちは"] == texts(counter)
        assert before == emulator.line.person(person.id).messages


@pytest.mark.parametrize(
    ("speed", "status"),
    [(400, 200), (10_000, 400)],
    ids=["80 seconds later, and its minute begins again", "33 minutes later, and the event is too old"],
)
def test_a_redelivery_revives_the_reply_token_of_a_young_event(
    emulator: Emulator, counter: Counter, speed: float, status: int
) -> None:
    counter.statuses = [500]
    counter.answering.clear()
    emulator.line.person().says("こんにちは")
    assert eventually(lambda: len(counter.events) >= 1)
    emulator.clock.set_speed(speed)
    time.sleep(0.2)
    emulator.clock.set_speed(1)
    counter.answering.set()
    emulator.settle()
    body = {"replyToken": counter.events[1]["replyToken"], "messages": [{"type": "text", "text": "はい"}]}
    header = {"Authorization": f"Bearer {emulator.config.line_channel_access_token}"}
    answer = httpx.post(f"{emulator.url}/v2/bot/message/reply", json=body, headers=header, timeout=60)
    assert status == answer.status_code


class TestFaults:
    def test_dropped(self, emulator: Emulator, counter: Counter) -> None:
        emulator.faults.set({"webhook": [{"do": "drop", "times": 1}]})
        person = emulator.line.person()
        person.says("lost")
        person.says("kept")
        emulator.settle()
        assert ["kept"] == texts(counter)

    def test_duplicated_without_a_mark(self, emulator: Emulator, counter: Counter) -> None:
        emulator.faults.set({"webhook": [{"do": "duplicate", "times": 1}]})
        emulator.line.person().says("twice")
        emulator.settle()
        assert [False, False] == [event["deliveryContext"]["isRedelivery"] for event in counter.events]
        assert 1 == len({event["webhookEventId"] for event in counter.events})

    def test_redelivered_with_a_mark(self, emulator: Emulator, counter: Counter) -> None:
        emulator.faults.set({"webhook": [{"do": "redeliver", "seconds": 0.05, "times": 1}]})
        emulator.line.person().says("again")
        emulator.settle()
        assert [False, True] == [event["deliveryContext"]["isRedelivery"] for event in counter.events]

    def test_reordered(self, emulator: Emulator, counter: Counter) -> None:
        emulator.faults.set({"webhook": [{"do": "reorder", "seconds": 2, "times": 1}]})
        person = emulator.line.person()
        person.says("first")
        person.says("second")
        emulator.settle()
        assert ["second", "first"] == texts(counter)
        assert counter.events[0]["timestamp"] >= counter.events[1]["timestamp"]

    def test_delayed_in_order(self, emulator: Emulator, counter: Counter) -> None:
        emulator.faults.set({"webhook": [{"do": "delay", "seconds": 0.2, "times": 1}]})
        person = emulator.line.person()
        started = time.monotonic()
        person.says("first")
        person.says("second")
        emulator.settle()
        assert ["first", "second"] == texts(counter)
        assert counter.received[0].at - started >= 0.2


def test_five_hundred_people_at_once_are_all_heard(emulator: Emulator, counter: Counter) -> None:
    people = [emulator.line.person() for _ in range(500)]
    for person in people:
        person.follow()
        person.says("こんにちは")
    emulator.settle()
    assert 1000 == len({event["webhookEventId"] for event in counter.events}) == len(counter.events)
