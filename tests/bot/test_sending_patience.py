"""How long a message is tried, when one is held back, and when one is left to whoever takes it next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from uuid_utils.compat import uuid7

from bot import delivery
from bot.delivery import ToSend
from bot.dispatch import LONGEST_WAIT, Dispatch
from bot.letterbox import message_to
from bot.parts import Parts
from bot.store import outgoing
from bot.store.db import autocommit
from bot.worker import Worker, send_outgoing
from dialogs.message import Address, Outbound
from integrations.channel import Envelope, Receipt, SendError, SendLater
from integrations.sms.channel import SmsChannel, SmsConfig
from tests.bot.web.counter import Counter, opened_counter


class FarSide(SmsChannel):
    """A provider that gives one answer to everything."""

    def __init__(self, answer: SendError | None = None) -> None:
        super().__init__(SmsConfig("AC0", "token", "+15005550006", "http://127.0.0.1:9", ""))
        self.answer = answer
        self.taken: list[Envelope] = []

    def send(self, envelope: Envelope) -> Receipt:
        if self.answer:
            raise self.answer
        self.taken.append(envelope)
        return Receipt("SM1")


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


def through(parts: Parts, far_side: FarSide) -> Parts:
    return replace(parts, channels={"sms": far_side})


def a_message(attempt: int = 1, *, leased_at: float = 0) -> ToSend:
    address, said = Address("sms", "+819012345678"), (Outbound("こんにちは"),)
    return ToSend(uuid7(), address, said, "", attempt, datetime.now(UTC), leased_at=leased_at)


@pytest.mark.parametrize("code", ["line_429", "429", "20429"])
def test_who_is_asked_to_go_slower_never_gives_up(counter: Counter, code: str) -> None:
    settled = delivery.send(through(counter.parts, FarSide(SendLater(code))), a_message(attempt=5000))
    assert ("planned", delivery.LONGEST_PAUSE) == (settled.state, settled.wait)


def test_a_provider_that_cannot_be_reached_is_tried_for_a_day(counter: Counter) -> None:
    parts, waited = through(counter.parts, FarSide(SendLater("line_unreachable"))), 0.0
    for attempt in count(1):
        settled = delivery.send(parts, a_message(attempt))
        if settled.state != "planned":
            break
        waited += settled.wait
    assert ("refused", 1) == (settled.state, round(waited / 86_400))


def test_a_message_whose_lease_is_nearly_over_is_left_to_whoever_takes_it_next(counter: Counter) -> None:
    far_side = FarSide()
    dispatch = Dispatch(through(counter.parts, far_side), counter.parts.db, on_free=lambda: None)
    now = time.monotonic()
    late, early = a_message(leased_at=now - LONGEST_WAIT), a_message(leased_at=now)
    dispatch.start()
    dispatch.send([late, early])
    dispatch.close()
    assert [early.id] == [envelope.outgoing_id for envelope in far_side.taken]


def test_the_lease_of_what_is_said_is_counted_from_before_it_was_written(counter: Counter) -> None:
    before = time.monotonic()
    (taken,) = counter.line("こんにちは")
    message = delivery.of_turn(taken.play, leased_at=taken.leased_at)
    assert message
    assert before < message.leased_at < time.monotonic()


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("2023-04-05T20:00:00+09:00", 0),
        ("2023-04-06T09:59:00+09:00", 0),
        ("2023-04-05T19:59:00+09:00", 1),
        ("2023-04-06T10:00:00+09:00", 1),
    ],
)
def test_what_was_planned_for_the_day_and_is_left_over_does_not_ring_at_night(
    counter: Counter, at: str, sent: int
) -> None:
    far_side = FarSide()
    counter.move(at)
    planned = message_to(counter.parts.vault, "sms", "+819012345678", Outbound("届きました"), purpose="reward_url")
    with autocommit(counter.parts.db) as connection:
        outgoing.insert(connection, replace(planned, not_before=counter.parts.clock.now() - timedelta(hours=10)))
    work = Worker(through(counter.parts, far_side))
    try:
        send_outgoing(work)
    finally:
        work.stop()
        work.run()
    assert sent == len(far_side.taken)
