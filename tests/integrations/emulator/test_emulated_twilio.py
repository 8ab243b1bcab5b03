"""Twilio's Messages resource, status callbacks and inbound texts, through the unchanged twilio SDK."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.emulator.twilio_numbers import segments
from tests.integrations.emulator.counter import Counter, counting

HANAKO = "+819012345678"
STATUS = "/webhooks/twilio/status"


def create(twilio: Client, to: str = HANAKO, body: str = "ポイント受取", **more: str) -> str:
    found: str = twilio.messages.create(to=to, from_="+15005550006", body=body, **more).sid
    return found


def statuses(counter: Counter) -> list[str]:
    return [request.form["MessageStatus"] for request in counter.to(STATUS)]


def test_a_text_arrives_and_its_fate_is_told(emulator: Emulator, twilio: Client, counter: Counter) -> None:
    sid = create(twilio, status_callback=f"{counter.url}{STATUS}?n=42#rc=5&rp=all")
    emulator.settle()
    assert ["sent", "delivered"] == statuses(counter)
    assert [("ポイント受取", "delivered")] == [(m["body"], m["status"]) for m in emulator.sms.inbox(HANAKO)]
    assert "delivered" == twilio.messages(sid).fetch().status


def test_a_callback_is_signed_over_its_url_without_the_fragment(
    emulator: Emulator, twilio: Client, counter: Counter
) -> None:
    create(twilio, status_callback=f"{counter.url}{STATUS}?n=42&a=%E3%81%82#rc=5&rp=all")
    emulator.settle()
    request = counter.to(STATUS)[0]
    assert f"{STATUS}?n=42&a=%E3%81%82" == request.path
    validator = RequestValidator(emulator.config.twilio_auth_token)
    signed = request.headers["X-Twilio-Signature"]
    assert validator.validate(counter.url + request.path, request.form, signed)
    assert not validator.validate(counter.url + request.path + "x", request.form, signed)


def test_a_new_message_has_twilios_form(twilio: Client) -> None:
    started = datetime.now(UTC).replace(microsecond=0)
    message = twilio.messages.create(to=HANAKO, from_="+15005550006", body="あ" * 71)
    assert ("queued", "outbound-api", "2", None) == (
        message.status,
        message.direction,
        message.num_segments,
        message.date_sent,
    )
    assert started <= message.date_created <= datetime.now(UTC)
    service = twilio.messages.create(to=HANAKO, messaging_service_sid="MG" + "1" * 32, body="x")
    assert ("accepted", "MG" + "1" * 32) == (service.status, service.messaging_service_sid)


@pytest.mark.parametrize(
    ("code", "status", "form"),
    [
        (21604, 400, {"From": "+15005550006", "Body": "x"}),
        (21603, 400, {"To": HANAKO, "Body": "x"}),
        (21602, 400, {"To": HANAKO, "From": "+15005550006"}),
        (21606, 400, {"To": HANAKO, "From": "+15005550007", "Body": "x"}),
        (21211, 400, {"To": "090-1234-5678", "From": "+15005550006", "Body": "x"}),
        (21211, 400, {"To": "+8190123", "From": "+15005550006", "Body": "x"}),
        (21211, 400, {"To": "+819055550001", "From": "+15005550006", "Body": "x"}),
        (21612, 400, {"To": "+819055550002", "From": "+15005550006", "Body": "x"}),
        (21408, 400, {"To": "+819055550003", "From": "+15005550006", "Body": "x"}),
        (21610, 400, {"To": "+819055550004", "From": "+15005550006", "Body": "x"}),
        (21614, 400, {"To": "+819055550009", "From": "+15005550006", "Body": "x"}),
        (21614, 400, {"To": "+81286233210", "From": "+15005550006", "Body": "x"}),
        (21617, 400, {"To": HANAKO, "From": "+15005550006", "Body": "あ" * 1601}),
        (21609, 400, {"To": HANAKO, "From": "+15005550006", "Body": "x", "StatusCallback": "nowhere"}),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(
    emulator: Emulator, code: int, status: int, form: dict[str, str]
) -> None:
    config = emulator.config
    url = f"{emulator.url}/2010-04-01/Accounts/{config.twilio_account_sid}/Messages.json"
    answer = requests.post(url, data=form, auth=(config.twilio_account_sid, config.twilio_auth_token), timeout=60)
    assert (status, code, status) == (answer.status_code, answer.json()["code"], answer.json()["status"])
    assert [] == emulator.sms.inbox(form.get("To", ""))


def test_1600_characters_pass(twilio: Client) -> None:
    assert "24" == twilio.messages.create(to=HANAKO, from_="Tochigi", body="あ" * 1600).num_segments


def test_a_wrong_token_is_20003(emulator: Emulator) -> None:
    twilio = Client(emulator.config.twilio_account_sid, "wrong")
    twilio.api.base_url = emulator.url
    with pytest.raises(TwilioRestException) as error:
        create(twilio)
    twilio.http_client.session.close()
    assert (401, 20003) == (error.value.status, error.value.code)


def test_an_unknown_sid_is_20404(twilio: Client) -> None:
    with pytest.raises(TwilioRestException) as error:
        twilio.messages("SM" + "0" * 32).fetch()
    assert (404, 20404) == (error.value.status, error.value.code)


@pytest.mark.parametrize(
    ("to", "last", "code"),
    [
        ("+819055530003", "undelivered", "30003"),
        ("+819055530005", "undelivered", "30005"),
        ("+819055530006", "undelivered", "30006"),
        ("+819055530007", "undelivered", "30007"),
        ("+819055530008", "failed", "30008"),
    ],
)
def test_agreed_numbers_fail_after_they_were_accepted(
    emulator: Emulator, twilio: Client, counter: Counter, to: str, last: str, code: str
) -> None:
    sid = create(twilio, to, status_callback=counter.url + STATUS)
    emulator.settle()
    assert ["sent", last] == statuses(counter)
    assert code == counter.to(STATUS)[-1].form["ErrorCode"]
    assert (last, int(code)) == (twilio.messages(sid).fetch().status, twilio.messages(sid).fetch().error_code)
    assert [] == emulator.sms.inbox(to)


def test_a_silent_number_never_says_delivered(emulator: Emulator, twilio: Client, counter: Counter) -> None:
    create(twilio, "+819055530000", status_callback=counter.url + STATUS)
    emulator.settle()
    assert ["sent"] == statuses(counter)


def test_messages_are_found_by_recipient_and_day(emulator: Emulator, twilio: Client) -> None:
    first, second = create(twilio, body="first"), create(twilio, body="second")
    create(twilio, "+818023456789", body="other")
    emulator.settle()
    today = datetime.now(UTC).date()
    assert [second, first] == [m.sid for m in twilio.messages.list(to=HANAKO)]
    assert [second, first] == [m.sid for m in twilio.messages.list(to=HANAKO, date_sent=today)]
    assert [] == twilio.messages.list(to=HANAKO, date_sent_before=datetime(2023, 4, 5, tzinfo=UTC))
    assert 3 == len(twilio.messages.list(date_sent_after=datetime(2023, 4, 5, tzinfo=UTC)))


def test_pages_are_followed_by_the_sdk(twilio: Client) -> None:
    sids = [create(twilio, body=str(number)) for number in range(7)]
    assert sids[::-1] == [m.sid for m in twilio.messages.list(to=HANAKO, page_size=3)]


def test_a_body_can_be_redacted(emulator: Emulator, twilio: Client) -> None:
    sid = create(twilio)
    assert "" == twilio.messages(sid).update(body="").body
    assert "" == twilio.messages(sid).fetch().body


def test_what_people_text_back_is_handed_over_signed(emulator: Emulator, counter: Counter) -> None:
    emulator.sms.reply(HANAKO, "たすけて")
    emulator.settle()
    request = counter.to("/webhooks/twilio/inbound")[0]
    form = request.form
    assert (HANAKO, "+15005550006", "たすけて") == (form["From"], form["To"], form["Body"])
    validator = RequestValidator(emulator.config.twilio_auth_token)
    assert validator.validate(counter.url + request.path, form, request.headers["X-Twilio-Signature"])


def test_stop_and_start_work_as_at_twilio(emulator: Emulator, twilio: Client, counter: Counter) -> None:
    emulator.sms.reply(HANAKO, "stop")
    with pytest.raises(TwilioRestException) as error:
        create(twilio)
    assert 21610 == error.value.code
    emulator.sms.reply(HANAKO, "START")
    create(twilio)
    emulator.settle()
    assert ["STOP", "START"] == [r.form["OptOutType"] for r in counter.to("/webhooks/twilio/inbound")]


class TestCallbackRetries:
    def test_by_default_an_error_answer_loses_the_receipt(
        self, emulator: Emulator, twilio: Client, counter: Counter
    ) -> None:
        counter.statuses = [500, 500]
        create(twilio, status_callback=counter.url + STATUS)
        emulator.settle()
        assert ["sent", "delivered"] == statuses(counter)

    def test_the_url_can_ask_for_more_tries_with_the_same_idempotency_token(
        self, emulator: Emulator, twilio: Client, counter: Counter
    ) -> None:
        counter.statuses = [500]
        create(twilio, "+819055530000", status_callback=f"{counter.url}{STATUS}#rc=2&rp=5xx")
        emulator.settle()
        tokens = [request.headers["I-Twilio-Idempotency-Token"] for request in counter.to(STATUS)]
        assert (2, 1) == (len(tokens), len(set(tokens)))

    def test_receipts_survive_a_restart_of_the_emulator(self, config: EmulatorConfig, tmp_path: Path) -> None:
        kept = replace(config, store=str(tmp_path / "emulator.sqlite3"), sent_after=0.5, delivered_after=0.6)
        with counting() as counter:
            with running(kept) as emulator:
                twilio = Client(kept.twilio_account_sid, kept.twilio_auth_token)
                twilio.api.base_url = emulator.url
                sid = create(twilio, status_callback=counter.url + STATUS)
                twilio.http_client.session.close()
            with running(kept) as emulator:
                emulator.settle()
                assert [(sid, "delivered")] == [(m["id"], m["status"]) for m in emulator.sms.inbox(HANAKO)]
            assert ["sent", "delivered"] == statuses(counter)


class TestFaults:
    def test_an_answer_lost_after_the_effect_leaves_the_message(self, emulator: Emulator, twilio: Client) -> None:
        emulator.faults.set({"twilio.create": [{"do": "drop_after", "times": 1}]})
        with pytest.raises(requests.exceptions.ConnectionError):
            create(twilio)
        assert ["ポイント受取"] == [m.body for m in twilio.messages.list(to=HANAKO)]

    @pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
    def test_statuses_come_in_twilios_own_form(
        self, emulator: Emulator, twilio: Client, status: int, code: int
    ) -> None:
        emulator.faults.set({"twilio.create": [{"do": "status", "status": status}]})
        with pytest.raises(TwilioRestException) as error:
            create(twilio)
        assert (status, code) == (error.value.status, error.value.code)
        assert [] == twilio.messages.list(to=HANAKO)

    def test_receipts_come_doubled_late_or_not_at_all(
        self, emulator: Emulator, twilio: Client, counter: Counter
    ) -> None:
        emulator.faults.set({"twilio.callback": [{"do": "reorder", "seconds": 2, "times": 1}]})
        create(twilio, status_callback=counter.url + STATUS)
        emulator.settle()
        emulator.faults.set({"twilio.callback": [{"do": "duplicate"}]})
        create(twilio, "+819055530000", status_callback=counter.url + STATUS)
        emulator.settle()
        emulator.faults.set({"twilio.callback": [{"do": "drop"}]})
        create(twilio, status_callback=counter.url + STATUS)
        emulator.settle()
        assert ["delivered", "sent", "sent", "sent"] == statuses(counter)
        assert "delivered" == emulator.sms.inbox(HANAKO)[-1]["status"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [("x" * 160, 1), ("x" * 161, 2), ("{" * 80, 1), ("{" * 81, 2), ("あ" * 70, 1), ("あ" * 71, 2), ("あ" * 135, 3)],
)
def test_segments_are_counted_as_they_are_billed(body: str, expected: int) -> None:
    assert expected == segments(body)
