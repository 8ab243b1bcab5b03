"""What people show to staff on LINE, through processes as they really run: fetched, seen, taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.bot.pictures import encoded, photo
from tests.journeys.house import House
from tests.journeys.player import Traveller, wait_until
from tests.journeys.test_with_staff import Agent, newest

PICTURE = encoded(photo())
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
FILE = re.compile(r'href="(/console/files/[0-9a-f-]+)"')


@pytest.fixture
def agent(house: House) -> Iterator[Agent]:
    with closing(Agent(house)) as found:
        yield found


def with_staff(traveller: Traveller) -> None:
    traveller.says("担当者", "ask.aside.person")
    traveller.says("はい", "to_person")


def test_a_photo_sent_before_and_a_file_sent_while_staff_have_it_are_seen_and_taken_back(
    house: House, traveller: Traveller, agent: Agent
) -> None:
    traveller.begins()
    shown = traveller.line.sends_image(PICTURE)
    traveller.hears("cannot_read.image")
    with_staff(traveller)
    conversation = newest(house, "line")
    agent.does(conversation, "move", do="take")
    traveller.line.sends_file(SVG, "image/svg+xml", "harmless.svg")
    wait_until(lambda: len(FILE.findall(agent.looks(conversation))) == 2)
    picture, drawing = (agent.browser.get(path) for path in FILE.findall(agent.text))
    assert (PICTURE, "image/jpeg") == (picture.content, picture.headers["Content-Type"])
    assert (SVG, "application/octet-stream", True) == (
        drawing.content,
        drawing.headers["Content-Type"],
        drawing.headers["Content-Disposition"].startswith("attachment"),
    )
    assert "sandbox" in drawing.headers["Content-Security-Policy"]
    preview = agent.browser.get(f"{FILE.findall(agent.text)[0]}/preview")
    assert "image/jpeg" == preview.headers["Content-Type"]
    assert [(2,)] == house.rows("SELECT count(*) FROM audit WHERE action = 'staff.file_opened'")
    traveller.line.unsends(shown)
    house.settle()
    assert "取り消されたか" in agent.looks(conversation)
    assert 1 == len(FILE.findall(agent.text))
    assert httpx.codes.NOT_FOUND == agent.browser.get(str(picture.url)).status_code


def test_words_taken_back_are_gone_from_the_page_and_the_record(
    house: House, traveller: Traveller, agent: Agent
) -> None:
    traveller.begins()
    with_staff(traveller)
    conversation = newest(house, "line")
    agent.does(conversation, "move", do="take")
    said = traveller.line.says("まちがえて送りました")
    house.settle()
    assert "まちがえて送りました" in agent.looks(conversation)
    traveller.line.unsends(said)
    house.settle()
    assert (0, 1) == (agent.looks(conversation).count("まちがえて送りました"), agent.text.count("取り消されたか"))
    assert {(None,)} == set(house.rows("SELECT payload FROM inbound WHERE message_id = %s", said))


def test_what_line_has_no_more_says_so(house: House, traveller: Traveller, agent: Agent) -> None:
    house.emulator.faults.set({"line.content": [{"do": "status", "status": 404}]})
    traveller.begins()
    with_staff(traveller)
    conversation = newest(house, "line")
    traveller.line.sends_image(PICTURE)
    wait_until(lambda: "LINEに残っていない" in agent.looks(conversation))


def test_a_video_that_line_makes_smaller_first_is_waited_for(house: House, traveller: Traveller, agent: Agent) -> None:
    house.emulator.faults.set({"line.content": [{"do": "status", "status": 202, "times": 3}]})
    traveller.begins()
    with_staff(traveller)
    conversation = newest(house, "line")
    traveller.line.sends_file(b"\x00\x00\x00\x18ftypmp42 a video", "video/mp4")
    wait_until(lambda: "ファイルを保存する" in agent.looks(conversation))
    assert "video/mp4" in agent.text


def test_an_older_photo_is_fetched_on_demand(house: House, traveller: Traveller, agent: Agent) -> None:
    traveller.begins()
    message = traveller.line.sends_image(PICTURE)
    traveller.hears("cannot_read.image")
    house.change("UPDATE inbound SET occurred_at = occurred_at - interval '2 days' WHERE message_id = %s", message)
    with_staff(traveller)
    conversation = newest(house, "line")
    agent.does(conversation, "move", do="take")
    (event,) = re.findall(r'name="event" value="([^"]+)"', agent.text)
    agent.does(conversation, "file", event=event)
    wait_until(lambda: len(FILE.findall(agent.looks(conversation))) == 1)
