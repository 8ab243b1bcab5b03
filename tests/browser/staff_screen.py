"""What the browser tests of the console share: members at their screens, and whether a page looks right."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from bot.staff_words import staff_words
from bot.store.staff import Member
from tests.bot.console.desk import session_for
from tests.bot.web.counter import Counter
from tests.browser.emulator_screen import violations
from tests.browser.travellers_screen import SHOTS

JA = staff_words("ja")
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
TABLET: ViewportSize = {"width": 820, "height": 1180}
SMALL_TABLET: ViewportSize = {"width": 768, "height": 1024}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALLEST_TARGET = 24  # CSS pixels, WCAG 2.2 AA


def seat(browser: Browser, counter: Counter, address: str, who: Member) -> Page:
    """A laptop on which a member is signed in."""
    context = browser.new_context(viewport=LAPTOP, locale="ja-JP", timezone_id="Asia/Tokyo")
    context.add_cookies([{"name": "staff", "value": session_for(counter.parts, who), "url": address}])
    return context.new_page()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def go(page: Page, what: Locator) -> None:
    """Press what leads to another page, and wait until that is there, with its styles."""
    with page.expect_navigation():
        what.click()


def looks_right(page: Page, name: str = "", *more: ViewportSize) -> None:
    """On a laptop and a tablet: nothing wider than the screen, nothing too small to hit, nothing axe objects to."""
    for size in (*more, TABLET, LAPTOP):
        page.set_viewport_size(size)
        if SHOTS and name:
            page.screenshot(path=Path(SHOTS) / f"{name}-{size['width']}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        small = page.evaluate(
            """smallest => [...document.querySelectorAll('button, input:not([type=hidden]), select, a.button, nav a')]
                .filter(each => each.checkVisibility() && !each.matches('.choice input'))
                .filter(each => each.getBoundingClientRect().height < smallest)
                .map(each => each.outerHTML)""",
            SMALLEST_TARGET,
        )
        assert [] == small, small
        found = violations(page)
        assert [] == found, found
