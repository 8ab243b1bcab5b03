"""A script that breaks under a conversation: nothing is lost, staff get it, the person is told once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.store.db import autocommit
from dialogs.engine import Desk
from dialogs.questions import PickOne
from dialogs.scripts import SCRIPTS
from tests.bot.web.counter import Counter, opened_counter


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


def stand(counter: Counter) -> list[tuple[Any, ...]]:
    with autocommit(counter.parts.db) as connection:
        return connection.execute("SELECT owner, turn FROM conversations").fetchall()


@pytest.mark.parametrize("script", [asks_twice, stumbles])
def test_a_script_that_breaks_hands_the_conversation_to_staff_and_tells_the_person_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, script: Any
) -> None:
    counter.line("こんにちは", "paper")
    monkeypatch.setitem(SCRIPTS["apply"], 1, script)
    (told,) = counter.line("栃木県")
    assert ([("queue", 3)], 1) == (stand(counter), len(told.play.said))
    (unanswered,) = counter.line("もしもし")
    assert () == unanswered.play.said
