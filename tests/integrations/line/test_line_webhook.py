from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.message import Address, Inbound
from integrations.channel import BadSignature, RawEvent
from integrations.line.webhook import read, receive

PAYLOADS = Path(__file__).parent / "payloads"
DESTINATION = "U8e742f61d673b39c7fff3cecb7536ef0"
PERSON = "U4af4980629f3c9f4b6a1e2d3c4b5a697"
NOW = datetime(2023, 4, 5, 1, 0, 30, tzinfo=UTC)
SECRETS = ("new-secret", "old-secret")


def payload(case: str) -> Any:
    return json.loads((PAYLOADS / f"{case}.json").read_text())


def signed(body: bytes, by: str = SECRETS[0]) -> dict[str, str]:
    digest = hmac.new(by.encode(), body, hashlib.sha256).digest()
    return {"x-line-signature": base64.b64encode(digest).decode()}


def delivered(*events: object) -> list[RawEvent]:
    body = json.dumps({"destination": DESTINATION, "events": events}).encode()
    return receive(signed(body), body, secrets=SECRETS, now=NOW)


def heard(case: str) -> Inbound:
    return read(delivered(payload(case))[0].payload)


def test_it_accepts_the_signature_that_line_documents() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    headers = {"x-line-signature": "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="}
    assert [] == receive(headers, body, secrets=("8c570fa6dd201bb328f1c1eac23a96d8",), now=NOW)


