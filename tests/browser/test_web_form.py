"""The web form in a real browser, from the front page to the status, at the width of a phone and of a desktop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.web.counter import NUMBER, Counter
from tests.browser.travellers_screen import JA, heading, looks_right, send
from tests.conftest import PHONE

pytestmark = pytest.mark.browser


def choose(page: Page, value: str) -> None:
    page.locator(f"input[value={value}]").check()
    send(page, "page.send")


def type_in(page: Page, typed: str) -> None:
    page.locator("#answer").fill(typed)
    send(page, "page.send")


def date(page: Page, *typed: str) -> None:
    for name, part in zip(("year", "month", "day"), typed, strict=True):
        page.locator(f"#{name}").fill(part)
    send(page, "page.send")


def to_the_private_part(page: Page) -> None:
    """Every page from the front to the consent; each is looked at."""
    send(page, "page.apply.begin")
    looks_right(page, "1-kind")
    send(page, "page.send")
    expect(page.locator("#error")).to_contain_text(JA.say("page.more.choose_one"))
    looks_right(page, "1-kind-error")
    choose(page, "paper")
    looks_right(page, "2-prefecture")
    type_in(page, "栃木")
    looks_right(page, "3-expiry")
    date(page, "2023", "２", "24")
    looks_right(page, "4-event")
    choose(page, "nothing")
    looks_right(page, "5-balance")
    type_in(page, "2,000円")
    looks_right(page, "6-charged")
    choose(page, "no")
    looks_right(page, "7-wish")
    choose(page, "apply")
    looks_right(page, "8-number")
    type_in(page, NUMBER)
    looks_right(page, "9-trip-date")
    date(page, "", "2", "23")
    looks_right(page, "10-more")
    choose(page, "no")
    heading(page, "page.heading.consent")
    looks_right(page, "11-consent")


def to_the_check(page: Page, counter: Counter) -> None:
    choose(page, "agree")
    for typed in ("栃木 花子", "090-1234-5678"):
        type_in(page, typed)
    send(page, "button.same_as_contact")
    type_in(page, counter.code())
    heading(page, "page.more.check_title")


def test_a_traveller_applies_by_web_alone_and_sees_the_status(page: Page, counter: Counter, address: str) -> None:
    page.goto(address)
    looks_right(page, "0-front")
    to_the_private_part(page)
    to_the_check(page, counter)
    looks_right(page, "12-check")
    send(page, "option.check.submit")
    heading(page, "card.receipt")
    looks_right(page, "13-receipt")
    receipt_no = page.locator(".number .big").inner_text()
    page.locator("main").get_by_role("link", name=JA.say("page.status.title")).click()
    heading(page, "page.status.title")
    looks_right(page, "14-status-number")
    page.locator("#receipt").fill("123")
    send(page, "page.status.send")
    expect(page.get_by_role("alert")).to_be_focused()
    looks_right(page, "15-status-error")
    page.locator("#receipt").fill(receipt_no)
    send(page, "page.status.send")
    looks_right(page, "16-status-code")
    page.locator("#code").fill(counter.code())
    send(page, "page.status.check")
    expect(page.get_by_text(receipt_no)).to_be_visible()
    looks_right(page, "17-status")


def test_the_link_of_later_leads_back_in_another_browser(
    page: Page, browser: Browser, counter: Counter, address: str
) -> None:
    page.goto(address)
    to_the_private_part(page)
    page.get_by_role("link", name=JA.say("page.later.title")).click()
    heading(page, "page.later.title")
    looks_right(page, "20-later")
    page.locator("#answer").fill("03-1234-5678")
    send(page, "page.later.send")
    expect(page.locator("#answer")).to_have_value("03-1234-5678")
    looks_right(page, "21-later-error")
    page.locator("#answer").fill("090-1234-5678")
    send(page, "page.later.send")
    heading(page, "page.later.sent_title")
    expect(page.get_by_text("090-1234-5678")).to_be_visible()
    looks_right(page, "22-later-sent")
    page.goto(address)
    expect(page.get_by_role("link", name=JA.say("page.apply.go_on"))).to_be_visible()
    looks_right(page, "23-front-begun")
    link = re.search(r"/c/\S+", counter.sent("resume")[-1][0]["text"])
    assert link
    with browser.new_context(viewport=PHONE, locale="ja-JP") as context:
        other = context.new_page()
        other.goto(address + link[0])
        looks_right(other, "24-later-begin")
        send(other, "page.begin")
        heading(other, "page.heading.consent")


def test_who_is_not_meant_is_told_and_mends_a_slip(page: Page, address: str) -> None:
    page.goto(address)
    send(page, "page.apply.begin")
    choose(page, "paper")
    type_in(page, "栃木県")
    date(page, "2023", "2", "23")
    choose(page, "nothing")
    heading(page, "page.more.ended_title")
    looks_right(page, "30-ended")
    told = page.locator(".notes").inner_text()
    page.reload()
    assert told == page.locator(".notes").inner_text()
    page.go_back()
    page.go_back()
    expect(page.locator("#day")).to_have_value("23")
    date(page, "2023", "2", "24")
    expect(page.get_by_role("heading", level=1)).to_have_text(JA.say("label.balance"))


def test_before_the_opening_nobody_is_asked_who_they_are(page: Page, counter: Counter, address: str) -> None:
    counter.move("2023-03-20T12:00:00+09:00")
    page.goto(address)
    looks_right(page, "40-front-before")
    send(page, "page.apply.begin_closed")
    choose(page, "paper")
    type_in(page, "栃木県")
    date(page, "2023", "2", "24")
    choose(page, "nothing")
    expect(page.get_by_role("link", name=JA.say("page.later.title"))).to_have_count(0)
    type_in(page, "1000")
    choose(page, "no")
    heading(page, "page.more.ended_title")
    looks_right(page, "41-not-open")
    counter.move("2023-03-22T00:00:00+09:00")
    page.reload()
    looks_right(page, "42-opened")
    send(page, "page.more.resume_button")
    expect(page.locator("input[value=apply]")).to_be_visible()
    looks_right(page, "43-goes-on")


def test_who_is_handed_to_staff_knows_whom_to_call(page: Page, address: str) -> None:
    page.goto(address)
    send(page, "page.apply.begin")
    choose(page, "paper")
    type_in(page, "担当者")
    choose(page, "yes")
    heading(page, "page.more.with_staff_title")
    looks_right(page, "50-staff")
    send(page, "page.apply.by_myself")
    heading(page, "label.prefecture")


def test_the_keyboard_alone_is_enough(desktop_page: Page, address: str) -> None:
    page = desktop_page
    page.goto(address)

    def tab_to(selector: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    tab_to("form[action='/apply'] button")
    page.keyboard.press("Enter")
    expect(page.locator("fieldset")).to_be_visible()
    tab_to("input[type=radio]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    heading(page, "label.prefecture")
    tab_to("#answer")
    page.keyboard.type("栃木県")
    page.keyboard.press("Enter")
    expect(page.locator("#year")).to_be_visible()
    for name, typed in (("year", "2023"), ("month", "2"), ("day", "24")):
        tab_to(f"#{name}")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    heading(page, "label.event")


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False, locale="ja-JP") as context:
        page = context.new_page()
        page.goto(address)
        send(page, "page.apply.begin")
        page.locator("input[value=paper]").check()
        send(page, "page.send")
        heading(page, "label.prefecture")


@pytest.mark.parametrize("language", ["en", "ja-easy"])
def test_the_pages_look_right_in_every_language(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/?lang={language}")
    looks_right(page, f"60-front-{language}")
    page.goto(f"{address}/status")
    assert page.evaluate("document.documentElement.lang") == language.partition("-")[0]
    looks_right(page, f"61-status-{language}")
    page.goto(address)
    with page.expect_navigation():
        page.locator("form[action='/apply'] button").click()
    looks_right(page, f"62-kind-{language}")
