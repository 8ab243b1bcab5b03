"""Recorded conversations, each played again by today's counter, word for word (design, rule 14).

REFRESH_RECORDED=1 writes what was said anew: read the difference. What was stored in the middle of each is written
once and never refreshed: it is what people's conversations looked like when they began.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.conversation import take_turn
from bot.local.engines import Engines
from bot.own_words import own_payload
from bot.recalling import state_of
from bot.store import conversations, inbound
from bot.store.conversations import Conversation
from bot.store.inbound import Kept
from dialogs.message import Address, Inbound
from tests.journeys.recording import Middle, answers_of, put_back, record
from tests.journeys.studio import House, Studio, open_studio
from tests.journeys.tape import read_tape

RECORDED = Path(__file__).parent / "recorded"
TAPES = sorted(RECORDED.glob("*.txt"))
MIDDLES = sorted(RECORDED.glob("*.json"))
REFRESH = bool(os.environ.get("REFRESH_RECORDED"))


# Questions that a version has come to ask since conversations were stored under it: these go on with them, and then.
ASKED_SINCE = ("trouble.begin",)


@pytest.fixture(scope="module")
def studio(engines: Engines, module_database: str) -> Iterator[Studio]:
    with open_studio(module_database, engines.redis_url) as opened:
        yield opened


@pytest.mark.parametrize("path", TAPES, ids=lambda path: path.stem)
def test_the_counter_says_today_what_it_said_when_it_was_recorded(studio: Studio, path: Path) -> None:
    played, middle = record(studio, read_tape(path))
    stored = path.with_suffix(".json")
    if middle and not stored.exists() and REFRESH:
        middle.write(stored)
    if REFRESH:
        path.write_text(played.text, "utf-8")
    assert path.read_text("utf-8") == played.text
    assert stored.exists() == (middle is not None)


@pytest.mark.parametrize("path", MIDDLES, ids=lambda path: path.stem)
def test_a_conversation_stored_then_goes_on_today_with_its_answers_and_its_question(studio: Studio, path: Path) -> None:
    middle = Middle.read(path)
    house = studio.house(middle.row["campaign"], "")
    before = put_back(house, middle, person=SOMEBODY, address=[middle.row["channel"], USER])
    studio.move(house, datetime.fromisoformat(middle.at) + timedelta(minutes=1))

    manner = come_back(house, before)

    after = conversations.by_id(house.parts.db, before.id)
    assert after
    assert "returned" == manner
    assert state_of(house.parts, after).pending.key in (middle.asks, *ASKED_SINCE)
    assert answers_of(state_of(house.parts, before)) == answers_of(state_of(house.parts, after))
    assert "bot" == after.owner


SOMEBODY, USER = b"somebody", "U" + "0" * 32


def come_back(house: House, conversation: Conversation) -> str:
    """They look in again by the door they had come by; how that was taken."""
    now = house.parts.clock.now()
    said = Inbound("again", Address(conversation.channel, USER), now, "follow")
    payload = house.parts.vault.seal(own_payload(said), "inbound.payload")
    kept = Kept("web", said.event_id, SOMEBODY, now, payload, conversation.id)
    inbound.keep(house.parts.db, [kept], received_at=now, leased=True)
    (event,) = inbound.waiting(house.parts.db, SOMEBODY, channel="web")
    taken = take_turn(house.parts, event)
    assert taken
    assert taken.play.reaction
    return taken.play.reaction.manner


def test_nothing_lies_among_the_recordings_that_is_not_played() -> None:
    played = {file.stem for file in TAPES}
    assert [] == [file.name for file in RECORDED.iterdir() if file.suffix not in (".txt", ".json")]
    assert [] == [file.name for file in MIDDLES if file.stem not in played]
