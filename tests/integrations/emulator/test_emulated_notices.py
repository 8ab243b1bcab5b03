"""LINE notification messages as LINE plays them: by the hash of a number, with a receipt that names no person."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from linebot.v3.messaging import MessagingApi, PnpMessagesRequest
from linebot.v3.messaging.exceptions import ApiException

from integrations.emulator.driver import LinePerson
from integrations.emulator.fixture import Emulator
from tests.integrations.emulator.calls import HELLO, post, refusal
from tests.integrations.emulator.counter import Counter

NUMBER = "+818000001234"
HASHED = "d41e0ad70dddfeb68f149ad6fc61574b9c5780ab7bcb2fba5517771ffbb2409c"  # as LINE's own documentation has it
TAG = "0123456789abcdef.1"


@pytest.fixture
def person(emulator: Emulator) -> LinePerson:
    """No friend of the account."""
    return emulator.line.person(phone=NUMBER)


def notify(line: MessagingApi, to: str = sha256(NUMBER.encode()).hexdigest(), tag: str | None = TAG) -> None:
    line.push_messages_by_phone(PnpMessagesRequest(to=to, messages=[HELLO]), x_line_delivery_tag=tag)


def receipts(emulator: Emulator, counter: Counter) -> list[Any]:
    emulator.settle()
    return [event["delivery"]["data"] for event in counter.events if event["type"] == "delivery"]


def test_the_owner_of_the_number_gets_it_and_the_receipt_has_the_tag_and_nobody(
    emulator: Emulator, line: MessagingApi, counter: Counter, person: LinePerson
) -> None:
    assert HASHED == sha256(NUMBER.encode()).hexdigest()
    notify(line)
    assert [TAG] == receipts(emulator, counter)
    assert ["こんにちは"] == person.texts
    assert not {"source", "replyToken"} & counter.events[0].keys()


def test_without_a_tag_the_receipt_has_the_hash(
    emulator: Emulator, line: MessagingApi, counter: Counter, person: LinePerson
) -> None:
    notify(line, tag=None)
    assert ([HASHED], ["こんにちは"]) == (receipts(emulator, counter), person.texts)


@pytest.mark.parametrize("choice", ["off", "unset"])
def test_who_does_not_take_them_gets_nothing_and_the_answer_is_yes(
    emulator: Emulator, line: MessagingApi, counter: Counter, person: LinePerson, choice: str
) -> None:
    person.decides_on_notices(choice)
    notify(line)
    assert ([], []) == (receipts(emulator, counter), person.texts)


def test_what_waited_arrives_when_they_agree_within_a_day_and_not_after_it(
    emulator: Emulator, line: MessagingApi, counter: Counter, person: LinePerson
) -> None:
    person.decides_on_notices("unset")
    notify(line)
    emulator.clock.set("2030-01-01T00:00:00+09:00")
    notify(line, tag="f" * 16)
    person.decides_on_notices("on")
    assert (["f" * 16], ["こんにちは"]) == (receipts(emulator, counter), person.texts)


def test_a_number_of_nobody_gets_a_yes_and_no_receipt(
    emulator: Emulator, line: MessagingApi, counter: Counter, person: LinePerson
) -> None:
    notify(line, to="0" * 64)
    assert ([], []) == (receipts(emulator, counter), person.texts)


def test_a_number_in_the_clear_is_refused(line: MessagingApi) -> None:
    with pytest.raises(ApiException) as error:
        notify(line, to=NUMBER)
    assert (400, "The property, 'to', in the request body is invalid (line: -, column: -)") == refusal(error)


@pytest.mark.parametrize("headers", [{"X-Line-Delivery-Tag": "short"}, {"X-Line-Retry-Key": TAG}])
def test_a_short_tag_and_any_retry_key_are_refused(emulator: Emulator, headers: dict[str, str]) -> None:
    body = {"to": HASHED, "messages": [{"type": "text", "text": "x"}]}
    assert 400 == post(emulator, "/bot/pnp/push", body, **headers).status_code
