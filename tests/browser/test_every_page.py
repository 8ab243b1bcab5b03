"""Every page of the web form, in each language, at the width of a phone and of a desktop: axe finds nothing on any.

One browser walks each language once and looks at every page at both widths. Then by keyboard alone, and as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import abort
from playwright.sync_api import Browser, Page, expect

from bot.web.front import TOLD
from dialogs.words import languages, words
from tests.bot.web.counter import NUMBER, Counter, opened_counter
from tests.browser.walk import Walk
from tests.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser

APPLYING = ("paper", "09", (2023, 2, 24), "nothing", "1000", "no", "apply", NUMBER, (2023, 2, 23), "no")
# To the refund: what is answered, and after a code the rest.
ASKING_MONEY = (*APPLYING[:6], "refund", *APPLYING[7:], "agree", "栃木 花子", "とちぎ はなこ", "090-1234-5678")
ACCOUNT = (
    *("320-0033", "栃木県宇都宮市本町1-1", "日光見本旅館", (2023, 2, 23), (2023, 2, 24), "agree"),
    *("足利", "0129", "宇都宮", "101", "1", "0123456"),
)


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        opened.app.add_url_rule("/fails/<int:status>", view_func=_fail)
        yield opened


def _fail(status: int) -> str:
    abort(status)


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_on_any_page_of_applying(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    with browser.new_context(locale="ja-JP") as context:
        walk = Walk(context.new_page(), counter, address, words(language))
        walk.goes(f"/?lang={language}")
        walk.sends("form[action='/apply'] button")
        walk.slips()
        walk.answers("paper")
        walk.slips()
        walk.answers("09")
        walk.slips()
        walk.answers(*APPLYING[2:])
        walk.goes("/form/later")
        walk.slips()
        walk.answers("hanako@example.jp")
        walk.goes("/form")
        walk.answers("agree", "栃木 花子", "090-1234-5678", "hanako@example.jp")
        walk.answers("000000")
        walk.answers(counter.code())
        walk.sends("button[value=submit]")
        walk.goes("/status")
        for path in ("/verify", "/c/ABCDEFGH1234", *(f"/fails/{status}" for status in TOLD)):
            walk.goes(path)


@pytest.mark.parametrize("language", languages())
def test_axe_finds_nothing_on_any_page_of_a_refund_and_where_it_ends_otherwise(
    browser: Browser, counter: Counter, address: str, language: str
) -> None:
    with browser.new_context(locale="ja-JP") as context:
        walk = Walk(context.new_page(), counter, address, words(language))
        walk.page.goto(f"{address}/?lang={language}")
        walk.sends("form[action='/apply'] button")
        walk.answers(*ASKING_MONEY)
        walk.sends("button[value=same]")
        walk.answers(counter.code(), *ACCOUNT)
        walk.sends("button[value=as_name]")
        walk.sends("button[value=submit]")
        context.clear_cookies()
        walk.goes(f"/form?lang={language}")
        walk.page.goto(f"{address}/?lang={language}")
        walk.sends("form[action='/apply'] button")
        walk.answers("paper", "担当者", "yes")


def test_an_application_is_completed_by_keyboard_alone(browser: Browser, counter: Counter, address: str) -> None:
    with browser.new_context(viewport=DESKTOP, locale="ja-JP") as context:
        page = context.new_page()
        page.goto(address)
        keys = Keys(page)
        keys.press("form[action='/apply'] button")
        keys.picks("paper").types("栃木県").date("2023", "2", "24").picks("nothing").types("1000")
        keys.picks("no").picks("apply").types(NUMBER).date("2023", "2", "23").picks("no").picks("agree")
        keys.types("栃木 花子").types("090-1234-5678")
        keys.press("button[value=same]")
        keys.types(counter.code())
        keys.press("button[value=submit]")
        expect(page.locator(".number .big")).to_be_visible()


class Keys:
    """Somebody who has no mouse: Tab, arrows, Space and Enter."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    def press(self, selector: str) -> None:
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def picks(self, value: str) -> Keys:
        self.to("input[type=radio]")
        for _ in range(5):
            if self.page.evaluate("() => document.activeElement.value") == value:
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        return self._sent()

    def types(self, text: str) -> Keys:
        self.to("#answer")
        self.page.keyboard.type(text)
        return self._sent()

    def date(self, *parts: str) -> Keys:
        for name, part in zip(("year", "month", "day"), parts, strict=True):
            self.to(f"#{name}")
            self.page.keyboard.type(part)
        return self._sent()

    def _sent(self) -> Keys:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self


def test_the_first_tab_leads_past_what_stands_on_every_page(phone_page: Page, address: str) -> None:
    phone_page.goto(address)
    phone_page.keyboard.press("Tab")
    expect(phone_page.locator(".skip")).to_be_focused()
    phone_page.keyboard.press("Enter")
    expect(phone_page.locator("main")).to_be_focused()


READ = """
- main:
  - alert "まちがいがあります":
    - paragraph:
      - strong: まちがいがあります
    - paragraph:
      - link "日付として読めませんでした。":
        - /url: "#year"
  - heading "有効期限" [level=1]
  - group /有効期限はいつですか/:
    - text: /有効期限はいつですか.*必須/
    - textbox "年" [invalid]: きのう
    - text: 年
    - textbox "月" [invalid]
    - text: 月
    - textbox "日" [invalid]
    - text: 日
    - paragraph: ＊日付として読めませんでした。
  - button "次へ"
  - button "前の質問へもどる"
"""


def test_a_page_is_read_in_the_order_of_what_is_wrong_what_is_asked_and_where_one_answers(
    desktop_page: Page, address: str
) -> None:
    desktop_page.goto(address)
    desktop_page.locator("form[action='/apply'] button").click()
    desktop_page.locator("input[value=paper]").check()
    desktop_page.locator(".primary").click()
    desktop_page.locator("#answer").fill("栃木県")
    desktop_page.locator(".primary").click()
    desktop_page.locator("#year").fill("きのう")
    desktop_page.locator(".primary").click()
    expect(desktop_page.locator("body")).to_match_aria_snapshot(READ)
    assert [] == desktop_page.evaluate(
        """[...document.querySelectorAll('input[aria-invalid]')]
           .filter(each => !document.getElementById(each.getAttribute('aria-describedby')))"""
    )


def test_a_bank_is_offered_as_one_types_and_only_there_a_script_runs(
    browser: Browser, counter: Counter, address: str
) -> None:
    with browser.new_context(viewport=PHONE, locale="ja-JP") as context:
        page = context.new_page()
        walk = Walk(page, counter, address, words("ja"))
        walk.looks = lambda: None  # type: ignore[method-assign]  # each was looked at above
        page.goto(address)
        walk.sends("form[action='/apply'] button")
        walk.answers(*ASKING_MONEY)
        walk.sends("button[value=same]")
        walk.answers(counter.code(), *ACCOUNT[:6])
        page.locator("#answer").press_sequentially("あしか")
        expect(page.locator("#places option[value='0129']")).to_have_attribute("label", "足利銀行（0129）")
        walk.answers("0129", "0129")
        page.locator("#answer").press_sequentially("宇都")
        expect(page.locator("#places option[value='101']")).to_have_count(1)
        walk.answers("101", "101")
        assert 0 == page.locator("script").count()
