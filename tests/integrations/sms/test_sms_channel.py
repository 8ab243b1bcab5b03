from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from dialogs.message import Address, Outbound
from integrations.channel import Envelope, Misconfigured, OutcomeUnknown, Receipt, Refused, SendLater
from integrations.sms import SmsChannel, SmsConfig
from tests.integrations.sms.far_side import ACCOUNT, TOKEN, FarSide, running
from tests.integrations.tls import server_side_tls

NUMBER = "+819012345678"
STATUS_URL = "https://counter.example.jp/webhooks/sms/status"
OUTGOING = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
TEXT = "【栃木県クーポン補償】髙橋さま①"


def channel(far: FarSide, **settings) -> SmsChannel:
    given = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": "+12025550123", "api_base": far.url}
    return SmsChannel(SmsConfig(**{**given, "status_callback_url": STATUS_URL, "read_timeout": 60, **settings}))


def envelope(text: str = TEXT, outgoing_id: UUID = OUTGOING, number: str = NUMBER) -> Envelope:
    return Envelope(outgoing_id, 2, Address("sms", number), (Outbound(text),))


def a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


def test_a_message_is_sent_with_its_receipts_address_and_an_end_of_its_life(provider):
    receipt = channel(provider).send(envelope())
    assert receipt == Receipt("SM" + "0" * 32, "RQ01")
    assert provider.forms == [
        {
            "To": NUMBER,
            "From": "+12025550123",
            "Body": TEXT,
            "StatusCallback": f"{STATUS_URL}?o={OUTGOING}&n=2#rc=5&rp=all",
            "ValidityPeriod": "3600",
        }
    ]


def test_a_messaging_service_is_a_sender_too(provider):
    channel(provider, sender="MG00000000000000000000000000000001").send(envelope())
    [form] = provider.forms
    assert ("From" in form, form["MessagingServiceSid"]) == (False, "MG00000000000000000000000000000001")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 21211, Refused),
        (400, 21614, Refused),
        (400, 21610, Refused),
        (400, 21999, Refused),
        (400, 21408, Misconfigured),
        (400, 21606, Misconfigured),
        (400, 21617, Misconfigured),
        (401, 20003, Misconfigured),
        (403, 30002, Misconfigured),
        (404, 20404, Misconfigured),
        (400, 21611, SendLater),
        (429, 20429, SendLater),
        (429, 99999, SendLater),
        (500, 20500, OutcomeUnknown),
        (503, 20503, OutcomeUnknown),
        (502, 99999, OutcomeUnknown),
    ],
)
def test_a_code_of_twilio_is_the_error_that_it_means(provider, status, code, error):
    provider.next_answers(status, {"code": code, "message": f"To {NUMBER} …", "status": status})
    with pytest.raises(error) as raised:
        channel(provider).send(envelope())
    assert (type(raised.value), raised.value.code) == (error, str(code))


def test_an_error_in_the_newer_form_is_read_too(provider):
    problem = {"type": "about:blank", "title": "Too many", "status": 429, "code": 20429}
    provider.next_answers(429, problem, Retry_After="7")
    with pytest.raises(SendLater) as raised:
        channel(provider).send(envelope())
    assert (raised.value.code, raised.value.retry_after) == ("20429", 7.0)


@pytest.mark.parametrize("nonsense", [b"<html>502</html>", b"[]", b"null", b'"taken"', b"", b"\xff"])
def test_a_yes_that_cannot_be_read_may_have_been_a_yes(provider, nonsense):
    provider.next_answers(201, nonsense)
    with pytest.raises(OutcomeUnknown):
        channel(provider).send(envelope())


@pytest.mark.parametrize("nonsense", [b"<html>400</html>", b"[]", b"null", b"\xff"])
def test_a_no_that_cannot_be_read_goes_by_its_status(provider, nonsense):
    provider.next_answers(400, nonsense)
    with pytest.raises(Refused) as raised:
        channel(provider).send(envelope())
    assert raised.value.code == "400"


