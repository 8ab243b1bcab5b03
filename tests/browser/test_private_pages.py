"""The travellers' pages in a real browser, at the width of a phone and of a desktop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bot.web.counter import Counter
from tests.browser.travellers_screen import JA, heading, looks_right, press
from tests.conftest import PHONE

pytestmark = pytest.mark.browser


def through_the_form(page: Page, counter: Counter) -> None:
    """From the link to the page that leads back to the chat; every page is looked at."""
    heading(page, "page.more.begin_title")
    looks_right(page)
    press(page, "page.begin")
    heading(page, "page.heading.consent")
    looks_right(page)
    press(page, "page.send")
    expect(page.locator("#error")).to_contain_text(JA.say("page.more.choose_one"))
    looks_right(page)
    page.get_by_label(JA.say("option.consent.agree")).check()
    press(page, "page.send")
    for name, wrong, right in (("name", "123", "栃木 花子"), ("contact", "花子", "090-1234-5678")):
        heading(page, f"label.{name}")
        page.locator("#answer").fill(wrong)
        press(page, "page.send")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.locator("#answer")).to_have_value(wrong)
        looks_right(page)
        page.locator("#answer").fill(right)
        press(page, "page.send")
    heading(page, "label.target")
    looks_right(page)
    press(page, "button.same_as_contact")
    heading(page, "page.heading.code.said")
    looks_right(page)
    page.locator("#answer").fill(counter.code())
    press(page, "page.send")
    heading(page, "page.more.done_title")
    looks_right(page)


def test_a_traveller_goes_from_the_link_to_the_receipt(page: Page, counter: Counter, address: str) -> None:
    page.goto(address + counter.to_the_door())
    through_the_form(page, counter)
    press(page, "page.continue_here")
    heading(page, "page.more.check_title")
    looks_right(page)
    page.get_by_role("button", name=JA.say("label.name")).click()
    expect(page.locator("#answer")).to_have_value("栃木 花子")
    page.locator("#answer").fill("栃木 太郎")
    press(page, "page.send")
    heading(page, "page.more.check_title")
    expect(page.get_by_text("栃木 太郎")).to_be_visible()
    press(page, "option.check.submit")
    heading(page, "card.receipt")
    looks_right(page)
    page.reload()
    heading(page, "card.receipt")


def test_it_works_without_javascript(browser: Browser, counter: Counter, address: str) -> None:
    with browser.new_context(viewport=PHONE, java_script_enabled=False, locale="ja-JP") as context:
        page = context.new_page()
        page.goto(address + counter.to_the_door())
        press(page, "page.begin")
        page.get_by_label(JA.say("option.consent.agree")).check()
        press(page, "page.send")
        heading(page, "label.name")


def test_the_keyboard_alone_is_enough(desktop_page: Page, counter: Counter, address: str) -> None:
    page = desktop_page
    page.goto(address + counter.to_the_door())

    def tab_to(text: str) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText") == text:
                return
        raise AssertionError(text)

    tab_to(JA.say("page.begin"))
    page.keyboard.press("Enter")
    heading(page, "page.heading.consent")
    page.locator("input[value=agree]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    for typed in ("栃木 花子", "090-1234-5678", "hanako@example.jp"):
        page.locator("#answer").focus()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    heading(page, "page.heading.code.said")
    page.locator("#answer").focus()
    page.keyboard.type(counter.code())
    page.keyboard.press("Enter")
    heading(page, "page.more.done_title")


def test_where_the_keyboard_is_can_be_seen(desktop_page: Page, address: str) -> None:
    desktop_page.goto(address + "/")
    desktop_page.keyboard.press("Tab")
    focus = desktop_page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert "4px" == focus
    expect(desktop_page.locator(".skip")).to_be_in_viewport()


def test_the_browsers_own_way_back_mends_an_answer(page: Page, counter: Counter, address: str) -> None:
    page.goto(address + counter.to_the_door())
    press(page, "page.begin")
    page.get_by_label(JA.say("option.consent.agree")).check()
    press(page, "page.send")
    page.locator("#answer").fill("栃木 花子")
    press(page, "page.send")
    heading(page, "label.contact")
    page.go_back()
    heading(page, "label.name")
    page.locator("#answer").fill("栃木 太郎")
    press(page, "page.send")
    heading(page, "label.contact")
    press(page, "page.back")
    heading(page, "label.name")
    expect(page.locator("#answer")).to_have_value("栃木 太郎")


def test_a_hasty_double_tap_is_one_answer(page: Page, counter: Counter, address: str) -> None:
    page.goto(address + counter.to_the_door())
    page.get_by_role("button", name=JA.say("page.begin")).dblclick()
    heading(page, "page.heading.consent")
    page.get_by_label(JA.say("option.consent.agree")).check()
    page.get_by_role("button", name=JA.say("page.send")).dblclick()
    heading(page, "label.name")


@pytest.mark.parametrize("path", ["/", "/verify", "/nowhere", "/form", "/r/X", "/?lang=en"])
def test_the_open_pages_look_right(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    looks_right(page)


def test_colours_of_the_persons_own_are_respected(browser: Browser, counter: Counter, address: str) -> None:
    with browser.new_context(viewport=PHONE, forced_colors="active", locale="ja-JP") as context:
        page = context.new_page()
        page.goto(address + counter.to_the_door())
        press(page, "page.begin")
        page.get_by_label(JA.say("option.consent.agree")).check()
        width = page.evaluate("getComputedStyle(document.querySelector('.choice input:checked + label')).outlineWidth")
        assert "3px" == width
        looks_right(page)
