"""The pages that ask for an account, in a real browser at the width of a phone: each of them is looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.bot.web.counter import Counter
from tests.browser.refund_form import Form
from tests.browser.travellers_screen import JA

pytestmark = pytest.mark.browser


def test_a_traveller_asks_for_the_money_from_the_link_to_the_receipt(
    phone_page: Page, counter: Counter, address: str
) -> None:
    form = Form(phone_page, counter)
    form.fill_in(address)
    for shown in ("足利銀行（0129）", "0123456", "トチギ ハナコ"):
        expect(phone_page.get_by_text(shown, exact=True).first).to_be_visible()
    form.send_off()
    expect(phone_page.get_by_text(JA.say("row.by_transfer"))).to_be_visible()
    form.looks_right("receipt")
