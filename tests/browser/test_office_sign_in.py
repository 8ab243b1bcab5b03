"""The office's own sign-in in a real browser: from our page to the provider's, through our code, and inside."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot import staff
from tests.bot.console.desk import code_of, hire, session_for
from tests.browser.staff_screen import JA, PHONE, SMALL_TABLET, go, heading, looks_right
from tests.journeys.house import House, house_on

pytestmark = pytest.mark.browser


@pytest.fixture
def house(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[House]:
    # Playwright's own event loop runs on this thread, and the emulator's mail server starts one where it is called.
    with ExitStack() as stack, ThreadPoolExecutor(1) as aside:
        house = aside.submit(stack.enter_context, house_on(database_url, redis_url, tmp_path)).result()
        house.start(workers=0)
        yield house


def test_a_member_comes_in_by_the_office_account_and_who_is_none_is_told(house: House, desktop_page: Page) -> None:
    page, name = desktop_page, JA.say("sign_in.by_sso")
    with house.parts() as parts:
        hire(parts, "ichiro", name="担当 一郎")
        staff.name_for_sso(parts, "ichiro", "agent@office.example.jp", by="test")
        page.goto(f"{house.url}/console/sign-in")
        looks_right(page, "o1-sign-in", PHONE, SMALL_TABLET)
        go(page, page.get_by_role("link", name=name))
        looks_right(page, "o2-provider", PHONE)
        go(page, page.get_by_role("link", name="stranger@office.example.jp"))
        expect(page.get_by_role("alert")).to_contain_text("そのアカウントの担当者はいません")
        looks_right(page, "o3-unknown", PHONE, SMALL_TABLET)
        go(page, page.get_by_role("link", name=name))
        go(page, page.get_by_role("link", name="agent@office.example.jp"))
        heading(page, JA.say("code.title"))
        page.locator("#code").fill(code_of(parts, "ichiro"))
        go(page, page.get_by_role("button", name=JA.say("sign_in.title")))
        heading(page, JA.say("home.title", name="担当 一郎"))


def test_an_administrator_sees_who_is_linked_and_writes_accounts_down(house: House, desktop_page: Page) -> None:
    page = desktop_page
    with house.parts() as parts:
        hire(parts, "ichiro", name="担当 一郎")
        token = session_for(parts, hire(parts, "aoi", "admin", name="管理 葵"))
    page.context.add_cookies([{"name": "staff", "value": token, "url": house.url}])
    page.goto(f"{house.url}/console/staff")
    page.get_by_label("職場のアカウント 担当 一郎").fill("agent@office.example.jp")
    looks_right(page, "o4-staff", SMALL_TABLET)
    page.locator("#sso-ichiro").press("Enter")
    expect(page.locator("#sso-ichiro")).to_have_value("agent@office.example.jp")
