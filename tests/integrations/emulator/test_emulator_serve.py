"""The emulator as a process of its own, and its settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from integrations.emulator.config import EmulatorConfig, NotLoopback, SenselessSetting
from tests.integrations.emulator.counter import Counter

PROGRAM = (
    "from integrations.emulator.config import EmulatorConfig; "
    "from integrations.emulator.serve import serve; serve(EmulatorConfig.from_env())"
)
HANAKO = "U0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/emulator/phases", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def eventually(wanted: bool, url: str, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while answers(url) is not wanted and time.monotonic() < until:
        time.sleep(0.05)
    return answers(url) is wanted


@pytest.fixture
def served(counter: Counter, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """(the process, its address) of an emulator under granian."""
    port = free_port()
    env = {
        **os.environ,
        "EMULATOR_PORT": str(port),
        "EMULATOR_SMTP_PORT": str(free_port()),
        "EMULATOR_STORE": str(tmp_path / "emulator.sqlite3"),
        "COUNTER_URL": counter.url,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    assert eventually(True, url)
    yield process, url
    process.kill()
    process.wait(60)
    assert eventually(False, url)


def test_it_serves_delivers_and_stops_when_asked(served: tuple[subprocess.Popen[bytes], str], counter: Counter) -> None:
    process, url = served
    assert {"ok": True} == httpx.post(f"{url}/emulator/line/{HANAKO}/follow", json={}).json()
    until = time.monotonic() + 60
    while not counter.events and time.monotonic() < until:
        time.sleep(0.02)
    assert ["follow"] == [event["type"] for event in counter.events]
    process.send_signal(signal.SIGTERM)
    assert 0 == process.wait(60)
    assert eventually(False, url)


def test_nothing_of_it_outlives_a_kill(served: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = served
    process.kill()
    process.wait(60)
    assert eventually(False, url)


def test_granian_connections_can_be_cut_without_an_answer(served: tuple[subprocess.Popen[bytes], str]) -> None:
    _, url = served
    httpx.put(f"{url}/emulator/faults", json={"line.info": [{"do": "drop_before", "times": 1}]})
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/v2/bot/info")
    assert 401 == httpx.get(f"{url}/v2/bot/info").status_code


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "counter.example.jp", "::"])  # noqa: S104 - to be refused
def test_a_host_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(NotLoopback, match="EMULATOR_ALLOW_NON_LOOPBACK=1"):
        EmulatorConfig.from_env({"EMULATOR_HOST": host})
    assert host == EmulatorConfig.from_env({"EMULATOR_HOST": host, "EMULATOR_ALLOW_NON_LOOPBACK": "1"}).host


@pytest.mark.parametrize(
    ("name", "value"), [("EMULATOR_PORT", "http"), ("EMULATOR_SMTP_PORT", "65536"), ("EMULATOR_STRICT", "maybe")]
)
def test_a_senseless_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SenselessSetting, match=f"{name}={value}"):
        EmulatorConfig.from_env({name: value})


def test_settings_are_read_from_the_environment() -> None:
    config = EmulatorConfig.from_env(
        {
            "EMULATOR_PORT": "9100",
            "LINE_CHANNEL_SECRETS": "new, old",
            "EMULATOR_STRICT": "0",
            "COUNTER_URL": "http://localhost/",
        }
    )
    assert (9100, ("new", "old"), False, "http://localhost") == (
        config.port,
        config.line_channel_secrets,
        config.strict,
        config.counter_url,
    )
