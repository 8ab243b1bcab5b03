"""The browser's own buttons on the travellers' forms: back, forward and reload, over slips too, scripts or none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.web.counter import Counter
from tests.browser.test_web_form import choose, date, to_the_check, to_the_private_part, type_in
from tests.browser.travellers_screen import JA, heading, looks_right, send
from tests.conftest import PHONE

pytestmark = pytest.mark.browser
BAD_NUMBER = "123"


def goes(page: Page, way: str) -> None:
    """Back, forward or reload; the page has to come without being asked whether to send a form again."""
    response = {"back": page.go_back, "forward": page.go_forward, "reload": page.reload}[way]()
    assert response is None or response.status == 200
    assert "chrome-error" not in page.url


def with_a_slip(page: Page, address: str) -> None:
    """From the front page to the expiry date, over a prefecture that there is not."""
    page.goto(address)
    send(page, "page.apply.begin")
    choose(page, "paper")
    type_in(page, "ＵＦＯ県")
    stands_with_its_error(page)


def stands_with_its_error(page: Page) -> None:
    heading(page, "label.prefecture")
    expect(page.locator("#answer")).to_have_value("ＵＦＯ県")
    expect(page.locator("#error")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_way_back_leads_over_a_slip_and_sends_nothing_again(
    browser: Browser, counter: Counter, address: str, scripts: bool
) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=scripts, locale="ja-JP") as context:
        page = context.new_page()
        with_a_slip(page, address)
        if scripts:
            looks_right(page, "slip")
        turns = counter.turns()
        goes(page, "reload")
        stands_with_its_error(page)
        goes(page, "back")
        heading(page, "label.prefecture")
        expect(page.locator("#error")).to_have_count(0)
        goes(page, "forward")
        stands_with_its_error(page)
        assert turns == counter.turns()
        type_in(page, "栃木県")
        heading(page, "label.expiry")
        goes(page, "back")
        stands_with_its_error(page)
        goes(page, "forward")
        heading(page, "label.expiry")
        date(page, "2023", "2", "24")
        heading(page, "label.event")


def test_a_half_filled_form_is_there_in_this_browser_and_by_its_link_and_an_answer_is_changed_on_the_way_back(
    page: Page, browser: Browser, counter: Counter, address: str
) -> None:
    page.goto(address)
    to_the_private_part(page)
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("link", name=JA.say("page.apply.go_on")).click()
    heading(page, "page.heading.consent")
    page.goto(f"{address}/form/later")
    page.locator("#answer").fill("hanako@")
    send(page, "page.later.send")
    expect(page.locator("#error")).to_be_visible()
    looks_right(page, "later-slip")
    goes(page, "reload")
    expect(page.locator("#answer")).to_have_value("hanako@")
    page.locator("#answer").fill("090-1234-5678")
    send(page, "page.later.send")
    heading(page, "page.later.sent_title")
    link = re.search(r"/c(?:ontinue)?/[\w-]+", counter.sent("resume")[-1][0]["text"])
    assert link
    with browser.new_context(viewport=PHONE, locale="ja-JP") as elsewhere:
        other = elsewhere.new_page()
        other.goto(f"{address}{link[0]}")
        send(other, "page.begin")
        heading(other, "page.heading.consent")
        to_the_check(other, counter)
        for _ in range(5):
            goes(other, "back")
            if other.locator("#answer").count() and other.locator("#answer").input_value() == "栃木 花子":
                break
        type_in(other, "栃木 太郎")
        heading(other, "page.more.check_title")
        expect(other.get_by_text("栃木 太郎")).to_be_visible()


@pytest.mark.parametrize("path", ["/status", "/code"])
def test_pages_of_their_own_come_back_with_their_slip(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}{path}")
    page.locator("main input:not([type=hidden])").first.fill(BAD_NUMBER)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    expect(page.locator("main input:not([type=hidden])").first).to_have_value(BAD_NUMBER)
    looks_right(page, f"slip{path.replace('/', '-')}")
    page.goto(f"{address}/verify")
    assert page.go_back() is not None
    expect(page.locator("main input:not([type=hidden])").first).to_have_value(BAD_NUMBER)
