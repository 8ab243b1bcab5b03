"""An emulator, a counter that it talks to, and the real SDKs pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, MessagingApiBlob
from twilio.rest import Client

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.integrations.emulator.counter import Counter, counting


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A counter that keeps what it is sent."""
    with counting() as found:
        yield found


@pytest.fixture
def config(counter: Counter) -> EmulatorConfig:
    """Quick redeliveries for a minute, and a deadline that no slow machine misses; everything else as usual."""
    return replace(EmulatorConfig(counter_url=counter.url), redelivery_waits=(0.05,) * 1200, webhook_deadline=60)


@pytest.fixture
def emulator(config: EmulatorConfig) -> Iterator[Emulator]:
    """A running emulator."""
    with running(config) as found:
        yield found


@pytest.fixture
def client(emulator: Emulator) -> Iterator[ApiClient]:
    """LINE's SDK, unchanged, with the emulator as its host."""
    with ApiClient(Configuration(host=emulator.url, access_token=emulator.config.line_channel_access_token)) as found:
        yield found
        found.rest_client.pool_manager.clear()


@pytest.fixture
def line(client: ApiClient) -> MessagingApi:
    """The Messaging API."""
    return MessagingApi(client)


@pytest.fixture
def blob(client: ApiClient) -> MessagingApiBlob:
    """The content endpoints."""
    return MessagingApiBlob(client)


@pytest.fixture
def twilio(emulator: Emulator) -> Iterator[Client]:
    """Twilio's SDK, unchanged, with the emulator as its host."""
    found = Client(emulator.config.twilio_account_sid, emulator.config.twilio_auth_token)
    found.api.base_url = emulator.url
    yield found
    found.http_client.session.close()
