"""The pages on which a traveller asks for their money, walked through in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.bot.web.counter import Counter, link_of
from tests.bot.web.test_refund_pages import TO_THE_DOOR
from tests.browser.travellers_screen import JA, heading, looks_right, send

TYPED = {
    "name": "栃木 花子",
    "refund.kana": "とちぎ はなこ",
    "contact": "090-1234-5678",
    "refund.postal_code": "320-0033",
    "refund.address": "栃木県宇都宮市本町1-1 見本マンション101",
    "lodging.name": "日光見本旅館",
    "transfer.bank": "足利",
    "transfer.branch": "宇都宮",
    "transfer.number": "0123456",
}


class Form:
    """The pages one after the other; each is looked at before it is answered, unless look is False."""

    def __init__(self, page: Page, counter: Counter, *, look: bool = True) -> None:
        self.page, self.counter, self.look = page, counter, look

    def fill_in(self, address: str) -> None:
        """From the link in the chat to the last check."""
        self.page.goto(address + link_of(self.counter.line(*TO_THE_DOOR)[-1]))
        expect(self.page.get_by_text(JA.say("page.more.begin_note_refund"))).to_be_visible()
        self.press("page.begin", of="begin")
        self.choose("refund.consent", JA.say("option.refund.consent.agree"))
        self.type("name", "refund.kana", "contact")
        self.press("button.same_as_contact", of="refund.target")
        self.write("code", self.counter.code())
        self.type("refund.postal_code", "refund.address", "lodging.name")
        self.day("lodging.check_in", 23)
        self.day("lodging.check_out", 24)
        self.choose("transfer.consent", JA.say("option.transfer.consent.agree"))
        self.write("transfer.bank", "どこにもない銀行")
        expect(self.page.get_by_role("status")).to_contain_text(JA.say("bank_not_found"))
        self.account()

    def account(self) -> None:
        """From the bank to the last check."""
        self.type("transfer.bank")
        self.choose("transfer.bank_is", "足利銀行（0129）")
        self.type("transfer.branch")
        self.choose("transfer.branch_is", "宇都宮（101）")
        self.choose("transfer.type", "普通")
        self.type("transfer.number")
        self.press("button.holder_as_name", of="transfer.holder", holder="トチギ ハナコ")

    def send_off(self) -> None:
        self.press("option.check.submit", of="check")

    def type(self, *keys: str) -> None:
        for key in keys:
            self.write(key, TYPED[key])

    def write(self, key: str, text: str) -> None:
        self.at(key)
        self.page.locator("#answer").fill(text)
        send(self.page, "page.send")

    def day(self, key: str, day: int) -> None:
        self.at(key)
        for box, number in (("year", 2023), ("month", 2), ("day", day)):
            self.page.locator(f"#{box}").fill(str(number))
        send(self.page, "page.send")

    def choose(self, key: str, label: str) -> None:
        self.at(key)
        self.page.get_by_label(label).check()
        send(self.page, "page.send")

    def press(self, button: str, *, of: str, **facts: str) -> None:
        self.looks_right(of)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=JA.say(button, **facts), exact=True).click()

    def at(self, key: str) -> None:
        heading(self.page, "page.heading.code.said" if key == "code" else f"label.{key}")
        self.looks_right(key)

    def looks_right(self, name: str) -> None:
        if self.look:
            looks_right(self.page, f"refund-{name}")
