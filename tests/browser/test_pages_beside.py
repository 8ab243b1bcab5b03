"""The pages beside an application, in every language, on a phone and a desktop: each date, trouble, links, mailings.

As in test_every_page: one browser walks, and axe looks at every page at both widths.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from dialogs.words import language_name, languages, words
from tests.bot.web.counter import NUMBER, Counter
from tests.bot.web.counter import Browser as Client
from tests.bot.web.web_form import whole_form
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser

DATES = {
    "before": "2023-03-10T12:00:00+09:00",
    "usable": "2023-03-25T12:00:00+09:00",
    "open": "2023-04-20T12:00:00+09:00",
    "receiving": "2023-05-10T12:00:00+09:00",
    "over": "2023-06-10T12:00:00+09:00",
}
TO_THE_EVENT = ("paper", "09", (2023, 2, 24))
A_STORY = ("other", "0", "yes", NUMBER, "店の人が金額をまちがえた", "見本みやげ店", "18時30分")
TWICE = ("double_charged", "0", "yes", NUMBER, "見本みやげ店", "夕方", "two", "1000")


@contextmanager
def walking(browser: Browser, counter: Counter, address: str, language: str) -> Iterator[Walk]:
    with browser.new_context(locale="ja-JP") as context:
        yield Walk(context.new_page(), counter, address, words(language))


def begins(walk: Walk) -> None:
    walk.page.goto(f"{walk.address}/?lang={walk.spoken.language}")
    walk.sends("form[action='/apply'] button")


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_on_the_front_page_and_at_the_end_at_any_date(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    with walking(browser, counter, address, language) as walk:
        for at in DATES.values():
            counter.move(at)
            walk.page.context.clear_cookies()
            walk.goes(f"/?lang={language}")
        walk.goes(f"/help?lang={language}")
        for phase in ("before", "receiving"):
            counter.move(DATES[phase])
            walk.page.context.clear_cookies()
            begins(walk)
            walk.answers(*TO_THE_EVENT, "nothing", "わからない" if phase == "before" else "1000", "no")


def test_the_front_page_is_read_and_tabbed_through_in_the_order_of_what_matters(page: Page, address: str) -> None:
    page.goto(address)
    read = page.locator("main").evaluate(
        "each => [...each.querySelectorAll('h1, dt, button')].map(part => part.innerText)"
    )
    said = [words("ja").say(f"page.front.{key}_title") for key in ("who", "paper", "app", "trouble")]
    assert [*said[:2], words("ja").say("page.apply.begin"), *said[2:]] == read[1:6]
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText"))
    assert [
        words("ja").say(key) for key in ("page.skip", "page.apply.begin", "page.status.title", "page.code.title")
    ] == [
        reached[0],
        *reached[3:],
    ]


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_where_trouble_is_told(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    with walking(browser, counter, address, language) as walk:
        for told in (A_STORY, TWICE):
            walk.page.context.clear_cookies()
            begins(walk)
            walk.answers(*TO_THE_EVENT, *told)
            walk.sends("button[value=submit]")


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_behind_a_link_from_a_chat(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    counter.line("こんにちは", language_name(language))
    link = counter.to_the_door()
    with walking(browser, counter, address, language) as walk:
        walk.goes(f"{link}?lang={language}")
        walk.sends()
        walk.answers("agree", "栃木 花子", "090-1234-5678", "090-1234-5678")
        walk.answers(counter.code())
        walk.page.context.clear_cookies()
        for gone in (link, "/form", "/c/ABCDEFGH1234"):
            walk.goes(f"{gone}?lang={language}")


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_from_the_status_of_an_application_on(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    number = whole_form(counter, Client(counter))
    with walking(browser, counter, address, language) as walk:
        walk.goes(f"/status?lang={language}")
        walk.slips()
        walk.types("#receipt", number)
        walk.slips()
        walk.types("#code", counter.code())
        for affair in ("contact", "withdraw", "resend"):
            walk.page.goto(f"{address}/status")
            walk.sends(f"button[value={affair}]")


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_on_the_pages_that_a_mailing_leads_to(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    whole_form(counter, Client(counter))
    token = counter.entitled()
    with walking(browser, counter, address, language) as walk:
        walk.goes(f"/u/{token}?lang={language}")
        walk.sends()
        walk.goes("/code")
        walk.slips()
        walk.types("#code", "ABCD-EFGH")
        walk.types("#code", token)
        walk.goes("/r/ABCDEFGH1234")
