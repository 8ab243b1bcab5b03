"""The menu below the chat in a try: six areas for a newcomer, and a start that goes on without them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.local.try_menu import show_menu
from bot.local.try_settings import try_settings
from bot.settings import Settings, settings_from
from dialogs.menu import AREAS
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.line import menu_picture

PATIENCE = 60.0


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as standing:
        yield standing


def tried(tmp_path: Path, *, port: int, config: EmulatorConfig | None = None) -> Settings:
    """The settings of a try whose emulator listens there, known to it as the emulator's own account is."""
    config = config or EmulatorConfig()
    known = {"LINE_CHANNEL_ID": config.line_channel_id, "LINE_CHANNEL_SECRETS": ",".join(config.line_channel_secrets)}
    return settings_from({**try_settings(tmp_path, emulator_port=port), **known})


def told(settings: Settings) -> list[str]:
    """What is said while the menu is shown."""
    said: list[str] = []
    show_menu(settings, said.append).join(PATIENCE)
    return said


def test_a_newcomer_sees_the_six_areas_and_the_next_start_leaves_them_as_they_are(
    emulator: Emulator, tmp_path: Path
) -> None:
    settings = tried(tmp_path, port=emulator.port, config=emulator.config)
    assert [] == told(settings)
    shown = emulator.menus.shown()
    assert shown
    assert [area.says for area in AREAS] == [area["action"]["text"] for area in shown["areas"]]
    assert [] == told(settings)
    assert shown == emulator.menus.shown()


def test_without_a_font_it_is_said_in_one_line_and_nothing_breaks(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(menu_picture, "FONT_FOLDERS", ())
    [line] = told(tried(tmp_path, port=emulator.port, config=emulator.config))
    assert "no menu below the chat" in line
    assert emulator.menus.shown() is None


def test_an_emulator_that_is_away_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    [line] = told(tried(tmp_path, port=port))
    assert "unreachable" in line


def test_the_start_does_not_wait_for_an_emulator_that_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        showing = show_menu(tried(tmp_path, port=silent.getsockname()[1]), lambda line: None)
        assert time.monotonic() - began < 5
        assert showing.daemon
