"""Trying the counter: made-up settings that last, and ports that are named when they are taken."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.local.engines import Engines
from bot.local.try_out import CannotTry, _children, check_ports, trial_values
from bot.local.try_settings import try_settings
from bot.settings import settings_from
from bot.settings_checks import is_loopback


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_made_up_settings_are_the_same_after_a_restart(tmp_path: Path) -> None:
    assert try_settings(tmp_path / "data") == try_settings(tmp_path / "data")
    assert try_settings(tmp_path / "data")["SECRET_KEYS"] != try_settings(tmp_path / "other")["SECRET_KEYS"]


def test_made_up_settings_make_sense_and_reach_this_machine_only(tmp_path: Path) -> None:
    settings = settings_from(try_settings(tmp_path, port=8010, emulator_port=9010))
    assert "demo" == settings.clock
    assert settings.smtp_url
    reached = (
        settings.public_base_url,
        settings.line_api_base,
        settings.twilio_api_base,
        settings.smtp_url.get_secret_value(),
    )
    assert all(map(is_loopback, reached))


def test_made_up_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    try_settings(tmp_path)
    assert 0o600 == stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode)


def test_real_credentials_around_it_are_not_used_in_a_try(tmp_path: Path) -> None:
    real = dict.fromkeys(("LINE_CHANNEL_ID", "TWILIO_AUTH_TOKEN", "SMTP_URL", "LINE_API_BASE", "CLAIMS_URL"), "genuine")
    values = trial_values({**real, "DATA_DIR": str(tmp_path), "PORT": "8010"})
    assert "genuine" not in values.values()
    assert "http://127.0.0.1:8010" == values["PUBLIC_BASE_URL"]


def test_what_a_try_does_not_make_up_is_not_handed_to_its_processes_either(tmp_path: Path) -> None:
    real = dict.fromkeys(("CHATWOOT_URL", "CHATWOOT_API_TOKEN", "VONAGE_API_KEY", "SMTP_URL"), "genuine")
    around = {**real, "PATH": "/bin", "DATA_DIR": str(tmp_path)}
    for child in _children(trial_values(around), Engines("postgresql://", "redis://"), around):
        assert ("/bin", False) == (child.environment["PATH"], "genuine" in child.environment.values())


def test_the_emulator_plays_an_outside_desk_where_that_is_wanted_and_nowhere_else(tmp_path: Path) -> None:
    asked = {"DATA_DIR": str(tmp_path), "EMULATOR_PORT": "9010"}
    assert "CHATWOOT_URL" not in trial_values(asked)
    wanted = settings_from(trial_values({**asked, "TRY_CHATWOOT": "1"}))
    assert ("http://127.0.0.1:9010", 1) == (wanted.chatwoot_url, wanted.chatwoot_inbox)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.mark.parametrize("variable", ["PORT", "EMULATOR_PORT"])
def test_a_taken_port_is_named_with_its_variable(taken_port: int, variable: str, tmp_path: Path) -> None:
    free = {"PORT": str(free_port()), "EMULATOR_PORT": str(free_port())}
    values = trial_values({**free, "DATA_DIR": str(tmp_path), variable: str(taken_port)})
    with pytest.raises(CannotTry, match=rf"Port {taken_port} is taken .* {variable}=\d+ make run"):
        check_ports(settings_from(values))


def test_two_ports_that_collide_are_refused(tmp_path: Path) -> None:
    values = trial_values({"DATA_DIR": str(tmp_path), "PORT": "19035", "EMULATOR_PORT": "19010"})
    with pytest.raises(CannotTry, match="collide"):
        check_ports(settings_from(values))
