"""The endpoints that the phone page lives on."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from tests.integrations.emulator.counter import Counter

HANAKO = "U0a1b2c3d4e5f60718293a4b5c6d7e8f9"


@pytest.fixture
def page(emulator: Emulator) -> Iterator[httpx.Client]:
    """A page of the emulator's own origin."""
    with httpx.Client(base_url=emulator.url, headers={"Origin": emulator.url}, timeout=60) as found:
        yield found


def state(page: httpx.Client, since: int = 0, **more: Any) -> Any:
    return page.get("/emulator/state", params={"since": since, **more}).json()


def act(page: httpx.Client, name: str, body: dict[str, Any] | None = None) -> httpx.Response:
    return page.post(f"/emulator/line/{HANAKO}/{name}", json=body or {})


def test_three_people_are_there_at_the_start(page: httpx.Client) -> None:
    people = state(page)["people"]
    expected = {
        "id": HANAKO,
        "name": "山田 花子",
        "language": "ja",
        "friend": False,
        "blocked": False,
        "phone": "+819012345678",
        "mail": "hanako@example.jp",
        "unread": 0,
    }
    assert (3, expected) == (len(people), people[0])


def test_every_act_reaches_the_counter_as_its_event(page: httpx.Client, emulator: Emulator, counter: Counter) -> None:
    message_id = act(page, "text", {"text": "こんにちは"}).json()["id"]
    acts: list[tuple[str, dict[str, Any]]] = [
        ("follow", {}),
        ("sticker", {}),
        ("image", {}),
        ("location", {"latitude": 36.5, "longitude": 139.8}),
        ("postback", {"data": "a=1", "displayText": "はい"}),
        ("date", {"data": "trip", "params": {"date": "2023-02-24"}}),
        ("unsend", {"messageId": message_id}),
        ("block", {}),
    ]
    for name, body in acts:
        assert act(page, name, body).json()["ok"] is True
    emulator.settle()
    kinds = ["message", "follow", "message", "message", "message", "postback", "postback", "unsend", "unfollow"]
    assert kinds == [event["type"] for event in counter.events]


def test_state_gives_only_what_is_newer(page: httpx.Client) -> None:
    act(page, "text", {"text": "first"})
    seen = state(page)
    act(page, "text", {"text": "second"})
    newer = state(page, seen["seq"])
    assert ["first"] == [entry["message"]["text"] for entry in seen["line"][HANAKO]]
    assert ["second"] == [entry["message"]["text"] for entry in newer["line"][HANAKO]]
    assert {"seq", "id", "from", "at", "message", "via", "unsent"} == set(newer["line"][HANAKO][0])


def test_a_message_taken_back_is_told_again_in_its_old_place(page: httpx.Client) -> None:
    first = act(page, "text", {"text": "first"}).json()["id"]
    act(page, "text", {"text": "second"})
    seen = state(page)["seq"]
    act(page, "unsend", {"messageId": first})
    assert [(first, True)] == [(entry["id"], entry["unsent"]) for entry in state(page, seen)["line"][HANAKO]]
    assert ["first", "second"] == [entry["message"]["text"] for entry in state(page)["line"][HANAKO]]


def test_a_waiting_page_hears_of_the_next_change(page: httpx.Client, emulator: Emulator) -> None:
    seq = state(page)["seq"]
    timer = threading.Timer(0.2, lambda: emulator.line.person(HANAKO).says("こんにちは"))
    started = time.monotonic()
    timer.start()
    newer = state(page, seq, wait=25)
    timer.join()
    assert ["こんにちは"] == [entry["message"]["text"] for entry in newer["line"][HANAKO]]
    assert 0.2 <= time.monotonic() - started < 20


