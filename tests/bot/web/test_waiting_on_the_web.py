"""Who fills in the web form and has lost a number: draft and link last to the deadline; a reminder if it is wanted."""

from __future__ import annotations

import pytest

from bot.reminders import remind
from bot.store import erasure
from bot.store.db import autocommit
from dialogs.words import words
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.web_form import ELIGIBLE, begin, count, fill, link, way_in

JA = words("ja")
LOST = [*ELIGIBLE, {"choice": "apply"}, {"choice": "lost"}]


def erase(counter: Counter) -> None:
    now = counter.parts.clock.now()
    erasure.erase(counter.parts.db, now=now, chats_are_over=False, pages_before=now, messages_before=now)


def lost_a_number(counter: Counter, browser: Browser) -> Browser:
    counter.move("2023-03-25T12:00:00+09:00")
    return fill(begin(browser), *LOST)


def test_the_issuer_is_named_and_the_number_asked_for_again(counter: Counter, browser: Browser) -> None:
    lost_a_number(counter, browser)
    assert "旅行会社や宿泊施設にお尋ねください" in browser.text
    assert "締切（2023年4月30日(日) 23:59）まで使えます" in browser.text
    assert JA.say("label.coupon.number", n=1, number_name="お問合せ番号") == browser.heading


def test_its_link_lasts_to_the_deadline_and_not_seven_days(counter: Counter, browser: Browser) -> None:
    lost_a_number(counter, browser)
    assert "2023年4月30日(日) 23:59 まで" in browser.get("/form/later").text
    browser.post("/form/later", answer="090-1234-5678")
    assert "2023年4月30日(日) 23:59 まで使えます" in browser.text
    counter.move("2023-04-30T23:00:00+09:00")
    erase(counter)
    other = Browser(counter)
    other.enter(link(counter))
    fill(other, {"answer": "TG11111111"})
    assert JA.say("label.coupon.trip_date", n=1, trip_date_name="旅行日") == other.heading


@pytest.mark.parametrize("target", ["090-1234-5678", "hanako@example.jp"])
def test_a_reminder_goes_where_it_was_wanted_with_a_link_of_its_own(
    counter: Counter, browser: Browser, target: str
) -> None:
    lost_a_number(counter, browser)
    browser.get("/form/later").post("/form/later", answer=target, remind="1")
    counter.move("2023-04-23T10:00:00+09:00")
    assert remind(counter.parts)
    (letter,) = counter.sent("reminder")
    assert "2023年4月30日(日) 23:59" in letter[0]["text"]
    other = Browser(counter)
    other.enter(way_in(letter[0]["text"]))
    assert JA.say("label.coupon.number", n=1, number_name="お問合せ番号") == other.heading


def test_nobody_is_reminded_who_did_not_want_it(counter: Counter, browser: Browser) -> None:
    lost_a_number(counter, browser)
    browser.get("/form/later").post("/form/later", answer="090-1234-5678")
    assert 0 == count(counter, "reminders")


def test_it_is_not_offered_to_who_waits_for_nothing_or_too_late(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    assert 'name="remind"' not in browser.get("/form/later").text
    browser.post("/form/later", answer="090-1234-5678", remind="1")
    assert 0 == count(counter, "reminders")
    counter.move("2023-04-29T12:00:00+09:00")
    assert 'name="remind"' not in fill(begin(Browser(counter)), *LOST).get("/form/later").text


def test_a_reminder_leads_nowhere_and_is_not_sent_once_the_draft_is_erased(counter: Counter, browser: Browser) -> None:
    lost_a_number(counter, browser)
    browser.get("/form/later").post("/form/later", answer="090-1234-5678", remind="1")
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE conversations SET answers = NULL")
    counter.move("2023-04-23T10:00:00+09:00")
    assert remind(counter.parts)
    assert [] == counter.sent("reminder")


def test_a_reminder_still_leads_to_the_draft_after_the_number_was_found(counter: Counter, browser: Browser) -> None:
    lost_a_number(counter, browser)
    browser.get("/form/later").post("/form/later", answer="090-1234-5678", remind="1")
    fill(browser.get("/form"), {"answer": "TG11111111"})
    counter.move("2023-04-23T10:00:00+09:00")
    erase(counter)
    assert remind(counter.parts)
    assert 1 == len(counter.sent("reminder"))


def test_the_address_of_a_reminder_goes_with_it(counter: Counter, browser: Browser) -> None:
    lost_a_number(counter, browser)
    browser.get("/form/later").post("/form/later", answer="090-1234-5678", remind="1")
    assert 2 == count(counter, "reminders WHERE address IS NOT NULL")
    counter.move("2023-04-29T10:00:00+09:00")
    while remind(counter.parts):
        pass
    erase(counter)
    assert 0 == count(counter, "reminders WHERE address IS NOT NULL")
