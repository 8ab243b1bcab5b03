"""What people ask, answered on a page of its own; and what they may do with an application, from its status on."""

from __future__ import annotations

import pytest

from bot.store.db import autocommit
from dialogs.reading.topics import TOPICS
from dialogs.words import languages, words
from tests.bot.web.counter import NUMBER, Browser, Counter
from tests.bot.web.test_status_pages import shown
from tests.bot.web.web_form import whole_form

JA = words("ja", "page")


def status_of_an_application(counter: Counter) -> Browser:
    """Another browser, that has come to the status by number and code."""
    return shown(counter, whole_form(counter, Browser(counter)))


def states(counter: Counter) -> list[str]:
    with autocommit(counter.parts.db) as connection:
        return [row[0] for row in connection.execute("SELECT state FROM submissions").fetchall()]


@pytest.mark.parametrize("language", languages())
def test_every_topic_stands_on_the_page_of_questions(counter: Counter, browser: Browser, language: str) -> None:
    page = browser.get(f"/help?lang={language}")
    assert len(TOPICS) - 2 == page.text.count("<summary>")
    assert "{" not in page.text.partition("<main")[2]


IN_A_CHAT = ("話しかけて", "ここには書か", "ここに話して", "ここに書か", "write to us again", "account number here")


@pytest.mark.parametrize("month", ["03-10", "03-25", "04-10", "05-10", "06-10"])
@pytest.mark.parametrize("language", languages())
def test_an_answer_on_a_page_asks_for_nothing_that_is_done_in_a_chat(
    counter: Counter, browser: Browser, language: str, month: str
) -> None:
    counter.move(f"2023-{month}T12:00:00+09:00")
    text = browser.get(f"/help?lang={language}").text
    assert [] == [words_ for words_ in IN_A_CHAT if words_ in text]


def test_the_answers_are_those_of_the_day(counter: Counter, browser: Browser) -> None:
    counter.move("2023-03-10T12:00:00+09:00")
    assert "オープン予定" in browser.get("/help").text
    counter.move("2023-05-02T12:00:00+09:00")
    assert "オープン予定" not in browser.get("/help").text
    assert 'href="/help"' in browser.get("/").text


def test_once_receiving_is_over_no_answer_on_a_page_leads_to_a_url(counter: Counter, browser: Browser) -> None:
    counter.move("2023-06-03T12:00:00+09:00")
    text = browser.get("/help").text
    assert 3 == text.count("受取の期限は 2023年5月31日(水) 23:59 でした")
    assert [] == [unsaid for unsaid in ("もう一度お送り", "送り先を変えるか", "から変えられます") if unsaid in text]
    assert JA.say("page.help.affairs") not in text
    counter.move("2023-05-31T23:59:59+09:00")
    assert JA.say("page.help.affairs") in browser.get("/help").text


def test_before_any_url_a_page_says_when_they_come(counter: Counter, browser: Browser) -> None:
    for day in ("03-10", "03-25", "04-05"):
        counter.move(f"2023-{day}T12:00:00+09:00")
        text = browser.get("/help").text
        assert "URLのお届けはこれからです。アプリにチャージした方：4月上旬以降。" in text
        assert "もう一度お送りできます" not in text


def test_an_application_is_withdrawn_from_its_status(counter: Counter) -> None:
    page = status_of_an_application(counter)
    page.post("/status", affair="withdraw")
    assert "取り下げると、ポイントはお送りしません" in page.text
    page.post(choice="yes")
    assert JA.say("page.beside.done_title") == page.heading
    assert ["withdrawing"] == states(counter)
    assert JA.say("status.withdrawing") in page.get("/status").text


def test_the_url_is_asked_for_from_the_status(counter: Counter) -> None:
    page = status_of_an_application(counter).post("/status", affair="resend")
    assert (200, JA.say("page.beside.done_title")) == (page.page.status_code, page.heading)
    assert "申請を確認しています" in page.text
    assert 0 == len(counter.sent("reward_url_again"))


def test_the_contact_is_changed_from_the_status_on_pages_alone(counter: Counter) -> None:
    page = status_of_an_application(counter).post("/status", affair="contact")
    assert JA.say("label.move.number", number_name="お問合せ番号") == page.heading
    page.answer(NUMBER).post(year="2023", month="2", day="23")
    assert JA.say("label.move.target") == page.heading
    page.answer("080-9876-5432")
    counter.parts.redis.flushdb()
    page.answer(counter.code())
    assert "担当者が確かめてから変えます" in page.text
    with autocommit(counter.parts.db) as connection:
        assert [("requested",)] == connection.execute("SELECT state FROM contact_changes").fetchall()


def test_without_number_and_code_nothing_can_be_done(counter: Counter) -> None:
    whole_form(counter, Browser(counter))
    stranger = Browser(counter).get("/status")
    stranger.post("/status", affair="withdraw")
    assert ["filed"] == states(counter)
    assert "取り下げますか" not in stranger.text


def test_a_second_tap_asks_the_same_question_once(counter: Counter) -> None:
    page = status_of_an_application(counter)
    form = page.text
    first = page.post("/status", form=form, affair="withdraw").heading
    assert first == page.post("/status", form=form, affair="withdraw").heading
    page.post(leave="1")
    assert ["filed"] == states(counter)
