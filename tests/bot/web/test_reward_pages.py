"""The page behind the URL that people were sent."""

from __future__ import annotations

import pytest

from dialogs.rules.claim import last_four
from dialogs.words import words
from tests.bot.web.counter import LATER_PAGES, Browser, Counter

JA = words("ja")


@pytest.fixture
def token(counter: Counter, inside: Browser) -> str:
    """The token of somebody whose application was accepted for 1,000 yen."""
    inside.answer(*LATER_PAGES).answer(counter.code())
    inside.post("/form/here").answer("submit")
    return counter.entitled()


def test_it_shows_amount_deadline_rewards_and_the_end_of_the_receipt_number(
    counter: Counter, browser: Browser, token: str
) -> None:
    with counter.parts.db.connection() as connection:
        row = connection.execute("SELECT receipt_no FROM entitlements").fetchone()
    assert row
    assert 200 == browser.get(f"/r/{token}").page.status_code
    for shown in ("1,000円", "2023年5月31日(水) 23:59", last_four(row[0]), "Amazonギフトカード", "nanacoギフト"):
        assert shown in browser.text
    assert row[0] not in browser.text


def test_it_offers_only_what_the_amount_can_be_paid_out_in(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES).answer(counter.code())
    inside.post("/form/here").answer("submit")
    inside.get(f"/r/{counter.entitled(amount=14)}")
    assert "Amazonギフトカード" not in inside.text
    assert "Pontaポイントコード" in inside.text


def test_previews_change_nothing(counter: Counter, token: str) -> None:
    def stand() -> object:
        with counter.parts.db.connection() as connection:
            return connection.execute("SELECT * FROM entitlements").fetchall()

    before = stand()
    for _ in range(5):
        assert 200 == Browser(counter).get(f"/r/{token}").page.status_code
    assert before == stand()


def test_nobody_else_may_keep_find_or_pass_it_on(browser: Browser, token: str) -> None:
    headers = browser.get(f"/r/{token}").page.headers
    assert "no-store" == headers["Cache-Control"]
    assert "noindex, nofollow" == headers["X-Robots-Tag"]
    assert "no-referrer" == headers["Referrer-Policy"]
    assert '<meta name="robots" content="noindex, nofollow">' in browser.text


def test_small_letters_and_misread_ones_lead_to_it_too(browser: Browser, token: str) -> None:
    assert 200 == browser.get("/r/" + token.lower().replace("0", "o").replace("1", "l")).page.status_code


def test_a_url_that_is_not_ours_tells_nothing(browser: Browser, token: str) -> None:
    answers = {browser.get(f"/r/{wrong}").text for wrong in ("X", "0" * 12, token[:-1], token + "0")}
    assert 404 == browser.page.status_code
    assert 1 == len(answers)
    assert JA.say("reward_page.more.unknown_title") == browser.heading


def test_who_guesses_has_to_wait_and_who_was_sent_one_has_not(browser: Browser, token: str) -> None:
    for _ in range(40):
        assert 200 == browser.get(f"/r/{token}").page.status_code
    statuses = [browser.get(f"/r/{guess}").page.status_code for guess in range(31)]
    assert [404] * 30 + [429] == statuses
    assert 429 == browser.get(f"/r/{token}").page.status_code


def test_it_is_open_until_the_last_minute_and_closed_then(counter: Counter, browser: Browser, token: str) -> None:
    counter.move("2023-05-31T23:59:00+09:00")
    assert JA.say("reward_page.title") == browser.get(f"/r/{token}").heading
    counter.move("2023-06-01T00:00:00+09:00")
    assert JA.say("reward_page.more.closed_title") == browser.get(f"/r/{token}").heading
    assert "0120-479-249" in browser.text
    assert "1,000円" not in browser.text
