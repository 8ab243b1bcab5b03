"""A form is answered by an address of its own: a reload sends nothing again, and the way back leads onto it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from bot.web.again import MOST
from tests.bot.web.counter import Browser, Counter, hidden_fields, opened_counter
from tests.bot.web.web_form import TO_THE_CONSENT, begin, fill

BAD = "0" * 3


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        opened.parts.redis.flushdb()
        yield opened


@pytest.fixture
def browser(counter: Counter) -> Browser:
    return Browser(counter)


def sent(browser: Browser, path: str, **fields: str) -> TestResponse:
    """What the form of the page is answered with, redirects not followed."""
    return browser.client.post(path, data={**hidden_fields(browser.text), **fields})


def at_the_prefecture(browser: Browser) -> Browser:
    return fill(begin(browser), {"choice": "paper"})


def test_a_bad_answer_leads_on_to_a_page_that_shows_the_error_and_what_was_typed(
    counter: Counter, browser: Browser
) -> None:
    answer = sent(at_the_prefecture(browser), "/form", answer="ＵＦＯ <b>")
    assert (303, "no-store") == (answer.status_code, answer.headers["Cache-Control"])
    assert answer.headers["Location"].startswith("/form?q=prefecture&again=")
    taken = counter.turns()
    for _ in range(2):
        browser.get(answer.headers["Location"])
        assert ("ＵＦＯ <b>", True) == (browser.field(), browser.error != "")
    assert taken == counter.turns()
    assert "有効期限" in browser.post(answer="栃木県").heading


def test_nobody_else_is_shown_it_and_once_it_is_over_the_question_stands_there(
    counter: Counter, browser: Browser
) -> None:
    where = sent(at_the_prefecture(browser), "/form", answer="UFO").headers["Location"]
    other = at_the_prefecture(Browser(counter)).get(where)
    assert ("", "") == (other.field(), other.error)
    counter.parts.redis.flushdb()
    browser.get(where)
    assert ("", "", True) == (browser.field(), browser.error, "都道府県" in browser.heading)


def test_of_one_browser_no_more_is_kept_than_it_needs(counter: Counter, browser: Browser) -> None:
    at_the_prefecture(browser)
    where = [sent(browser, "/form", answer=f"UFO {n}").headers["Location"] for n in range(MOST + 1)]
    assert MOST == len(list(counter.parts.redis.scan_iter("again:*")))
    assert "" == browser.get(where[0]).field()
    assert f"UFO {MOST}" == browser.get(where[-1]).field()


@pytest.mark.parametrize(
    ("path", "fields", "typed"),
    [
        ("/status", {"receipt": BAD}, BAD),
        ("/code", {"code": BAD}, BAD),
    ],
)
def test_pages_of_their_own_are_answered_so_too(
    browser: Browser, path: str, fields: dict[str, str], typed: str
) -> None:
    answer = sent(browser.get(path), path, **fields)
    assert (303, True) == (answer.status_code, answer.headers["Location"].startswith(f"{path}?again="))
    assert f'value="{typed}"' in browser.get(answer.headers["Location"]).text


def test_the_way_back_that_is_sent_and_the_page_of_a_used_link_are_answered_so_too(
    counter: Counter, browser: Browser
) -> None:
    fill(begin(browser), *TO_THE_CONSENT)
    later = sent(browser.get("/form/later"), "/form/later", answer="nobody@")
    assert (303, True) == (later.status_code, later.headers["Location"].startswith("/form/later?again="))
    assert 'value="nobody@"' in browser.get(later.headers["Location"]).text
    link = counter.to_the_door()
    Browser(counter).enter(link)
    late = Browser(counter).get("/")
    used = sent(late, link)
    assert (303, 410) == (used.status_code, late.client.get(used.headers["Location"]).status_code)


def test_a_code_that_is_wrong_at_the_reward_site_is_answered_so_too(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), *TO_THE_CONSENT, {"choice": "agree"}, {"answer": "栃木 花子"}, {"answer": "090-1234-5678"})
    browser.post(choice="same")
    browser.post(answer=counter.code()).post(choice="submit")
    path = f"/r/{counter.entitled()}"
    browser.get(path).post(path, send="1")
    answer = sent(browser, path, code="12")
    assert (303, True) == (answer.status_code, answer.headers["Location"].startswith(f"{path}?again="))
    assert 'value="12"' in browser.get(answer.headers["Location"]).text


def test_a_mail_program_is_led_nowhere(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), *TO_THE_CONSENT, {"choice": "agree"}, {"answer": "栃木 花子"}, {"answer": "090-1234-5678"})
    browser.post(choice="same")
    browser.post(answer=counter.code()).post(choice="submit")
    token = counter.entitled()
    assert 200 == browser.client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}).status_code


def test_without_redis_a_form_is_answered_at_once(database_url: str) -> None:
    with opened_counter(database_url, "redis://127.0.0.1:9/0") as counter:
        answer = sent(at_the_prefecture(Browser(counter)), "/form", answer="UFO")
        assert (200, True) == (answer.status_code, 'value="UFO"' in answer.text)
