"""Rubbish that is sent to a page comes back as a sentence at its field, in full and harmless, and nothing moves on."""

from __future__ import annotations

from html import escape

import pytest

from dialogs.words import words
from tests.bot.web.counter import NUMBER, Browser, Counter
from tests.bot.web.web_form import EXPIRY, TRIP, begin, count, fill
from tests.dialogs.test_rubbish import LONG, RUBBISH, SAYS

WAYS: dict[str, tuple[dict[str, str], ...]] = {
    "prefecture": ({"choice": "paper"},),
    "balance": ({"choice": "paper"}, {"answer": "栃木県"}, EXPIRY, {"choice": "nothing"}),
    "number": (
        *({"choice": "paper"}, {"answer": "栃木県"}, EXPIRY, {"choice": "nothing"}, {"choice": "some"}),
        *({"choice": "no"}, {"choice": "apply"}),
    ),
}
TROUBLE = (
    {"choice": "paper"},
    {"answer": "栃木県"},
    EXPIRY,
    {"choice": "other"},
    {"choice": "none"},
    {"choice": "yes"},
)
WAYS["trouble.what"] = (*TROUBLE, {"answer": NUMBER})
WAYS["trouble.shop"] = (*WAYS["trouble.what"], {"answer": "店の人が金額をまちがえた"})
WAYS["trouble.when"] = (*WAYS["trouble.shop"], {"choice": "unknown"})
WAYS["name"] = (*WAYS["number"], {"answer": NUMBER}, TRIP, {"choice": "no"}, {"choice": "agree"})
WAYS["contact"] = (*WAYS["name"], {"answer": "栃木 花子"})
WAYS["target"] = (*WAYS["contact"], {"answer": "090-1234-5678"})
WAYS["code"] = (*WAYS["target"], {"choice": "same"})
MONEY = (*WAYS["number"][:-1], {"choice": "refund"}, *WAYS["name"][len(WAYS["number"]) :], {"answer": "栃木 花子"})
WAYS["refund.kana"] = MONEY
WAYS["refund.postal_code"] = (*MONEY, {"answer": "とちぎ はなこ"}, {"answer": "090-1234-5678"}, {"choice": "same"}, {})
WAYS["refund.address"] = (*WAYS["refund.postal_code"], {"answer": "320-0033"})
GOOD_WORDS = {
    **dict.fromkeys(("name", "refund.kana", "trouble.shop"), ("half-width kana",)),
    # What happened is told in one's own words; they are shown as they are, and run nowhere.
    **dict.fromkeys(("trouble.what", "trouble.when"), ("half-width kana", "html", "sql")),
}
OFFER = words("ja").say("page.heading.aside.person")


def told(browser: Browser, **fields: str) -> None:
    """Send it. After three slips a person is offered: thanks, no."""
    if browser.heading == OFFER:
        browser.post(choice="no")
    browser.post(**fields)


@pytest.mark.parametrize("page", WAYS)
def test_what_is_typed_badly_is_told_at_its_field(counter: Counter, browser: Browser, page: str) -> None:
    begin(browser)
    for fields in WAYS[page]:
        browser.post(**(fields or {"answer": counter.code()}))
    asked = browser.heading
    for name, rubbish in RUBBISH.items():
        if name in GOOD_WORDS.get(page, ()):
            continue
        told(browser, answer=rubbish)
        assert "<script>alert" not in browser.text
        if browser.heading == OFFER:
            continue
        assert (200, asked, True) == (browser.page.status_code, browser.heading, browser.error != ""), name
        assert SAYS.get(name, "") in browser.error
        assert escape("<script>") in browser.text or name != "html"


def test_three_boxes_of_a_date_and_a_choice_that_is_none(browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"}, {"answer": "栃木県"})
    asked = browser.heading
    for name, rubbish in RUBBISH.items():
        told(browser, year="2023", month="2", day=rubbish)
        if browser.heading == OFFER:
            continue
        assert (200, asked, True) == (browser.page.status_code, browser.heading, browser.error != ""), name
    told(browser, **EXPIRY)
    asked = browser.heading
    for rubbish in RUBBISH.values():
        told(browser, choice=rubbish)
        assert browser.heading in (asked, OFFER)


def test_a_receipt_number_and_a_way_back_that_are_none(counter: Counter, browser: Browser) -> None:
    for rubbish in RUBBISH.values():
        browser.get("/status").post("/status", receipt=rubbish)
        assert words("ja").say("page.status.number_form") in browser.text
    fill(begin(browser), *WAYS["name"][:-1])
    for name, rubbish in RUBBISH.items():
        browser.get("/form/later").post("/form/later", answer=rubbish)
        assert ("＊" in browser.text, LONG in browser.text) == (True, SAYS.get(name) == LONG), name
    assert 0 == count(counter, "links")
