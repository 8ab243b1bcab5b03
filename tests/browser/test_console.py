"""The staff's console in a real browser: coming in for the first time, and the frame around every page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.store.staff import ROLES
from tests.bot.console.desk import PASSWORD, code_of, hire, set_up_token
from tests.bot.web.counter import Browser as Counting
from tests.bot.web.counter import Counter
from tests.bot.web.web_form import TO_THE_CONSENT, begin, fill
from tests.browser.staff_screen import JA, PHONE, go, heading, looks_right, seat

pytestmark = pytest.mark.browser


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=JA.say(key), exact=True).click()


def test_a_new_member_comes_in_by_the_link_and_later_by_password_and_code(
    desktop_page: Page, counter: Counter, address: str
) -> None:
    page = desktop_page
    page.goto(f"{address}/console/set-up/{set_up_token(counter.parts, 'hanako', name='佐藤 花子')}")
    looks_right(page, "c1-set-up")
    page.locator("#password").fill("short")
    press(page, "set_up.save")
    looks_right(page, "c2-set-up-fault")
    for field in ("#password", "#again"):
        page.locator(field).fill(PASSWORD)
    press(page, "set_up.save")
    heading(page, JA.say("enrol.title"))
    looks_right(page, "c3-enrol")
    page.locator("#code").fill(code_of(counter.parts, "hanako"))
    press(page, "enrol.save")
    expect(page.locator(".codes li")).to_have_count(10)
    looks_right(page, "c4-recovery")
    go(page, page.get_by_role("link", name=JA.say("recovery.go_on")))
    heading(page, JA.say("home.title", name="佐藤 花子"))
    press(page, "frame.sign_out")
    looks_right(page, "c5-sign-in")
    page.locator("#login").fill("hanako")
    page.locator("#password").fill("wrong")
    press(page, "sign_in.go_on")
    looks_right(page, "c6-sign-in-wrong")
    page.locator("#password").fill(PASSWORD)
    press(page, "sign_in.go_on")
    looks_right(page, "c7-code")
    page.locator("#code").fill(code_of(counter.parts, "hanako", steps=1))
    press(page, "sign_in.title")
    heading(page, JA.say("home.title", name="佐藤 花子"))


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_looks_right_in_both_languages(
    browser: Browser, counter: Counter, address: str, role: str
) -> None:
    page = seat(browser, counter, address, hire(counter.parts, role, role))
    page.goto(f"{address}/console")
    for language in ("日本語", "English"):
        go(page, page.get_by_role("button", name=language))
        links = page.locator(".rail nav a")
        for number in range(links.count()):
            go(page, links.nth(number))
            looks_right(page, f"c-{role}-{number}-{language}")
    page.context.close()


def test_on_a_phone_the_pages_pop_up_without_a_script_and_leave_the_screen_to_the_page(
    browser: Browser, counter: Counter, address: str
) -> None:
    seated = seat(browser, counter, address, hire(counter.parts, "admin", "admin"))
    cookies = seated.context.cookies()
    seated.context.close()
    with browser.new_context(viewport=PHONE, locale="ja-JP", java_script_enabled=False) as context:
        context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave, it takes
        page = context.new_page()
        page.goto(f"{address}/console")
        assert page.evaluate("document.querySelector('main').getBoundingClientRect().top") < 80
        expect(page.locator(".rail nav")).to_be_hidden()
        page.get_by_role("button", name=JA.say("frame.navigation")).click()
        expect(page.get_by_role("button", name=JA.say("frame.sign_out"))).to_be_in_viewport()
        go(page, page.locator(".rail nav").get_by_role("link", name=JA.say("nav.audit")))
        heading(page, JA.say("nav.audit"))
        expect(page.locator(".rail nav")).to_be_hidden()


def test_the_funnel_is_drawn_and_looks_right_in_both_languages(
    browser: Browser, counter: Counter, address: str
) -> None:
    for stop in (1, 3, 8, 11):
        fill(begin(Counting(counter)), *TO_THE_CONSENT[:stop])
    fill(begin(Counting(counter)), {"choice": "other"})
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor"))
    page.goto(f"{address}/console/funnel")
    expect(page.locator(".picture svg")).to_be_visible()
    looks_right(page, "f1-funnel")
    go(page, page.get_by_role("button", name="English"))
    looks_right(page, "f2-funnel-english")
    page.locator("#channel").select_option("phone")
    go(page, page.get_by_role("button", name="Show"))
    expect(page.get_by_text("No conversation began in this period")).to_be_visible()
    looks_right(page, "f3-funnel-empty")
    page.context.close()
