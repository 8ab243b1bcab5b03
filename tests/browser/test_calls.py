"""A call from the first question to the receipt number, in a real browser, cut off once and gone on with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dialogs.words import words
from tests.bot.console.desk import hire
from tests.bot.web.counter import NUMBER, Counter
from tests.browser.staff_screen import JA, SMALL_TABLET, go, heading, looks_right, seat

pytestmark = pytest.mark.browser
FORM = words("ja")


@pytest.fixture
def page(browser: Browser, counter: Counter, address: str) -> Iterator[Page]:
    """The laptop of 担当 一郎, at the list of calls."""
    page = seat(browser, counter, address, hire(counter.parts, "ichiro", name="担当 一郎"))
    page.goto(f"{address}/console/calls")
    yield page
    page.context.close()


def send(page: Page, text: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=text, exact=True).click()


def choose(page: Page, value: str) -> None:
    page.locator(f"input[value={value}]").check()
    send(page, FORM.say("page.send"))


def type_in(page: Page, typed: str) -> None:
    page.locator("#answer").fill(typed)
    send(page, FORM.say("page.send"))


def date(page: Page, *typed: str) -> None:
    for name, part in zip(("year", "month", "day"), typed, strict=True):
        page.locator(f"#{name}").fill(part)
    send(page, FORM.say("page.send"))


def to_the_consent(page: Page) -> None:
    send(page, JA.say("call.new"))
    looks_right(page, "k1-kind")
    choose(page, "paper")
    type_in(page, "栃木")
    date(page, "2023", "2", "24")
    choose(page, "nothing")
    type_in(page, "2,000円")
    choose(page, "no")
    choose(page, "apply")
    type_in(page, NUMBER)
    looks_right(page, "k2-trip-date")
    date(page, "2023", "2", "23")
    choose(page, "no")


def test_a_caller_applies_and_is_told_the_receipt_number(page: Page, counter: Counter, address: str) -> None:
    looks_right(page, "k0-empty")
    to_the_consent(page)
    expect(page.get_by_text(JA.say("call.aloud.consent"))).to_be_visible()
    looks_right(page, "k3-consent")
    choose(page, "agree")
    type_in(page, "栃木 花子")
    page.goto(f"{address}/console/calls")  # the line is dead; she calls again
    looks_right(page, "k4-list")
    page.get_by_role("button", name=JA.say("unmask.button")).click()
    expect(page.get_by_text("栃木 花子")).to_be_visible()
    go(page, page.get_by_role("link", name=JA.say("call.go_on")))
    type_in(page, "110")
    looks_right(page, "k5-contact-wrong")
    type_in(page, "028-623-3210")
    type_in(page, "090-1234-5678")
    expect(page.get_by_text(JA.say("call.aloud.code"))).to_be_visible()
    looks_right(page, "k6-code")
    type_in(page, counter.code())
    looks_right(page, "k7-check")
    send(page, FORM.say("option.check.submit"))
    expect(page.get_by_text(JA.say("call.aloud.receipt"))).to_be_visible()
    looks_right(page, "k8-receipt")
    number = page.locator(".number .big").inner_text()
    go(page, page.get_by_role("link", name=JA.say("nav.calls")).first)
    expect(page.get_by_role("cell", name=number)).to_be_visible()
    heading(page, JA.say("nav.calls"))
    looks_right(page, "k9-list-filed")


def test_the_callers_language_is_the_forms_and_staff_keep_theirs(page: Page) -> None:
    send(page, JA.say("call.new"))
    go(page, page.locator(".call-bar").get_by_role("button", name="English"))
    heading(page, "Kind of coupon")
    expect(page.get_by_text(JA.say("call.aloud.question"))).to_be_visible()
    looks_right(page, "k10-english-caller")
    go(page, page.locator(".me").get_by_role("button", name="English"))
    looks_right(page, "k11-all-english")


def test_a_call_is_passed_on_from_the_list(page: Page, counter: Counter, address: str) -> None:
    hire(counter.parts, "jiro", name="担当 二郎")
    send(page, JA.say("call.new"))
    choose(page, "paper")
    page.goto(f"{address}/console/calls")
    page.get_by_text(JA.say("call.give")).first.click()
    looks_right(page, "k12-give", SMALL_TABLET)
    send(page, JA.say("conversation.give"))
    expect(page.get_by_text(JA.say("call.empty_title"))).to_be_visible()