def test_too_many_waiting_pages_are_answered_at_once(page: httpx.Client, emulator: Emulator) -> None:
    url = f"{emulator.url}/emulator/state?since={state(page)['seq']}&wait=20"
    waiting = [threading.Thread(target=httpx.get, args=(url,), kwargs={"timeout": 60}) for _ in range(9)]
    started = time.monotonic()
    for thread in waiting:
        thread.start()
    while all(thread.is_alive() for thread in waiting):
        time.sleep(0.01)
    assert time.monotonic() - started < 15
    assert 8 == sum(thread.is_alive() for thread in waiting)
    emulator.line.person(HANAKO).says("こんにちは")
    for thread in waiting:
        thread.join()


def test_a_person_can_be_added(page: httpx.Client) -> None:
    new = {"name": "高橋 健", "language": "en", "phone": "+818011112222", "mail": "ken@example.jp"}
    added = page.post("/emulator/people", json=new).json()
    assert new | {"friend": False, "blocked": False, "unread": 0} == {k: v for k, v in added.items() if k != "id"}
    assert added == state(page)["people"][-1]


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "x", "phone": "090"}, {"name": "x", "mail": "x"}, {"name": "x", "language": "日本語"}],
)
def test_a_senseless_person_is_refused(page: httpx.Client, body: dict[str, str]) -> None:
    assert 400 == page.post("/emulator/people", json=body).status_code


def test_a_text_can_be_answered(page: httpx.Client, emulator: Emulator, counter: Counter) -> None:
    assert page.post("/emulator/sms/+819012345678/reply", json={"text": "はい"}).json()["ok"] is True
    emulator.settle()
    assert "はい" == counter.to("/webhooks/twilio/inbound")[0].form["Body"]
    shown = state(page)["sms"][0]
    assert {"seq", "id", "to", "from", "body", "at", "status", "direction"} == set(shown)
    assert ("inbound", "はい") == (shown["direction"], shown["body"])


def test_faults_are_set_and_shown(page: httpx.Client) -> None:
    faults = {"line.push": [{"do": "drop_after", "status": 500, "share": 0.1, "times": 5}], "seed": 3}
    assert faults == page.put("/emulator/faults", json=faults).json()
    assert faults == page.get("/emulator/faults").json() == state(page)["faults"]


@pytest.mark.parametrize(
    "faults",
    [
        {"line.push": [{"do": "dance"}]},
        {"webhook": [{"do": "drop_after"}]},
        {"elsewhere": []},
        {"line.push": {"do": "delay"}},
        {"line.push": [{"do": "delay", "share": 2}]},
        {"line.push": [{"do": "delay", "seconds": "long"}]},
        {"line.push": [{"do": "delay", "often": True}]},
    ],
)
def test_senseless_faults_are_refused(page: httpx.Client, faults: dict[str, Any]) -> None:
    answer = page.put("/emulator/faults", json=faults)
    assert 400 == answer.status_code
    assert {} == page.get("/emulator/faults").json()


def test_the_clock_moves_and_takes_the_counter_along(page: httpx.Client, counter: Counter) -> None:
    counter.clock = "2023-04-05T10:00:00+09:00"
    at = page.get("/emulator/phases").json()[3]["at"]
    answer = page.post("/emulator/clock", json={"at": at}).json()
    assert (True, at) == (answer["counter"], counter.clock)
    assert "2023-05-02T10:00:0" in state(page)["now"]


@pytest.mark.parametrize("body", [{"at": "tomorrow"}, {"at": "2023-05-02T10:00:00"}, {"speed": 0}, {"speed": "fast"}])
def test_a_senseless_time_is_refused(page: httpx.Client, body: dict[str, Any]) -> None:
    assert 400 == page.post("/emulator/clock", json=body).status_code


def test_the_phases_of_the_notice_are_offered(page: httpx.Client) -> None:
    days = [phase["at"][5:10] for phase in page.get("/emulator/phases").json()]
    assert ["03-10", "03-25", "04-05", "05-02", "06-01"] == days


