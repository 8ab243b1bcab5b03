"""The web form filled in: every page from the front to the receipt, as fields that are sent."""

from __future__ import annotations

import re

from bot.store.db import autocommit
from tests.bot.web.counter import NUMBER, Browser, Counter

EXPIRY = {"year": "2023", "month": "2", "day": "24"}
TRIP = {"year": "2023", "month": "2", "day": "23"}
ELIGIBLE = (
    {"choice": "paper"},
    {"answer": "栃木県"},
    EXPIRY,
    {"choice": "nothing"},
    {"choice": "some"},
    {"choice": "no"},
)
TO_THE_CONSENT = (*ELIGIBLE, {"choice": "apply"}, {"answer": NUMBER}, TRIP, {"choice": "no"})
WHO = ({"choice": "agree"}, {"answer": "栃木 花子"}, {"answer": "090-1234-5678"}, {"choice": "same"})


def begin(browser: Browser) -> Browser:
    return browser.get("/").post("/apply")


def fill(browser: Browser, *pages: dict[str, str]) -> Browser:
    for fields in pages:
        browser.post(**fields)
    return browser


def whole_form(counter: Counter, browser: Browser) -> str:
    """From the front page to the receipt; gives the receipt number."""
    fill(begin(browser), *TO_THE_CONSENT, *WHO)
    browser.post(answer=counter.code()).post(choice="submit")
    return receipt_no(browser)


def receipt_no(browser: Browser) -> str:
    found = re.search(r'class="big">([\d-]+)<', browser.text)
    assert found, browser.heading
    return found[1]


def link(counter: Counter) -> str:
    """The way back that was sent last."""
    return way_in(counter.sent("resume")[-1][0]["text"])


def way_in(letter: str) -> str:
    """The path in a letter that opens a page of ours: by SMS a short one."""
    found = re.search(r"/c/[0-9A-Z]{12}\b|/continue/[\w-]{24}", letter)
    assert found, letter
    return found[0]


def count(counter: Counter, table: str) -> int:
    """How many rows of a table there are; a condition may follow its name."""
    with autocommit(counter.parts.db) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608 - our own names
    assert row
    return int(row[0])