@pytest.mark.parametrize("secret", SECRETS)
def test_it_accepts_either_secret_during_a_rotation(secret: str) -> None:
    body = json.dumps({"destination": DESTINATION, "events": [payload("text")]}).encode()
    assert 1 == len(receive(signed(body, secret), body, secrets=SECRETS, now=NOW))


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-line-signature": ""}, {"x-line-signature": "署名"}, signed(b"{}", "third-secret"), signed(b"{} ")],
    ids=["missing", "empty", "not ascii", "another secret", "another body"],
)
def test_it_refuses_what_line_did_not_sign(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        receive(headers, b"{}", secrets=SECRETS, now=NOW)


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[]", b"5", b"{}", b'{"events": {}}', b"[" * 100_000])
def test_a_signed_body_without_a_list_of_events_gives_none(body: bytes) -> None:
    assert [] == receive(signed(body), body, secrets=SECRETS, now=NOW)


def test_each_event_is_cut_out_with_its_sender_its_time_and_the_destination() -> None:
    event = payload("text")
    (raw,) = delivered(event)
    assert "01FZ74A0TDDPYRVKNK77XKC3ZR" == raw.event_id
    assert PERSON == raw.sender
    assert datetime(2023, 4, 5, 1, 0, 0, 123_000, tzinfo=UTC) == raw.at
    assert {**event, "destination": DESTINATION} == json.loads(raw.payload)
    assert b", " not in raw.payload


def test_events_of_several_people_in_one_batch_stay_apart_and_in_order() -> None:
    other = {**payload("follow"), "webhookEventId": "02", "source": {"type": "user", "userId": "Uother"}}
    assert [PERSON, "Uother", PERSON] == [raw.sender for raw in delivered(payload("text"), other, payload("image"))]


@pytest.mark.parametrize("rotten", [None, 5, "text", [], {}, {"type": 5, "source": 5, "timestamp": 1e300, "mode": []}])
def test_a_rotten_event_is_kept_and_harms_no_other(rotten: object) -> None:
    raws = delivered(payload("text"), rotten, payload("follow"))
    assert ["text", "unknown", "follow"] == [read(raw.payload).kind for raw in raws]
    assert (NOW, "") == (raws[1].at, raws[1].sender)


def test_a_redelivered_event_keeps_its_id_even_without_one_from_line() -> None:
    first = payload("without_event_id")
    again = {**first, "deliveryContext": {"isRedelivery": True}}
    another = {**first, "timestamp": first["timestamp"] + 1}
    ids = [raw.event_id for raw in delivered(first, again, another)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] == read(delivered(first)[0].payload).event_id


@pytest.mark.parametrize("case", ["without_timestamp", "timestamp_of_another_type"])
def test_an_event_without_a_time_takes_the_time_of_its_arrival(case: str) -> None:
    assert (NOW, NOW) == (delivered(payload(case))[0].at, heard(case).at)


def test_a_text_is_read_with_everything_that_belongs_to_it() -> None:
    expected = Inbound(
        event_id="01FZ74A0TDDPYRVKNK77XKC3ZR",
        address=Address("line", PERSON),
        at=datetime(2023, 4, 5, 1, 0, 0, 123_000, tzinfo=UTC),
        kind="text",
        text="Ｒ５．２．２４ です 🍎",
        message_id="444573844083572737",
        reply_token="nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
    )
    assert expected == heard("text") == heard("text_redelivered")


READ = {  # kind, text, ask_id, message_id
    "text_with_unknown_fields": ("text", "はい", "", "444573844083572737"),
    "text_of_another_type": ("unknown", "", "", "444573844083572737"),
    "text_unstorable": ("text", "ab?", "", "1"),
    "sticker": ("sticker", "", "", "1501597916"),
    "sticker_of_a_new_resource_type": ("sticker", "", "", "1501597916"),
    "image": ("image", "", "", "354718705033693861"),
    "video": ("file", "", "", "325708"),
    "audio": ("file", "", "", "325709"),
    "file": ("file", "", "", "325710"),
    "location": ("file", "", "", "325711"),
    "message_of_an_unknown_type": ("unknown", "", "", "9"),
    "follow": ("follow", "", "", ""),
    "follow_without_its_object": ("follow", "", "", ""),
    "unfollow": ("unfollow", "", "", ""),
    "unsend": ("unsend", "", "", "325708"),
    "postback_button": ("button", "paper", "coupon[1].kind", ""),
    "postback_value_with_bar": ("button", "a|b", "ask", ""),
    "postback_without_ask_id": ("button", "status", "", ""),
    "postback_date": ("date", "2023-02-24", "coupon[1].expiry", ""),
    "postback_rich_menu_switch": ("unknown", "", "", ""),
    "postback_empty": ("unknown", "", "", ""),
    "group_text": ("unknown", "", "", ""),
    "room_text_without_user": ("unknown", "", "", ""),
    "standby_text": ("text", "担当者どうぞ", "", "1"),
    "mode_of_the_future": ("text", "はい", "", "1"),
    "event_of_the_future": ("unknown", "", "", ""),
    "without_event_id": ("text", "はい", "", "1"),
    "without_source": ("unknown", "", "", ""),
    "delivery_of_notification": ("unknown", "", "", ""),
    "without_timestamp": ("text", "はい", "", "1"),
    "timestamp_of_another_type": ("text", "はい", "", "1"),
}


@pytest.mark.parametrize("case", READ)
def test_every_recorded_event_is_read_as_what_it_is(case: str) -> None:
    inbound = heard(case)
    assert READ[case] == (inbound.kind, inbound.text, inbound.ask_id, inbound.message_id)


def test_every_recorded_payload_has_its_expectation() -> None:
    assert {*READ, "text", "text_redelivered"} == {path.stem for path in PAYLOADS.glob("*.json")}


def test_only_an_active_chat_may_be_answered() -> None:
    cases = ("standby_text", "mode_of_the_future", "text")
    assert [True, True, False] == [heard(case).heard_only for case in cases]


def test_the_sender_of_an_unknown_event_is_not_lost() -> None:
    assert (PERSON, Address("line", PERSON)) == (
        delivered(payload("event_of_the_future"))[0].sender,
        heard("event_of_the_future").address,
    )


@pytest.mark.parametrize("stored", [b"", b"null", b"[]", b"\xff"])
def test_a_payload_that_cannot_be_read_is_unknown(stored: bytes) -> None:
    assert "unknown" == read(stored).kind


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_field = st.sampled_from(["type", "mode", "timestamp", "source", "webhookEventId", "message", "postback", "unsend"])


@given(
    st.sampled_from(["text", "sticker", "postback_date", "unsend", "follow"]),
    st.dictionaries(_field, _plain, min_size=1),
)
def test_no_content_makes_reading_fail(case: str, replaced: dict[str, object]) -> None:
    good, spoilt = payload("image"), {**payload(case), **replaced}
    raws = delivered(good, spoilt, good)
    assert ["image", "image"] == [read(raws[0].payload).kind, read(raws[2].payload).kind]
    inbound = read(raws[1].payload)
    assert (raws[1].event_id, raws[1].sender, raws[1].at) == (inbound.event_id, inbound.address.user, inbound.at)