def test_the_wire_shows_both_directions_without_secrets(page: httpx.Client, emulator: Emulator) -> None:
    act(page, "text", {"text": "こんにちは"})
    emulator.settle()
    secret = emulator.config.line_channel_access_token
    httpx.get(emulator.url + "/v2/bot/info", headers={"Authorization": f"Bearer {secret}"})
    form = {"grant_type": "client_credentials", "client_id": "1650000001", "client_secret": "0" * 32}
    httpx.post(emulator.url + "/oauth2/v3/token", data=form)
    wire = page.get("/emulator/wire")
    assert ["out", "in", "in"] == [exchange["direction"] for exchange in wire.json()]
    assert ("Bearer ****", True) == (
        wire.json()[1]["headers"]["Authorization"],
        "curl -X GET" in wire.json()[1]["curl"],
    )
    assert (False, False) == (secret in wire.text, "0" * 32 in wire.text)
    assert [] == page.get("/emulator/wire", params={"since": wire.json()[-1]["seq"]}).json()


def test_a_picture_is_shown(page: httpx.Client) -> None:
    act(page, "image")
    message = state(page)["line"][HANAKO][0]["message"]
    answer = page.get(message["previewImageUrl"])
    assert ("image/png", b"\x89PNG") == (answer.headers["Content-Type"], answer.content[:4])


@pytest.mark.parametrize(
    ("kind", "told"), [("application/pdf", "file"), ("video/mp4", "video"), ("audio/mp4", "audio"), ("", "file")]
)
def test_any_other_file_goes_as_line_would_send_it(page: httpx.Client, kind: str, told: str) -> None:
    act(page, "file", {"type": kind, "name": "slip.pdf", "data": base64.b64encode(b"a file").decode()})
    assert told == state(page)["line"][HANAKO][0]["message"]["type"]


@pytest.mark.parametrize("wrong", [{"type": "a/b\r\nX: y"}, {"data": "!"}])
def test_a_file_that_is_none_is_refused(page: httpx.Client, wrong: dict[str, str]) -> None:
    answer = page.post(f"/emulator/line/{HANAKO}/file", json={"type": "a/b", "data": "", **wrong})
    assert httpx.codes.BAD_REQUEST == answer.status_code


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/emulator/line/{HANAKO}/dance", {}, 404),
        ("/emulator/line/U1/text", {"text": "x"}, 404),
        (f"/emulator/line/{HANAKO}/text", {}, 400),
        (f"/emulator/line/{HANAKO}/text", {"text": "  "}, 409),
        (f"/emulator/line/{HANAKO}/unsend", {"messageId": "1"}, 409),
        (f"/emulator/line/{HANAKO}/date", {"data": "x", "params": ["y"]}, 400),
        ("/emulator/sms/hanako/reply", {"text": "x"}, 400),
        ("/emulator/quota", {"value": -1}, 400),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    page: httpx.Client, path: str, body: dict[str, Any], status: int
) -> None:
    answer = page.post(path, json=body)
    assert (status, {"error"}) == (answer.status_code, set(answer.json()))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_other_hosts_and_origins_are_refused(emulator: Emulator, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{emulator.url}/emulator/line/{HANAKO}/follow", json={}, headers=headers)
    assert 403 == answer.status_code
    assert [] == emulator.line.person(HANAKO).messages


def test_all_is_there_after_a_restart(config: EmulatorConfig, tmp_path: Path) -> None:
    kept = replace(config, store=str(tmp_path / "emulator.sqlite3"))
    shown: list[dict[str, Any]] = []
    for _ in range(2):
        with running(kept) as emulator, httpx.Client(base_url=emulator.url) as page:
            if not shown:
                act(page, "follow")
                act(page, "text", {"text": "こんにちは"})
                page.post("/emulator/sms/+819012345678/reply", json={"text": "はい"})
            found = state(page)
            shown.append({name: found[name] for name in ("people", "line", "sms", "mail", "quota")})
    assert shown[0] == shown[1]
