"""Pictures and files that people send, at an outside desk: brought once, and gone when they are taken back."""

from __future__ import annotations

import pytest

from bot.received import fetch_next
from bot.store.db import autocommit
from tests.bot.desk_house import Office
from tests.bot.handoff_house import handed_over, rows, run
from tests.bot.pictures import coupon_photo

SLIP = b"%PDF-1.7 a slip"


@pytest.fixture
def photo(office: Office, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What LINE has for every picture; for the message "slip" it has a file."""
    drawn = coupon_photo("TG12345678")
    content = {"slip": SLIP}.get
    line = office.counter.parts.channels["line"]
    monkeypatch.setattr(line, "content", lambda message_id, **_: content(message_id, drawn))
    return drawn


def fetch_all(office: Office) -> None:
    while fetch_next(office.counter.parts):
        pass


def brought(office: Office) -> list[tuple[str, bytes]]:
    """What hangs on the messages of the talk, in its order."""
    return [office.desk.file(each["id"]) for said in office.talk.messages for each in said.attachments]


def test_they_are_brought_once_whatever_gets_lost_also_those_of_shortly_before(office: Office, photo: bytes) -> None:
    office.counter.line("こんにちは")
    office.counter.shows({"type": "image", "id": "before"})
    handed_over(office.counter)
    office.counter.shows({"type": "file", "id": "slip"})
    fetch_all(office)
    office.emulator.faults.set({"chatwoot.write": [{"do": "drop_after", "times": 3}]})
    for _ in range(4):
        office.goes_on()
    assert [("image/jpeg", photo), ("application/pdf", SLIP)] == brought(office)
    assert {("sent",)} == set(rows(office.counter, "SELECT state FROM desk_outbox"))


def test_who_unsends_one_has_it_gone_there_too_or_never_told(office: Office, photo: bytes) -> None:
    handed_over(office.counter)
    for number in ("700", "701"):
        office.counter.shows({"type": "image", "id": number})
    fetch_next(office.counter.parts)
    office.work()
    assert [("image/jpeg", photo)] == brought(office)
    fetch_all(office)
    for number in ("700", "701"):
        office.counter.unsends(number)
    office.work()
    theirs = [said for said in office.talk.messages if said.kind == "incoming"]
    assert ([], [True] * 3) == (brought(office), [said.content_attributes.get("deleted") for said in theirs])


def test_one_that_is_erased_here_before_it_was_told_holds_up_nothing(office: Office, photo: bytes) -> None:
    handed_over(office.counter)
    office.counter.shows({"type": "image", "id": "700"})
    fetch_all(office)
    run(office.counter, "UPDATE received_files SET state = 'erased', content = NULL, preview = NULL")
    office.counter.line("届きましたか")
    office.work()
    assert ("届きましたか", []) == (office.told()[-1], brought(office))


def test_what_comes_after_the_end_of_a_talk_stays_here(office: Office, photo: bytes) -> None:
    handed_over(office.counter)
    office.counter.shows({"type": "image", "id": "700"})
    office.counter.line("ボットに戻る")
    fetch_all(office)
    office.work()
    assert [] == brought(office)
    with autocommit(office.counter.parts.db) as connection:
        assert [("kept",)] == connection.execute("SELECT state FROM received_files").fetchall()
