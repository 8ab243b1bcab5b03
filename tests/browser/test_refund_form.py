"""The pages that ask for an account, in a real browser at the width of a phone: each of them is looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.bot.web.counter import Counter, link_of
from tests.bot.web.test_refund_pages import TO_THE_DOOR
from tests.browser.travellers_screen import JA, heading, looks_right, send

pytestmark = pytest.mark.browser

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


def test_a_traveller_asks_for_the_money_from_the_link_to_the_receipt(
    phone_page: Page, counter: Counter, address: str
) -> None:
    form = Form(phone_page, counter)
    phone_page.goto(address + link_of(counter.line(*TO_THE_DOOR)[-1]))
    expect(phone_page.get_by_text(JA.say("page.more.begin_note_refund"))).to_be_visible()
    form.press("page.begin", of="begin")
    form.choose("refund.consent", JA.say("option.refund.consent.agree"))
    form.type("name", "refund.kana", "contact")
    form.press("button.same_as_contact", of="refund.target")
    form.write("code", counter.code())
    form.type("refund.postal_code", "refund.address", "lodging.name")
    form.day("lodging.check_in", 23)
    form.day("lodging.check_out", 24)
    form.choose("transfer.consent", JA.say("option.transfer.consent.agree"))
    form.write("transfer.bank", "どこにもない銀行")
    expect(phone_page.get_by_role("status")).to_contain_text(JA.say("bank_not_found"))
    form.type("transfer.bank")
    form.choose("transfer.bank_is", "足利銀行（0129）")
    form.type("transfer.branch")
    form.choose("transfer.branch_is", "宇都宮（101）")
    form.choose("transfer.type", "普通")
    form.type("transfer.number")
    form.press("button.holder_as_name", of="transfer.holder", holder="トチギ ハナコ")
    for shown in ("足利銀行（0129）", "0123456", "トチギ ハナコ"):
        expect(phone_page.get_by_text(shown, exact=True).first).to_be_visible()
    form.press("option.check.submit", of="check")
    expect(phone_page.get_by_text(JA.say("row.by_transfer"))).to_be_visible()
    form.looks_right("receipt")


class Form:
    """The pages one after the other; each is looked at before it is answered."""

    def __init__(self, page: Page, counter: Counter) -> None:
        self.page, self.counter = page, counter

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
        looks_right(self.page, f"refund-{name}")
