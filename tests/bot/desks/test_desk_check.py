"""What operators are told of an outside desk by bot check."""

from __future__ import annotations

from bot.local.desk_check import desk_found
from tests.bot.desk_house import AWAY, Office, opened_office
from tests.bot.handoff_house import handed_over, run


def test_a_desk_that_takes_us_is_told_as_such(office: Office) -> None:
    assert ("Outside desk", "Chatwoot takes us; 0 things are still to be told there", "") == desk_found(
        office.counter.parts
    )


def test_one_that_does_not_is_told_with_what_waits_and_how_to_mend_it(office: Office) -> None:
    handed_over(office.counter)
    office.emulator.faults.set(AWAY)
    _, found, mend = desk_found(office.counter.parts)
    assert "Chatwoot does not take us (unavailable); 1 things are still to be told there" == found
    assert "CHATWOOT_API_TOKEN" in mend


def test_what_it_has_refused_is_told_for_a_day(office: Office) -> None:
    handed_over(office.counter)
    office.emulator.faults.set({"chatwoot.write": [{"do": "status", "status": 422}]})
    office.work()
    assert "Chatwoot has refused 1 of what it was told within a day" == desk_found(office.counter.parts)[1]
    run(office.counter, "UPDATE desk_outbox SET settled_at = now() - interval '25 hours'")
    assert "takes us" in desk_found(office.counter.parts)[1]


def test_an_inbox_of_another_kind_is_told(database_url: str, redis_url: str) -> None:
    with opened_office(database_url, redis_url, CHATWOOT_INBOX="7") as office:
        assert "Chatwoot does not take us (404)" in desk_found(office.counter.parts)[1]


def test_without_one_staff_answer_at_the_console(database_url: str, redis_url: str) -> None:
    none = dict.fromkeys(("CHATWOOT_URL", "CHATWOOT_API_TOKEN", "CHATWOOT_ACCOUNT", "CHATWOOT_INBOX"), "")
    with opened_office(database_url, redis_url, **none) as office:
        assert "is not set: staff answer at /console" == desk_found(office.counter.parts)[1]
