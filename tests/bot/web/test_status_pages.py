"""How an application stands, told to whoever has its receipt number and reads its delivery target."""

from __future__ import annotations

import re

from bot.store.db import autocommit
from bot.store.submissions import Outcome, settle
from dialogs.words import words
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.web_form import whole_form

JA = words("ja")


def asked(counter: Counter, number: str) -> Browser:
    return Browser(counter).get("/status").post("/status", receipt=number)


def shown(counter: Counter, number: str) -> Browser:
    return asked(counter, number).post("/status", code=counter.code())


def without_secrets(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_number_and_code_show_how_an_application_stands(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    status = shown(counter, number)
    assert number in status.text
    assert JA.say("status.filed") in status.text
    assert "090-1234-5678" not in status.text
    assert number in status.get("/status").text
    assert number not in status.post("/status", again="1").text


def test_unknown_and_known_numbers_are_answered_alike(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    known, unknown = asked(counter, number), asked(counter, "1234567897")
    assert without_secrets(known.text) == without_secrets(unknown.text)
    wrong = "000000" if counter.code() != "000000" else "111111"
    known.post("/status", code=wrong)
    unknown.post("/status", code=wrong)
    assert "＊" + JA.say("page.status.wrong") == known.error
    assert without_secrets(known.text) == without_secrets(unknown.text)


def test_a_code_of_the_status_page_is_good_for_its_minutes_and_five_tries(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    status = asked(counter, number)
    code = counter.code()
    counter.move("2023-04-05T10:20:00+09:00")
    assert "＊" + JA.say("page.status.expired") == status.post("/status", code=code).error
    assert "＊" + JA.say("why.code_digits", digits=6) == status.post("/status", code="12").error
    for _ in range(5):
        status.post("/status", code=code)
    assert "＊" + JA.say("page.status.too_often") == status.error


def test_no_more_codes_go_to_a_number_than_it_bears_and_nobody_is_told(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    pages = [asked(counter, number) for _ in range(4)]
    assert 1 == len({without_secrets(page.text) for page in pages})
    assert 3 == len(counter.sent("code"))


def test_who_guesses_receipt_numbers_has_to_wait(counter: Counter, browser: Browser) -> None:
    guesses = [asked(counter, "1234567897").page.status_code for _ in range(31)]
    assert [200] * 30 + [429] == guesses


def test_a_slip_in_the_number_is_told_before_anything_is_looked_up(counter: Counter, browser: Browser) -> None:
    browser.get("/status").post("/status", receipt="1234-5678-90")
    assert ("＊" + JA.say("page.status.number_form"), "1234-5678-90") == (browser.error, browser.field("receipt"))
    assert 400 == browser.client.post("/status", data={"receipt": "1234567897"}).status_code


def test_two_taps_send_one_code(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    status = Browser(counter).get("/status")
    form = status.text
    for _ in range(2):
        status.post("/status", form=form, receipt=number)
    assert 2 == len(counter.sent("code"))
    assert number in status.post("/status", code=counter.code()).text


def test_what_was_shown_is_over_after_half_an_hour(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    status = shown(counter, number)
    counter.move("2023-04-05T11:00:00+09:00")
    assert number not in status.get("/status").text


def test_a_duplicate_shows_the_application_that_came_first(counter: Counter, browser: Browser) -> None:
    first = whole_form(counter, browser)
    counter.move("2023-04-05T10:20:00+09:00")
    second = whole_form(counter, Browser(counter))
    with autocommit(counter.parts.db) as connection:
        row = connection.execute(
            "SELECT id FROM submissions WHERE receipt_no = %s", (second.replace("-", ""),)
        ).fetchone()
        assert row
        outcome = Outcome("duplicate", None, "", first.replace("-", ""), counter.parts.clock.now())
        assert settle(connection, row[0], outcome)
    counter.move("2023-04-05T10:40:00+09:00")
    counter.parts.redis.flushdb()
    status = shown(counter, second)
    assert JA.say("page.status.first") in status.text
    assert 2 == status.text.count('<dl class="rows">')
    assert first in status.text
