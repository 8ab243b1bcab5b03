"""Pictures and files for staff: wanted once, fetched while the provider has them, kept sealed, gone when taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot import received
from bot.store import erasure, received_files
from bot.store.db import autocommit
from bot.store.received_files import MOST_OF_ONE
from bot.store.staff import Member
from integrations.channel import NoContent
from tests.bot.handoff_house import conversation, handed_over, run, taken
from tests.bot.pictures import encoded, photo
from tests.bot.web.counter import Counter, rows

IMAGE = {"type": "image", "id": "700", "contentProvider": {"type": "line"}}
STATES = "SELECT state, reason FROM received_files ORDER BY id"


def line_gives(counter: Counter, monkeypatch: pytest.MonkeyPatch, given: bytes | str) -> None:
    """What the content endpoint answers; a word is why it gives nothing."""

    def content(message_id: str, **_: object) -> bytes:
        if isinstance(given, str):
            raise NoContent(given)
        return given

    monkeypatch.setattr(counter.parts.channels["line"], "content", content)


def test_what_is_shown_to_the_bot_alone_is_wanted_by_nobody(counter: Counter) -> None:
    counter.line("こんにちは")
    counter.shows(IMAGE)
    assert [] == rows(counter, STATES)


def test_what_was_shown_shortly_before_is_wanted_with_the_conversation_and_nothing_older(counter: Counter) -> None:
    counter.line("こんにちは")
    counter.shows(IMAGE)
    counter.shows({**IMAGE, "id": "701"})
    run(counter, "UPDATE inbound SET occurred_at = occurred_at - interval '25 hours' WHERE message_id = '700'")
    handed_over(counter, "こんにちは")
    found = rows(counter, "SELECT i.message_id FROM received_files f JOIN inbound i ON i.id = f.inbound")
    assert [("701",)] == found


def test_of_a_flood_of_a_day_the_newest_are_looked_through_alone(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "MOST_BEFORE", 3)
    counter.line("こんにちは")
    for number in range(4):
        counter.shows({**IMAGE, "id": str(700 + number)})
    handed_over(counter, "こんにちは")
    found = rows(counter, "SELECT i.message_id FROM received_files f JOIN inbound i ON i.id = f.inbound")
    assert [("703",)] == found


def test_while_staff_have_it_every_picture_and_file_is_wanted_once_and_no_place(
    counter: Counter, ichiro: Member
) -> None:
    taken(counter, ichiro)
    for message in (IMAGE, {"type": "video", "id": "702"}, {"type": "file", "id": "703"}):
        counter.shows(message)
    counter.shows({"type": "location", "id": "704", "title": "宇都宮駅", "latitude": 36.5, "longitude": 139.8})
    assert [("wanted", "")] * 3 == rows(counter, STATES)


def test_it_is_kept_sealed_with_a_small_picture(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter, ichiro)
    counter.shows(IMAGE)
    picture = encoded(photo())
    line_gives(counter, monkeypatch, picture)
    assert (True, False) == (received.fetch_next(counter.parts), received.fetch_next(counter.parts))
    ((kind, size, content, preview),) = rows(counter, "SELECT kind, size, content, preview FROM received_files")
    assert ("image/jpeg", len(picture)) == (kind, size)
    assert (False, False) == (picture[:64] in bytes(content), b"\xff\xd8\xff" in bytes(preview))
    assert picture == counter.parts.vault.open(content, "received_files.content")


@pytest.mark.parametrize("why", ["gone", "too_big"])
def test_what_cannot_be_had_any_more_is_said(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    taken(counter, ichiro)
    counter.shows(IMAGE)
    line_gives(counter, monkeypatch, why)
    received.fetch_next(counter.parts)
    assert [("lost", why)] == rows(counter, STATES)


def test_what_is_not_ready_is_asked_for_again_with_growing_pauses_and_not_for_ever(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter, ichiro)
    counter.shows(IMAGE)
    line_gives(counter, monkeypatch, "later")
    pauses = []
    for _ in range(received.MOST_TRIES):
        assert received.fetch_next(counter.parts)
        assert not received.fetch_next(counter.parts)
        pauses += rows(counter, "SELECT round(extract(epoch FROM due_at - now()) / 30) FROM received_files")
        run(counter, "UPDATE received_files SET due_at = now()")
    assert [(2**tries,) for tries in range(received.MOST_TRIES)] == pauses
    assert [("lost", "later")] == rows(counter, STATES)


def test_taken_back_it_is_erased_also_while_it_is_being_fetched(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter, ichiro)
    counter.shows(IMAGE)
    line_gives(counter, monkeypatch, encoded(photo()))
    received.fetch_next(counter.parts)
    counter.shows({**IMAGE, "id": "701"})

    def taken_back(message_id: str, **_: object) -> bytes:
        counter.unsends("701")
        return encoded(photo())

    monkeypatch.setattr(counter.parts.channels["line"], "content", taken_back)
    received.fetch_next(counter.parts)
    assert [("kept", ""), ("erased", "")] == rows(counter, STATES)
    counter.unsends("700")
    assert [(None, None)] * 2 == rows(counter, "SELECT content, preview FROM received_files")
    assert [("erased", "")] * 2 == rows(counter, STATES)


def test_a_message_that_was_taken_back_before_it_was_read_is_never_fetched(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(counter, ichiro)
    counter.unsends("700")
    counter.shows(IMAGE)
    line_gives(counter, monkeypatch, encoded(photo()))
    received.fetch_next(counter.parts)
    assert [("lost", "gone")] == rows(counter, STATES)


def test_nobody_fills_the_disk(counter: Counter, ichiro: Member) -> None:
    taken(counter, ichiro)
    for number in range(MOST_OF_ONE + 1):
        counter.shows({**IMAGE, "id": str(800 + number)})
    assert [("lost", "too_many", 1), ("wanted", "", MOST_OF_ONE)] == rows(
        counter, "SELECT state, reason, count(*) FROM received_files GROUP BY 1, 2 ORDER BY 1"
    )


def test_it_goes_when_chats_go(counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(counter, ichiro)
    counter.shows(IMAGE)
    line_gives(counter, monkeypatch, encoded(photo()))
    received.fetch_next(counter.parts)
    now = datetime.now(UTC)
    for over in (False, True):
        erasure.erase(counter.parts.db, now=now, chats_are_over=over, pages_before=now, messages_before=now)
    assert [("erased", "")] == rows(counter, STATES)


def test_on_demand_only_what_came_in_that_very_conversation(counter: Counter, ichiro: Member) -> None:
    taken(counter, ichiro)
    with autocommit(counter.parts.db) as connection:
        received_files.want(connection, received_files.Wanted(UUID(int=1), conversation(counter)))
    assert [] == rows(counter, STATES)
