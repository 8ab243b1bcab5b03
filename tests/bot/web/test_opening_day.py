"""Before applications open the pages take no data: they offer the day for one's own calendar, and LINE."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.web.opening import calendar_file
from dialogs.rules.campaign import load_campaign
from dialogs.words import languages, words
from tests.bot.web.counter import Browser, Counter
from tests.bot.web.web_form import ELIGIBLE, begin, fill

JA = words("ja")
FILE = "/opening/tochigi-2023-02.ics"


def unfolded(text: str) -> dict[str, str]:
    lines = text.replace("\r\n ", "").split("\r\n")
    return {name: value for name, _, value in (line.partition(":") for line in lines)}


def test_the_day_is_offered_on_the_front_page_and_at_the_end_of_the_questions(
    counter: Counter, browser: Browser
) -> None:
    counter.move("2023-03-20T10:00:00+09:00")
    assert FILE in browser.get("/").text
    fill(begin(browser), *ELIGIBLE)
    assert FILE in browser.text
    assert "カレンダーなどに控えて" in browser.text
    event = unfolded(browser.get(FILE).text)
    assert "20230322" == event["DTSTART;VALUE=DATE"]
    assert "PT600M" == event["TRIGGER"]
    assert "text/calendar; charset=utf-8" == browser.page.content_type


@pytest.mark.parametrize("at", ["2023-03-22T00:00:00+09:00", "2023-05-02T10:00:00+09:00"])
def test_from_its_day_on_it_is_offered_no_more(counter: Counter, browser: Browser, at: str) -> None:
    counter.move(at)
    assert FILE not in browser.get("/").text
    assert FILE not in fill(begin(browser), *ELIGIBLE).text
    assert 404 == browser.get(FILE).page.status_code
    assert 404 == browser.get("/opening/nowhere.ics").page.status_code


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("campaign", ["tochigi-2023-02", "minato-pay-2026-07"])
def test_calendars_can_read_it_in_every_language(language: str, campaign: str) -> None:
    known = load_campaign(campaign)
    text = calendar_file(known, language, "https://counter.example.jp", at=known.dates.site_opens - timedelta(days=9))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert f"opening-{campaign}-{known.version}@counter.example.jp" == unfolded(text)["UID"]
    assert known.call_centre.number in text.replace("\r\n ", "")
