"""Rich menus at the emulated LINE: its limits, and its answers to what it does not take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import running

Menu = dict[str, Any]


def picture(width: int = 800, height: int = 400, form: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), "#0B5D3B").save(written, form)
    return written.getvalue()


def area(x: int = 0, y: int = 0, width: int = 400, height: int = 400, **action: Any) -> Menu:
    bounds = {"x": x, "y": y, "width": width, "height": height}
    return {"bounds": bounds, "action": {"type": "message", "text": "状況"} | action}


def menu(width: int = 800, height: int = 400, **other: Any) -> Menu:
    usual = {"selected": True, "name": "menu", "chatBarText": "メニュー", "areas": [area()]}
    return {"size": {"width": width, "height": height}} | usual | other


@pytest.fixture
def config(tmp_path: Path) -> EmulatorConfig:
    return EmulatorConfig(store=str(tmp_path / "emulator.sqlite3"))


@pytest.fixture
def line(config: EmulatorConfig) -> Iterator[httpx.Client]:
    with running(config) as emulator, _client(emulator.url, config) as client:
        yield client


def _client(url: str, config: EmulatorConfig) -> httpx.Client:
    headers = {"Authorization": f"Bearer {config.line_channel_access_token}"}
    return httpx.Client(base_url=f"{url}/v2/bot", headers=headers, trust_env=False)


def made(line: httpx.Client, body: Menu | None = None) -> str:
    return str(line.post("/richmenu", json=body or menu()).json()["richMenuId"])


def upload(line: httpx.Client, menu_id: str, data: bytes, kind: str = "image/png") -> httpx.Response:
    return line.post(f"/richmenu/{menu_id}/content", content=data, headers={"Content-Type": kind})


TAKEN = {
    "the largest": menu(2500, 1686),
    "the smallest": menu(800, 250, areas=[]),
    "a name of 300": menu(name="あ" * 300),
    "a bar of 14": menu(chatBarText="👨‍👩‍👧" * 14),
    "20 areas": menu(areas=[area()] * 20),
    "no area": menu(areas=[]),
    "a label of 20": menu(areas=[area(label="あ" * 20)]),
}
REFUSED = {
    "too wide": (menu(2501, 1686), "size.width"),
    "too narrow": (menu(799, 400), "size.width"),
    "too low": (menu(800, 249), "size.height"),
    "too tall for its width": (menu(800, 600), "size"),
    "a name of 301": (menu(name="あ" * 301), "name"),
    "a bar of 15": (menu(chatBarText="あ" * 15), "chatBarText"),
    "21 areas": (menu(areas=[area()] * 21), "areas"),
    "an area outside": (menu(areas=[area(x=401)]), "areas[0].bounds"),
    "an area without bounds": (menu(areas=[{"action": {"type": "message", "text": "x"}}]), "areas[0].bounds"),
    "an area without an action": (menu(areas=[{"bounds": area()["bounds"]}]), "areas[0].action"),
    "a label of 21": (menu(areas=[area(label="あ" * 21)]), "areas[0].action.label"),
    "a text of 301": (menu(areas=[area(text="あ" * 301)]), "areas[0].action.text"),
    "a camera": (menu(areas=[area(type="camera")]), "areas[0].action.type"),
    "selected is missing": ({name: value for name, value in menu().items() if name != "selected"}, "selected"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_within_the_limits_is_taken(line: httpx.Client, case: str) -> None:
    assert TAKEN[case] == {
        k: v for k, v in line.get(f"/richmenu/{made(line, TAKEN[case])}").json().items() if k in menu()
    }


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_beyond_a_limit_is_refused_with_its_property(line: httpx.Client, case: str) -> None:
    body, where = REFUSED[case]
    answer = line.post("/richmenu", json=body)
    assert 400 == answer.status_code
    assert where in [detail["property"] for detail in answer.json()["details"]]


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_of_the_menus_own_size_is_taken_once(line: httpx.Client, form: str) -> None:
    menu_id, data, kind = made(line), picture(form=form), f"image/{form.lower()}"
    assert 200 == upload(line, menu_id, data, kind).status_code
    assert data == line.get(f"/richmenu/{menu_id}/content").content
    assert 400 == upload(line, menu_id, data, kind).status_code


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (picture(801, 400), "image/png", 400),
        (picture(), "image/jpeg", 400),
        (picture(), "image/gif", 415),
        (b"no picture", "image/png", 400),
        (picture() + bytes(1024 * 1024), "image/png", 413),
    ],
    ids=["another size", "another form than said", "a form that LINE does not take", "no picture", "over a megabyte"],
)
def test_another_picture_is_refused(line: httpx.Client, data: bytes, kind: str, status: int) -> None:
    assert status == upload(line, made(line), data, kind).status_code


def test_only_a_menu_with_a_picture_is_shown_to_everybody(line: httpx.Client) -> None:
    menu_id = made(line)
    assert 404 == line.get("/user/all/richmenu").status_code
    assert 400 == line.post(f"/user/all/richmenu/{menu_id}").status_code
    upload(line, menu_id, picture())
    assert 200 == line.post(f"/user/all/richmenu/{menu_id}").status_code
    assert {"richMenuId": menu_id} == line.get("/user/all/richmenu").json()
    line.delete("/user/all/richmenu")
    assert 404 == line.get("/user/all/richmenu").status_code


def test_a_menu_that_is_deleted_is_shown_to_nobody(line: httpx.Client) -> None:
    menu_id = made(line)
    upload(line, menu_id, picture())
    line.post(f"/user/all/richmenu/{menu_id}")
    assert 200 == line.delete(f"/richmenu/{menu_id}").status_code
    assert [404, 404] == [line.get(path).status_code for path in ("/user/all/richmenu", f"/richmenu/{menu_id}")]
    assert {"richmenus": []} == line.get("/richmenu/list").json()
    assert 404 == line.delete(f"/richmenu/{menu_id}").status_code


def test_the_menu_is_there_after_a_restart(config: EmulatorConfig) -> None:
    with running(config) as emulator, _client(emulator.url, config) as line:
        menu_id = made(line)
        upload(line, menu_id, picture())
        line.post(f"/user/all/richmenu/{menu_id}")
    with running(replace(config)) as emulator:
        shown = emulator.menus.shown()
        assert shown
        assert menu_id == shown["richMenuId"]
        address = f"{emulator.url}{shown['picture']}"
        assert picture() == httpx.get(address, trust_env=False).content
