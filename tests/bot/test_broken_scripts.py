"""A script that cannot go on: nothing is lost, staff get it with its version and key, the person is told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.app import create_app
from dialogs.engine import Desk
from dialogs.questions import PickOne
from dialogs.rules.campaign_versions import Campaigns
from dialogs.scripts import SCRIPTS
from tests.bot.web.counter import Browser, Counter, opened_counter, rows

TOLD = "申し訳ございません。こちらの不具合で"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        yield opened


def asks_twice(_: Desk) -> Any:
    yield PickOne(key="kind", options=("paper", "other"))
    yield PickOne(key="kind", options=("paper", "other"))


def stumbles(_: Desk) -> Any:
    yield PickOne(key="kind", options=("paper", "other"))
    raise KeyError("renamed")


def told(counter: Counter, *words: str) -> list[str]:
    return [said.text[: len(TOLD)] for taken in counter.line(*words) for said in taken.play.said]


def without_its_campaign(counter: Counter) -> None:
    """The counter is started again with another campaign alone."""
    another = replace(counter.parts.campaign, id="another")
    settings = counter.parts.settings.model_copy(update={"campaign": another.id})
    counter.parts = replace(counter.parts, campaigns=Campaigns([another]), settings=settings)
    counter.app = create_app(counter.parts)


@pytest.mark.parametrize(("script", "why"), [(asks_twice, "asked twice: kind"), (stumbles, "KeyError after kind")])
def test_a_script_that_breaks_hands_the_conversation_to_staff_and_tells_the_person_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, script: Any, why: str
) -> None:
    counter.line("こんにちは", "paper")
    monkeypatch.setitem(SCRIPTS["apply"], 1, script)
    assert [TOLD] == told(counter, "栃木県")
    assert [("queue", 3, "prefecture")] == rows(counter, "SELECT owner, turn, pending->>'key' FROM conversations")
    assert [("quarantined", why)] == rows(counter, "SELECT manner, outcome FROM turns WHERE turn = 3")
    assert [] == told(counter, "もしもし", "栃木県")


def test_a_script_that_is_here_no_more_is_told_like_one_that_breaks(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.line("こんにちは", "paper")
    monkeypatch.setitem(SCRIPTS, "apply", {2: SCRIPTS["apply"][1]})
    assert [TOLD] == told(counter, "栃木県", "もしもし", "ボットに戻る", "はい")
    assert [("queue", 1, "prefecture")] == rows(
        counter, "SELECT owner, script_version, pending->>'key' FROM conversations"
    )
    assert [("no script apply, version 1",)] == rows(counter, "SELECT outcome FROM turns WHERE turn = 3")


def test_a_conversation_whose_campaign_is_here_no_more_keeps_its_answers_for_staff(counter: Counter) -> None:
    counter.line("こんにちは", "paper", "09", "2023-02-24", "nothing", "none")
    without_its_campaign(counter)
    assert [TOLD] == told(counter, "もしもし", "状況")
    assert [("queue", "tochigi-2023-02", 2, True)] == rows(
        counter, "SELECT owner, campaign, campaign_version, answers IS NOT NULL FROM conversations"
    )
    assert [("no campaign tochigi-2023-02, version 2",)] == rows(counter, "SELECT outcome FROM turns WHERE turn = 7")


def test_the_page_of_such_a_conversation_says_that_staff_have_it(counter: Counter) -> None:
    page = Browser(counter).enter(counter.to_the_door())
    without_its_campaign(counter)
    page.client.application = counter.app
    assert "続きからご案内します" == page.get("/form").heading
    page.post(resume="1")
    assert "担当者が引き継ぎました" == page.heading
    assert TOLD in page.text
    assert TOLD not in page.get("/form").text
