"""The emulator's page in a newcomer's hands, and the pages that it opens."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.travellers_screen import SHOTS
from tests.conftest import PATIENCE_MS


class Phone:
    """The emulator's page in one person's hands."""

    def __init__(self, page: Page, url: str, *, person: str) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        self._choose(person)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="トーク")

    @property
    def narrow(self) -> bool:
        return bool(self.page.viewport_size and self.page.viewport_size["width"] <= 480)

    def _choose(self, person: str) -> None:
        if self.narrow:
            self.show("people")
        self.page.get_by_role("button", name=re.compile(person)).first.click()
        if self.narrow:
            self.show("talk")

    def show(self, tab: str) -> None:
        self.page.locator(f"#tab-{tab}").click()

    def befriend(self) -> None:
        self.page.get_by_role("button", name="友だちに追加").click()
        self.expect("補償窓口です")

    def type(self, words: str) -> None:
        line = self.page.get_by_label("メッセージ", exact=True)
        line.fill(words)
        line.press("Enter")

    def tap(self, label: str) -> None:
        self.log.get_by_role("button", name=label, exact=True).last.click()

    def expect(self, words: str) -> None:
        """What the counter says after the person's last word, once it has said it."""
        self.page.bring_to_front()  # a page behind another one is not drawn
        said = ""
        for _ in range(int(PATIENCE_MS / 50)):
            bubbles: list[list[str]] = self.log.locator(".bubble").evaluate_all(
                "all => all.map(one => [one.dataset.from, one.innerText])"
            )
            last_own = max((at for at, (sender, _) in enumerate(bubbles) if sender == "person"), default=-1)
            said = "\n".join(text for _, text in bubbles[last_own + 1 :])
            if words in said:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{words!r} expected, said was: {said}")

    def open(self, label: str) -> Private:
        with self.page.context.expect_page() as opened:
            self.log.get_by_role("link", name=label).or_(self.log.get_by_role("button", name=label)).last.click()
        return Private(opened.value)

    def code_from_sms(self, *, nth: int = 1) -> str:
        """The newest one-time code, once so many have come."""
        return self._newest("sms", r"認証番号\s*(\d{6})", nth=nth)

    def code_from_mail(self, *, nth: int = 1) -> str:
        self._open_mail("認証番号", nth=nth)
        return self._newest("mail", r"(?<!\d)(\d{6})(?!\d)")

    def open_url_from_sms(self) -> Private:
        return self._open_url("sms")

    def open_url_from_mail(self) -> Private:
        self._open_mail("ポイント受取")
        return self._open_url("mail")

    def _open_mail(self, subject: str, *, nth: int = 1) -> None:
        self.show("mail")
        back = self.page.locator(".letter-place button")
        if back.is_visible():
            back.click()
        letters = self.page.locator(".mail-row").filter(has_text=subject)
        expect(letters).to_have_count(nth)
        letters.first.click()

    def _open_url(self, tab: str) -> Private:
        url = self._newest(tab, r"(http://127\.0\.0\.1:\d+/r/[0-9A-Z]+)")
        page = self.page.context.new_page()
        page.goto(url)
        return Private(page)

    def _newest(self, tab: str, pattern: str, *, nth: int = 1) -> str:
        """What the page's own SMS or mail tab shows last, once it shows so many such things."""
        self.show(tab)
        panel = self.page.locator(f"#panel-{tab}")
        expect(panel).to_contain_text(re.compile(rf"(?:{pattern}.*){{{nth}}}", re.DOTALL))
        found = re.findall(pattern, panel.inner_text())
        if self.narrow:
            self.shot(tab)
            self.show("talk")
        return str(found[-1])

    def shot(self, name: str) -> None:
        _shot(self.page, name)


class Private:
    """A page of the counter's own, in a tab that the phone opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    def choose(self, label: str) -> None:
        self.page.get_by_label(label).check()
        self.page.get_by_role("button", name="次へ").click()

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def enter(self, code: str) -> None:
        self.page.locator("#code").fill(code)
        self.press("確認する")

    def fill(self, answer: str, asked: str) -> None:
        expect(self.page.locator("main")).to_contain_text(asked)
        self.page.locator("#answer").fill(answer)
        self.page.get_by_role("button", name="次へ").click()

    def shot(self, name: str) -> None:
        _shot(self.page, name)


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")
