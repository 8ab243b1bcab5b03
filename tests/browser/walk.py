"""Somebody's way through the travellers' pages in a browser: each of them is looked at before it is answered."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from dialogs.words import Words
from tests.bot.web.counter import Counter
from tests.browser.travellers_screen import looks_right
from tests.conftest import DESKTOP, PHONE

READ = "[document.documentElement.lang, document.querySelectorAll('h1').length]"
# What is read first of a page, but for what is wrong on it.
FIRST = "[document.querySelector('main > :not(.summary)').tagName]"
FIELDS = "#answer, #year, #choice-1, #receipt, #code"


class Walk:
    """One person's way through the pages; each of them is looked at before it is answered."""

    def __init__(self, page: Page, counter: Counter, address: str, spoken: Words) -> None:
        self.page, self.counter, self.address, self.spoken = page, counter, address, spoken
        self.seen = 0

    def goes(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.looks()

    def looks(self) -> None:
        self.seen += 1
        for size in (DESKTOP, PHONE):
            self.page.set_viewport_size(size)
            looks_right(self.page, f"{self.spoken.language}-{self.seen:02}")
        assert [self.spoken.language.partition("-")[0], 1] == self.page.evaluate(READ)
        assert ["H1"] == self.page.evaluate(FIRST)
        assert 0 == self.page.locator("[tabindex]:not([tabindex='-1']):not([tabindex='0'])").count()

    def answers(self, *given: str | tuple[int, int, int]) -> None:
        for answer in given:
            if isinstance(answer, tuple):
                for name, part in zip(("year", "month", "day"), answer, strict=True):
                    self.page.locator(f"#{name}").fill(str(part))
            elif self.page.locator("input[type=radio]").count():
                self.page.locator(f"input[type=radio][value='{answer}']").check()
            else:
                self.page.locator("#answer").fill(answer)
            self.sends()

    def types(self, field: str, text: str) -> None:
        self.page.locator(field).fill(text)
        self.sends()

    def sends(self, button: str = ".primary") -> None:
        with self.page.expect_navigation():
            self.page.locator(f"main {button}").first.click()
        self.looks()

    def slips(self) -> None:
        """An empty form: what is wrong stands on top, in focus, and leads to the field."""
        self.sends()
        summary = self.page.get_by_role("alert")
        expect(summary).to_be_focused()
        summary.get_by_role("link").press("Enter")
        expect(self.page.locator(FIELDS).first).to_be_focused()
