"""The pages around the queue with something on them: search, an application, a case, the audit, members."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.console.desk import hire
from tests.bot.handoff_house import rows
from tests.bot.held_house import told_of
from tests.bot.web.counter import LATER_PAGES, NUMBER, Counter
from tests.bot.web.counter import Browser as Traveller
from tests.browser.staff_screen import JA, SMALL_TABLET, go, looks_right, seat
from tests.conftest import PHONE

pytestmark = pytest.mark.browser


def test_they_look_right_with_something_on_them(browser: Browser, counter: Counter, address: str) -> None:
    traveller = Traveller(counter).enter(counter.to_the_door())
    traveller.answer(*LATER_PAGES).answer(counter.code())
    counter.line("この内容で申請する")
    [(receipt_no,)] = rows(counter, "SELECT receipt_no FROM submissions")
    case_no = told_of(counter.parts, NUMBER)
    page = seat(browser, counter, address, hire(counter.parts, "aoi", "admin", name="管理 葵"))
    page.goto(f"{address}/console/search")
    page.get_by_role("searchbox").fill("花子")
    go(page, page.get_by_role("button", name=JA.say("search.find")))
    expect(page.get_by_role("cell", name="090-****-5678")).to_be_visible()
    looks_right(page, "e1-search")
    page.goto(f"{address}/console/applications/{receipt_no}")
    looks_right(page, "e2-application")
    page.goto(f"{address}/console/cases/{case_no}")
    go(page, page.get_by_role("button", name=JA.say("case.do.checking")))
    go(page, page.get_by_role("button", name=JA.say("case.do.found")))
    expect(page.get_by_label(JA.say("case.yen"))).to_be_visible()
    looks_right(page, "e3-case")
    for name, path in (("e4-cases", "cases"), ("e5-audit", "audit"), ("e6-staff", "staff")):
        page.goto(f"{address}/console/{path}")
        looks_right(page, name, SMALL_TABLET)
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/console/audit")
    lines = "cell => cell.getClientRects()[0].height / parseFloat(getComputedStyle(cell).lineHeight)"
    assert 4 > page.locator("tbody td").first.evaluate(lines), "a day and an hour in a column that can be read"
    page.context.close()


def test_ready_sentences_look_right_and_slips_are_told_at_their_field(
    browser: Browser, counter: Counter, address: str
) -> None:
    page = seat(browser, counter, address, hire(counter.parts, "hanako", "supervisor", name="責任 花子"))
    page.goto(f"{address}/console/canned")
    page.locator("#key").fill("hours")
    page.locator("#title").fill("営業時間")
    page.locator("#text-ja").fill("電話は {open} からです。")
    go(page, page.get_by_role("button", name=JA.say("canned.add")))
    expect(page.locator("#text-ja")).to_be_focused()
    expect(page.locator("#error-ja")).to_contain_text("{open} は入れられません")
    looks_right(page, "e7-canned", SMALL_TABLET)
    page.locator("#text-ja").fill("電話は {opens} からです。")
    go(page, page.get_by_role("button", name=JA.say("canned.add")))
    expect(page.get_by_text("電話は 10:00 からです。")).to_be_visible()
    looks_right(page, "e8-canned-one", SMALL_TABLET)
    page.context.close()