@pytest.mark.parametrize("trouble", ["next_hangs_up_after_taking_it", "next_never_answers"])
def test_a_message_taken_without_an_answer_is_unknown_and_is_found(provider, trouble):
    getattr(provider, trouble)()
    sms = channel(provider, read_timeout=1)
    since = a_moment_ago()
    with pytest.raises(OutcomeUnknown):
        sms.send(envelope())
    assert sms.find_sent(envelope(), since=since) == Receipt("SM" + "0" * 32, "RQ01")


def test_a_message_that_was_not_taken_is_not_found(provider):
    provider.next_hangs_up_before_taking_it()
    sms = channel(provider)
    since = a_moment_ago()
    with pytest.raises(OutcomeUnknown):
        sms.send(envelope())
    assert sms.find_sent(envelope(), since=since) is None


def test_another_message_is_not_taken_for_ours(provider):
    sms = channel(provider)
    since = a_moment_ago()
    sms.send(envelope("よろしいですか。"))
    sms.send(envelope(number="+819087654321"))
    assert sms.find_sent(envelope(), since=since) is None


def test_the_same_words_sent_before_are_not_taken_for_ours(provider):
    sms = channel(provider)
    sms.send(envelope())
    provider.messages[0]["date_created"] = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
    assert sms.find_sent(envelope(), since=a_moment_ago()) is None


def test_a_page_full_of_recent_messages_proves_nothing(provider):
    sms = channel(provider)
    sms.send(envelope("別の文"))
    provider.messages *= 1000
    with pytest.raises(OutcomeUnknown):
        sms.find_sent(envelope(), since=a_moment_ago())


@pytest.mark.parametrize("answer", [(500, b""), (401, b"{}"), (429, b"{}"), (200, b"nonsense"), (200, b'{"page": 0}')])
def test_a_look_up_that_fails_leaves_the_outcome_unknown(provider, answer):
    provider.next_answers(*answer)
    with pytest.raises(OutcomeUnknown):
        channel(provider).find_sent(envelope(), since=a_moment_ago())


def test_an_address_that_is_none_is_for_a_person_to_mend(provider):
    with pytest.raises(Misconfigured):
        channel(provider, api_base="no-such-scheme://x").send(envelope())


def test_a_host_that_does_not_exist_was_surely_not_reached(provider):
    with pytest.raises(SendLater):
        channel(provider, api_base="http://127.0.0.1:9").send(envelope())


def test_a_connection_closed_while_it_was_idle_is_renewed_without_a_word(provider):
    sms = channel(provider)
    provider.next_closes_after_a_whole_answer()
    sms.send(envelope())
    assert provider.hung_up.wait(60)
    sms.send(envelope())
    assert len(provider.messages) == 2


def test_a_server_that_cannot_prove_to_be_twilio_is_told_nothing(certificate, monkeypatch):
    with running(server_side_tls(certificate)) as imposter:
        with pytest.raises(Misconfigured):
            channel(imposter).send(envelope())
        assert imposter.messages == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        channel(imposter).send(envelope())
        assert len(imposter.messages) == 1


def test_the_number_is_in_no_log_and_in_no_error(provider, caplog):
    caplog.set_level(logging.DEBUG)
    sms = channel(provider)
    sms.send(envelope())
    sms.find_sent(envelope(), since=a_moment_ago())
    provider.next_answers(400, {"code": 21211, "message": f"The 'To' number {NUMBER} is not valid", "status": 400})
    with pytest.raises(Refused) as raised:
        sms.send(envelope())
    assert "9012345678" not in caplog.text + repr(raised.getrepr())


def test_the_token_is_not_shown_with_the_config(provider):
    assert TOKEN not in repr(SmsConfig(ACCOUNT, TOKEN, "x", "", STATUS_URL))


def test_threads_do_not_get_each_others_receipts(provider):
    sms = channel(provider)

    def sent_and_stored(number: int) -> bool:
        receipt = sms.send(envelope(f"文{number}", uuid7()))
        [body] = [message["body"] for message in provider.messages if message["sid"] == receipt.provider_id]
        return body == f"文{number}"

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(sent_and_stored, range(100)))
    assert len(provider.messages) == 100
