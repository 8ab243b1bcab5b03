"""The pages around the queue with something on them: search, an application, a case, the audit, members."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.console.desk import hire
from tests.bot.handoff_house import rows
from tests.bot.held_house import told_of
from tests.bot.web.counter import LATER_PAGES, NUMBER, Counter
from tests.bot.web.counter import Browser as Traveller
from tests.browser.staff_screen import JA, go, looks_right, seat

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
        looks_right(page, name)
    page.context.close()
