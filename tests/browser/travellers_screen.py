"""What the tests of the travellers' pages share: what stands on top, what is pressed, whether a page looks right."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from dialogs.words import words
from tests.browser.emulator_screen import violations

JA = words("ja")
SMALLEST_TARGET = 44  # CSS pixels; what stands in a sentence may be smaller
SMALLEST_LETTER = 16  # CSS pixels
SMALLEST_LETTERS = """
Math.min(...[...document.querySelectorAll(
    'body, p, li, dt, dd, a, button, input[type=text], textarea, label, legend, summary')]
    .filter(each => each.textContent.trim() || each.matches('input, textarea'))
    .map(each => parseFloat(getComputedStyle(each).fontSize)))
"""
SHOTS = os.environ.get("SCREENSHOTS")  # a folder to look at what the traveller saw


def heading(page: Page, key: str, **facts: object) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(JA.say(key, **facts))


def looks_right(page: Page, name: str = "") -> None:
    """Nothing wider than the screen, nothing too small for a finger, nothing that axe objects to."""
    if SHOTS and name:
        size = page.viewport_size
        page.screenshot(path=Path(SHOTS) / f"{name}-{size and size['width']}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.evaluate(
        """smallest => [...document.querySelectorAll(
                'button, input:not([type=hidden]), .choice label, a.button, a.line, nav a')]
            .filter(each => !each.matches('.choice input') && each.getBoundingClientRect().height < smallest)
            .map(each => each.outerHTML)""",
        SMALLEST_TARGET,
    )
    assert [] == small
    # A story is not told through a keyhole.
    assert page.evaluate(
        """[...document.querySelectorAll('textarea')]
           .every(each => each.clientWidth > .9 * each.form.clientWidth && each.clientHeight > 140)"""
    )
    assert page.evaluate(SMALLEST_LETTERS) >= SMALLEST_LETTER
    assert [] == violations(page)


def press(page: Page, key: str) -> None:
    page.get_by_role("button", name=JA.say(key), exact=True).click()


def send(page: Page, key: str) -> None:
    """Press, and wait for the page that answers."""
    with page.expect_navigation():
        press(page, key)
