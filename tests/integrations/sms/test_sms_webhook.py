from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.message import Address
from integrations.channel import BadSignature
from integrations.sms import SmsChannel, SmsConfig, StatusEvent
from tests.integrations.sms.far_side import ACCOUNT, TOKEN

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2023, 4, 5, 1, 0, tzinfo=UTC)
URL = "https://counter.example.jp/webhooks/sms"
OUTGOING = UUID("01890a5d-ac96-774b-bcce-b302099a8057")

channel = SmsChannel(SmsConfig(ACCOUNT, TOKEN, "+12025550123", "", "https://counter.example.jp/webhooks/sms/status"))


def twilio_signature(url: str, body: bytes, token: str = TOKEN) -> str:
    """As Twilio's page on security describes it, written anew: the URL, then each field's name and value, by name."""
    pairs = sorted(set(parse_qsl(body.decode(), keep_blank_values=True)))
    signed = url + "".join(name + value for name, value in pairs)
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def signed(url: str, body: bytes) -> dict[str, str]:
    return {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": twilio_signature(url, body),
    }


def recorded(case: str) -> bytes:
    return (PAYLOADS / f"{case}.form").read_bytes()


def heard(case: str):
    [event] = channel.receive(signed(URL, recorded(case)), recorded(case), url=URL, now=NOW)
    return event, channel.read(event.payload)


def test_a_japanese_text_arrives_as_it_was_written():
    event, inbound = heard("inbound_japanese")
    assert (event.event_id, event.sender, event.at) == ("SM6b1f0c1e7c2d4a0f8f5b9d3a2c1e0f9a", "+819012345678", NOW)
    assert inbound.event_id == event.event_id
    assert inbound.address == Address("sms", "+819012345678")
    assert (inbound.kind, inbound.text, inbound.at) == ("text", "はい。２月２４日です\n髙橋", NOW)


def test_a_stored_payload_holds_only_what_is_read_later():
    event, _ = heard("inbound_japanese")
    assert set(json.loads(event.payload)) == {"MessageSid", "From", "Body", "NumMedia", "at"}


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("inbound_stop", "unfollow"),
        ("inbound_start", "follow"),
        ("inbound_picture_alone", "file"),
        ("inbound_empty", "unknown"),
    ],
)
def test_what_is_no_words_is_told_by_its_kind(case, kind):
    assert heard(case)[1].kind == kind


@pytest.mark.parametrize("headers", [{}, {"x-twilio-signature": ""}, {"x-twilio-signature": "ａ"}])
def test_a_request_without_a_signature_is_refused(headers):
    with pytest.raises(BadSignature):
        channel.receive(headers, recorded("inbound_japanese"), url=URL, now=NOW)


def test_one_changed_byte_breaks_the_signature():
    body = recorded("inbound_japanese")
    with pytest.raises(BadSignature):
        channel.receive(signed(URL, body), body.replace(b"819012345678", b"819012345679"), url=URL, now=NOW)


def test_another_token_is_refused():
    body = recorded("inbound_japanese")
    headers = {"x-twilio-signature": twilio_signature(URL, body, token="another")}
    with pytest.raises(BadSignature):
        channel.receive(headers, body, url=URL, now=NOW)


@pytest.mark.parametrize(
    ("signed_url", "our_url"),
    [
        ("https://counter.example.jp:443/webhooks/sms", "https://counter.example.jp/webhooks/sms"),
        ("https://counter.example.jp/webhooks/sms", "https://counter.example.jp:443/webhooks/sms"),
        ("http://127.0.0.1:8000/webhooks/sms", "http://127.0.0.1:8000/webhooks/sms"),
    ],
)
def test_the_port_may_be_signed_or_not(signed_url, our_url):
    body = recorded("inbound_japanese")
    assert len(channel.receive(signed(signed_url, body), body, url=our_url, now=NOW)) == 1


def test_the_order_of_the_query_is_part_of_what_is_signed():
    body = recorded("status_delivered")
    ours, sorted_by_a_framework = f"{URL}/status?o={OUTGOING}&n=1", f"{URL}/status?n=1&o={OUTGOING}"
    assert channel.verify(signed(ours, body), body, url=ours)["n"] == "1"
    with pytest.raises(BadSignature):
        channel.verify(signed(ours, body), body, url=sorted_by_a_framework)


def test_a_field_given_twice_is_signed_once_for_each_value():
    body = urlencode([("Body", "b"), ("Body", "a"), ("Body", "b"), ("From", "+819012345678")]).encode()
    [event] = channel.receive(signed(URL, body), body, url=URL, now=NOW)
    assert channel.read(event.payload).text == "b"


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))))
def test_whatever_twilio_signs_is_accepted(fields):
    body = urlencode(fields).encode()
    form = channel.verify(signed(URL, body), body, url=URL)
    assert {name for name, _ in fields} == set(form)


def test_a_body_that_no_signature_covers_is_refused():
    headers = {"content-type": "application/json", "x-twilio-signature": twilio_signature(URL, b"")}
    with pytest.raises(BadSignature):
        channel.receive(headers, b'{"From": "+819012345678"}', url=URL, now=NOW)


def test_a_signed_json_body_is_accepted_and_holds_no_message():
    body = b'{"what": "an event of another product"}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": twilio_signature(url, b"")}
    assert channel.receive(headers, body, url=url, now=NOW) == []
    with pytest.raises(BadSignature):
        channel.receive(headers, body + b" ", url=url, now=NOW)


def test_an_event_without_an_id_gets_one_that_its_repetition_gets_too():
    body = b"From=%2B819012345678&Body=1"
    first, second = (channel.receive(signed(URL, body), body, url=URL, now=NOW)[0] for _ in range(2))
    assert first.event_id == second.event_id != ""


@settings(deadline=None)
@given(st.binary() | st.from_regex(rb"\A\{.*\}\Z") | st.just(b'{"at": "2023-04-05T10:00:00+09:00"}'))
def test_a_payload_that_is_not_ours_is_unknown(payload):
    assert channel.read(payload).kind == "unknown"


def receipt(case: str, query: str) -> StatusEvent:
    url, body = f"{URL}/status{query}", recorded(case)
    return channel.read_status(channel.verify(signed(url, body), body, url=url))


def test_a_receipt_names_the_message_and_the_try_it_belongs_to():
    expected = StatusEvent(OUTGOING, 2, "SM6b1f0c1e7c2d4a0f8f5b9d3a2c1e0f9a", "undelivered", "30003")
    assert expected == receipt("status_undelivered", f"?o={OUTGOING}&n=2")


@pytest.mark.parametrize("query", ["", "?o=x&n=1", f"?o={OUTGOING}", f"?o={OUTGOING}&n=one"])
def test_a_receipt_that_carries_nothing_of_ours_names_no_message(query):
    expected = StatusEvent(None, 0, "SM6b1f0c1e7c2d4a0f8f5b9d3a2c1e0f9a", "delivered", "")
    assert expected == receipt("status_delivered", query)
