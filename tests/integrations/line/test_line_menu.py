"""The rich menu at the emulated LINE: made once, seen by everybody, and nothing of it is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dialogs.menu import AREAS, BAR
from integrations.channel import Misconfigured, SendLater
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.line import LineChannel, LineConfig, menu_picture
from integrations.line.menu_picture import HEIGHT, WIDTH, NoFont, boxes, draw_menu


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as standing:
        yield standing


@pytest.fixture
def line(emulator: Emulator) -> Iterator[LineChannel]:
    """The channel beside the emulator."""
    config = emulator.config
    opened = LineChannel(LineConfig(config.line_channel_id, config.line_channel_secrets, "", emulator.url))
    yield opened
    opened.close()


def methods(emulator: Emulator) -> list[str]:
    """What was asked of LINE after the last look, tokens aside."""
    return [row["method"] for row in emulator.wire if "/oauth2/" not in row["url"]]


def test_everybody_sees_the_menu_with_its_six_areas(emulator: Emulator, line: LineChannel) -> None:
    published = line.menus.publish(AREAS, bar=BAR)
    assert (True, 0) == (published.is_new, published.removed)
    shown = emulator.menus.shown()
    assert shown
    assert published.menu_id == shown["richMenuId"]
    assert [area.says for area in AREAS] == [area["action"]["text"] for area in shown["areas"]]
    assert (BAR, True) == (shown["chatBarText"], shown["selected"])


def test_the_same_menu_again_changes_nothing(emulator: Emulator, line: LineChannel) -> None:
    first = line.menus.publish(AREAS, bar=BAR)
    before = len(methods(emulator))
    second = line.menus.publish(AREAS, bar=BAR)
    assert (first.menu_id, False, 0) == (second.menu_id, second.is_new, second.removed)
    assert ["GET", "GET"] == methods(emulator)[before:]


def test_another_menu_takes_its_place_and_the_old_one_goes(emulator: Emulator, line: LineChannel) -> None:
    first = line.menus.publish(AREAS, bar=BAR)
    changed = (replace(AREAS[0], title="申請"), *AREAS[1:])
    second = line.menus.publish(changed, bar=BAR)
    assert (True, 1) == (second.is_new, second.removed)
    assert [second.menu_id] == [menu["richMenuId"] for menu in emulator.menus.all()]
    assert first.menu_id != emulator.menus.default


def test_menus_of_others_in_the_account_are_left_alone(emulator: Emulator, line: LineChannel) -> None:
    others = {"size": {"width": 2500, "height": 843}, "selected": False, "name": "OA", "chatBarText": "他", "areas": []}
    theirs = emulator.menus.create(others)
    line.menus.publish(AREAS, bar=BAR)
    assert theirs in [menu["richMenuId"] for menu in emulator.menus.all()]


@pytest.mark.parametrize("broken", ["line.upload_menu", "line.set_default_menu"])
def test_what_was_begun_and_broke_is_finished_by_the_next_try(
    emulator: Emulator, line: LineChannel, broken: str
) -> None:
    emulator.faults.set({broken: [{"do": "status", "status": 500, "times": 1}]})
    with pytest.raises(SendLater):
        line.menus.publish(AREAS, bar=BAR)
    published = line.menus.publish(AREAS, bar=BAR)
    assert (True, 1) == (published.is_new, published.removed)
    assert [published.menu_id] == [menu["richMenuId"] for menu in emulator.menus.all()]
    assert published.menu_id == emulator.menus.default


def test_a_key_that_line_refuses_is_told(emulator: Emulator) -> None:
    line = LineChannel(LineConfig("1", ("secret",), "no such token", emulator.url))
    with pytest.raises(Misconfigured):
        line.menus.publish(AREAS, bar=BAR)
    line.close()


def test_the_picture_is_what_line_takes() -> None:
    picture = draw_menu(AREAS)
    assert picture == draw_menu(AREAS)
    assert len(picture) < 1024 * 1024 / 4
    with Image.open(BytesIO(picture)) as drawn:
        assert ("PNG", (WIDTH, HEIGHT)) == (drawn.format, drawn.size)
        # Something is written on every area.
        for x, y, width, height in boxes():
            inside = drawn.convert("L").crop((x + 20, y + 20, x + width - 20, y + height - 20))
            assert inside.getextrema()[0] < 100


def test_the_areas_cover_the_picture_without_a_gap() -> None:
    assert WIDTH * HEIGHT == sum(width * height for _, _, width, height in boxes())
    assert {(WIDTH, HEIGHT)} == {(max(x + w for x, _, w, _ in boxes()), max(y + h for _, y, _, h in boxes()))}


def test_without_a_font_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(menu_picture, "FONT_FOLDERS", (str(tmp_path),))
    with pytest.raises(NoFont, match="fonts-noto-cjk"):
        draw_menu(AREAS)
