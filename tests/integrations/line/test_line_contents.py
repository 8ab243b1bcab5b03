"""Pictures from LINE: fetched while they are there, never more than can be held, never waited for too long."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from integrations.channel import GivesContent, KnowsLanguage, NoContent, ShowsLoading
from integrations.emulator.config import EmulatorConfig
from integrations.emulator.fixture import Emulator, running
from integrations.line import LineChannel, LineConfig
from integrations.line import contents as limits
from integrations.line.contents import MOST_BYTES, PATIENCE_SECONDS
from tests.integrations.line.far_side import Answer, FarSide

PICTURE = b"\xff\xd8\xff\xe0 a photo \x00\xff"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with running(EmulatorConfig()) as standing:
        yield standing


@pytest.fixture
def beside(emulator: Emulator) -> Iterator[LineChannel]:
    """The channel beside the emulator, with tokens of its own issuing."""
    config = emulator.config
    opened = LineChannel(LineConfig(config.line_channel_id, config.line_channel_secrets, "", emulator.url))
    yield opened
    opened.close()


def why(channel: LineChannel, message_id: str, *, seconds: float = PATIENCE_SECONDS) -> str:
    with pytest.raises(NoContent) as refused:
        channel.content(message_id, seconds=seconds)
    return refused.value.why


def test_line_can_all_that_is_asked_of_a_channel_beside_sending(channel: LineChannel) -> None:
    assert isinstance(channel, GivesContent)
    assert isinstance(channel, ShowsLoading)
    assert isinstance(channel, KnowsLanguage)


def test_the_picture_comes_as_it_was_sent(emulator: Emulator, beside: LineChannel) -> None:
    assert PICTURE == beside.content(emulator.line.person().sends_image(PICTURE))


def test_a_picture_that_is_not_ready_yet_is_asked_for_again(emulator: Emulator, beside: LineChannel) -> None:
    message_id = emulator.line.person().sends_image(PICTURE)
    emulator.faults.set({"line.content": [{"do": "status", "status": 202, "times": 2}]})
    assert PICTURE == beside.content(message_id)


def test_a_picture_that_never_gets_ready_is_not_waited_for(emulator: Emulator, beside: LineChannel) -> None:
    message_id = emulator.line.person().sends_image(PICTURE)
    emulator.faults.set({"line.content": [{"do": "status", "status": 202}]})
    began = time.monotonic()
    assert "later" == why(beside, message_id, seconds=0.7)
    assert time.monotonic() - began < 60


def test_a_picture_that_was_taken_back_is_gone(emulator: Emulator, beside: LineChannel) -> None:
    person = emulator.line.person()
    message_id = person.sends_image(PICTURE)
    person.unsends(message_id)
    assert "gone" == why(beside, message_id)


@pytest.mark.parametrize("message_id", ["500000000000000000", "", "../../bot/info", "１２"])
def test_what_is_no_message_of_theirs_is_gone(beside: LineChannel, message_id: str) -> None:
    assert "gone" == why(beside, message_id)


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 429}, {"status": 401}])
def test_trouble_at_line_is_for_later(emulator: Emulator, beside: LineChannel, trouble: dict[str, int]) -> None:
    message_id = emulator.line.person().sends_image(PICTURE)
    emulator.faults.set({"line.content": [{"do": "status", **trouble, "times": 1}]})
    assert "later" == why(beside, message_id)
    assert PICTURE == beside.content(message_id)


def test_a_broken_connection_is_for_later(emulator: Emulator, beside: LineChannel) -> None:
    message_id = emulator.line.person().sends_image(PICTURE)
    emulator.faults.set({"line.content": [{"do": "drop_before", "times": 1}]})
    assert "later" == why(beside, message_id)
    assert PICTURE == beside.content(message_id)


def test_a_silent_line_is_left_waiting(
    channel: LineChannel, far_side: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "READ_SECONDS", 0.2)
    far_side.answers.append(Answer(held=True))
    assert "later" == why(channel, "1")


def test_more_than_can_be_held_is_not_taken_in(channel: LineChannel, far_side: FarSide) -> None:
    far_side.answers.append(Answer(body=bytes(MOST_BYTES)))
    assert MOST_BYTES == len(channel.content("1"))
    far_side.answers.append(Answer(body=bytes(MOST_BYTES + 1)))
    assert "too_big" == why(channel, "1")
    far_side.answers.append(Answer(body=bytes(MOST_BYTES + 1)))
    assert MOST_BYTES + 1 == len(channel.content("1", most_bytes=MOST_BYTES + 1))


def test_a_stream_that_drips_is_given_up(channel: LineChannel, far_side: FarSide) -> None:
    far_side.answers.append(Answer(body=PICTURE))
    assert "later" == why(channel, "1", seconds=-1.0)


def test_after_a_silent_profile_nobody_else_waits_for_theirs(impatient: LineChannel, far_side: FarSide) -> None:
    far_side.answers.append(Answer(held=True))
    assert [None] * 20 == [impatient.profile_language(f"U{number:032x}") for number in range(20)]
    assert 1 == len(far_side.requests)


def test_who_has_no_profile_keeps_nobody_from_theirs(emulator: Emulator, beside: LineChannel) -> None:
    hanako = emulator.line.person(language="en")
    hanako.follow()
    assert beside.profile_language("U" + "0" * 32) is None
    assert "en" == beside.profile_language(hanako.id)
