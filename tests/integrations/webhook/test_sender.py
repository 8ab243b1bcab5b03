"""Webhooks on the wire: signed as the standard has it, once a try, to the one address that is set."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from integrations.emulator.config import DEFAULT_WEBHOOK_SECRET, EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.webhook.sender import NotTaken, Webhook, WebhookConfig
from integrations.webhook.signing import signed_headers

KEY = base64.b64decode(DEFAULT_WEBHOOK_SECRET.removeprefix("whsec_"))
OTHER = b"another key of thirty-two bytes!"
BODY = b'{"type": "alarm.raised", "data": {}}'


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as found:
        yield found


def sender(url: str, *keys: bytes) -> closing[Webhook]:
    return closing(Webhook(WebhookConfig(url, keys or (KEY,))))


def test_a_signature_is_the_one_that_the_standard_shows() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', at=1614265330)
    assert {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    } == headers


def test_what_is_taken_is_told_once(emulator: Emulator) -> None:
    with sender(emulator.webhook_url) as webhook:
        webhook.post("one", BODY)
    assert [("one", 1, "alarm.raised")] == [
        (told.webhook_id, told.times, told.body["type"]) for told in emulator.office.all()
    ]


def test_while_a_secret_is_changed_a_receiver_may_know_either(emulator: Emulator) -> None:
    for keys in ((OTHER, KEY), (KEY, OTHER)):
        with sender(emulator.webhook_url, *keys) as webhook:
            webhook.post("one", BODY)
    assert [2] == [told.times for told in emulator.office.all()]


def test_a_wrong_secret_is_not_taken(emulator: Emulator) -> None:
    with sender(emulator.webhook_url, OTHER) as webhook, pytest.raises(NotTaken, match="401"):
        webhook.post("one", BODY)
    assert [] == emulator.office.all()


@pytest.mark.parametrize(
    ("fault", "reason", "arrived"),
    [
        ({"do": "status", "status": 500}, "500", 0),
        ({"do": "status_after", "status": 500}, "500", 1),
        ({"do": "drop_before"}, "broken", 0),
        ({"do": "drop_after"}, "broken", 1),
    ],
)
def test_what_is_not_known_to_be_taken_is_to_be_told_again(
    emulator: Emulator, fault: dict[str, object], reason: str, arrived: int
) -> None:
    emulator.faults.set({"office": [fault]})
    with sender(emulator.webhook_url) as webhook, pytest.raises(NotTaken, match=reason):
        webhook.post("one", BODY)
    assert arrived == len(emulator.office.all())


def test_a_receiver_says_when_to_come_again(emulator: Emulator) -> None:
    emulator.faults.set({"office": [{"do": "status", "status": 429}]})
    with sender(emulator.webhook_url) as webhook, pytest.raises(NotTaken) as refused:
        webhook.post("one", BODY)
    assert 1 == refused.value.retry_after


def test_nobody_there_is_no_error_of_another_kind() -> None:
    with sender("http://127.0.0.1:9/hook") as webhook, pytest.raises(NotTaken, match="connect"):
        webhook.post("one", BODY)


@contextmanager
def sends_elsewhere(to: str) -> Iterator[str]:
    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", to)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nobody_but_the_operator_says_where_to(emulator: Emulator) -> None:
    with sends_elsewhere(emulator.webhook_url) as url, sender(url) as webhook, pytest.raises(NotTaken, match="307"):
        webhook.post("one", BODY)
    assert [] == emulator.office.all()


def test_the_keys_are_shown_to_nobody() -> None:
    assert "key" not in repr(WebhookConfig("http://127.0.0.1:9/hook", (KEY,)))
