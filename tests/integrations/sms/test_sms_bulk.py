"""The asyncio client says of each answer and each broken wire what the single one says, and sends nothing twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar

import pytest

from integrations.bulk import Letter, Standing
from integrations.channel import Misconfigured, OutcomeUnknown, Receipt, Refused, SendLater
from integrations.sms import SmsConfig
from integrations.sms.bulk import TwilioBulk
from tests.integrations.sms.far_side import ACCOUNT, TOKEN, FarSide

NUMBER = "+819012345678"
STATUS_URL = "https://counter.example.jp/webhooks/sms/status"
REFERENCE = "01890a5dac96774bbcceb302099a8057.2"
LETTER = Letter(REFERENCE, NUMBER, "【栃木県クーポン補償】髙橋さま①", lasts=1800)

T = TypeVar("T")


def with_client(far: FarSide, use: Callable[[TwilioBulk], Awaitable[T]], **settings) -> T:
    async def run() -> T:
        given = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": "+12025550123", "api_base": far.url}
        config = SmsConfig(**{**given, "status_callback_url": STATUS_URL, "read_timeout": 60, **settings})
        client = TwilioBulk(config)
        try:
            return await use(client)
        finally:
            await client.close()

    return asyncio.run(run())


def sent(far: FarSide, letter: Letter = LETTER, **settings) -> Receipt:
    return with_client(far, lambda client: client.send(letter), **settings)


def found(far: FarSide, *, since: datetime | None = None) -> Receipt | None:
    earliest = since or datetime.now(UTC) - timedelta(seconds=60)
    return with_client(far, lambda client: client.find_sent(LETTER, since=earliest))


def test_a_text_goes_out_with_the_attempts_name_in_its_receipts_address_and_an_end_of_its_life(provider):
    assert sent(provider) == Receipt("SM" + "0" * 32)
    assert provider.forms == [
        {
            "To": NUMBER,
            "From": "+12025550123",
            "Body": LETTER.text,
            "StatusCallback": f"{STATUS_URL}?d={REFERENCE}#rc=5&rp=all",
            "ValidityPeriod": "1800",
        }
    ]


def test_a_text_counts_as_many_segments_as_it_is_billed(provider):
    assert [1, 2] == with_client(provider, _units_of_two)


async def _units_of_two(client: TwilioBulk) -> list[int]:
    return [client.units(Letter("r", NUMBER, "あ" * length)) for length in (70, 71)]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 21211, Refused),
        (400, 21610, Refused),
        (400, 21606, Misconfigured),
        (401, 20003, Misconfigured),
        (429, 20429, SendLater),
        (400, 21611, SendLater),
        (500, 20500, OutcomeUnknown),
        (502, 99999, OutcomeUnknown),
    ],
)
def test_a_code_of_twilio_is_the_error_that_it_means_and_is_never_tried_again_by_itself(provider, status, code, error):
    provider.next_answers(status, {"code": code, "message": f"To {NUMBER} …", "status": status}, Retry_After="7")
    with pytest.raises(error) as raised:
        sent(provider)
    assert (str(code), 7.0, []) == (raised.value.code, raised.value.retry_after, provider.forms)


@pytest.mark.parametrize("nonsense", [b"<html>502</html>", b"[]", b"null", b"{}", b"", b"\xff"])
def test_a_yes_that_cannot_be_read_may_have_been_a_yes(provider, nonsense):
    provider.next_answers(201, nonsense)
    with pytest.raises(OutcomeUnknown):
        sent(provider)


@pytest.mark.parametrize("trouble", ["next_hangs_up_after_taking_it", "next_never_answers"])
def test_a_text_taken_without_an_answer_is_unknown_and_is_found_and_stands_there_once(provider, trouble):
    getattr(provider, trouble)()
    with pytest.raises(OutcomeUnknown):
        sent(provider, read_timeout=1)
    assert (Receipt("SM" + "0" * 32), 1) == (found(provider), len(provider.messages))


def test_a_text_that_was_not_taken_is_not_found(provider):
    provider.next_hangs_up_before_taking_it()
    with pytest.raises(OutcomeUnknown):
        sent(provider)
    assert found(provider) is None


def test_the_same_words_of_an_earlier_day_are_not_taken_for_ours(provider):
    sent(provider)
    provider.messages[0]["date_created"] = format_datetime(datetime.now(UTC) - timedelta(days=1))
    assert found(provider) is None


@pytest.mark.parametrize("answer", [(500, b""), (401, b"{}"), (429, b"{}"), (200, b"nonsense"), (200, b'{"page": 0}')])
def test_a_look_up_that_fails_leaves_the_outcome_unknown(provider, answer):
    provider.next_answers(*answer)
    with pytest.raises(OutcomeUnknown):
        found(provider)


def test_a_page_full_of_other_messages_proves_nothing(provider):
    sent(provider, Letter(REFERENCE, NUMBER, "別の文"))
    provider.messages *= 1000
    with pytest.raises(OutcomeUnknown):
        found(provider)


def test_where_nothing_listens_nothing_was_sent(provider):
    with pytest.raises(SendLater):
        sent(provider, api_base="http://127.0.0.1:9")


def test_it_can_be_asked_what_became_of_a_text(provider):
    sid = sent(provider).provider_id
    provider.messages[0] |= {"status": "undelivered", "error_code": 30005}
    assert Standing("undelivered", "30005") == with_client(provider, lambda client: client.standing(sid))


def test_the_number_is_in_no_log_and_in_no_error(provider, caplog):
    caplog.set_level(logging.DEBUG)
    provider.next_answers(400, {"code": 21211, "message": f"The 'To' number {NUMBER} is not valid", "status": 400})
    with pytest.raises(Refused) as raised:
        sent(provider)
    found(provider)
    assert "9012345678" not in caplog.text + repr(raised.getrepr()) + repr(LETTER)
