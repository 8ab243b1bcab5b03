"""What a small script asks in private is asked on our own page; its end is told there and in the chat it began in."""

from __future__ import annotations

from bot.store.db import autocommit
from dialogs.words import words
from tests.bot.web.counter import LATER_PAGES, NUMBER, Browser, Counter, link_of

JA = words("ja")
NEW_TARGET = "080-9876-5432"


def submitted(counter: Counter) -> None:
    """An application that was sent off in the chat."""
    page = Browser(counter).enter(counter.to_the_door()).answer(*LATER_PAGES)
    page.answer(counter.code())
    counter.line("submit")
    counter.move("2023-04-05T11:00:00+09:00")


def to_the_page(counter: Counter) -> Browser:
    """A browser at the page to which the chat has led, before anything is asked there."""
    taken = counter.line("送り先を変えたい", NUMBER, "2023-02-23")
    return Browser(counter).get(link_of(taken[-1]))


def entered(counter: Counter) -> Browser:
    page = to_the_page(counter)
    return page.post(page.page.request.path)


def changes(counter: Counter) -> list[tuple[str, bool]]:
    with autocommit(counter.parts.db) as connection:
        return connection.execute("SELECT state, conversation IS NOT NULL FROM contact_changes").fetchall()


def test_the_link_says_what_it_goes_on_with(counter: Counter) -> None:
    submitted(counter)
    page = to_the_page(counter)
    assert JA.say("page.beside.begin_text") in page.text
    assert JA.say("page.beside.begin_title") == page.heading


def test_the_new_contact_is_asked_there_and_its_end_is_told_in_both_places(counter: Counter) -> None:
    submitted(counter)
    page = entered(counter)
    assert JA.say("label.move.target") == page.heading
    page.answer(NEW_TARGET)
    assert JA.say("page.more.sent_to", target=NEW_TARGET) in page.text
    page.answer(counter.code())
    assert JA.say("page.beside.done_title") == page.heading
    assert "担当者が確かめてから変えます" in page.text
    told = counter.sent("turn")[-1][0]["text"]
    assert "担当者が確かめてから変えます" in told
    assert [("requested", True)] == changes(counter)
    assert 1 == len(counter.sent("contact_change"))
    assert JA.say("card.receipt") in page.get("/form").text


def test_a_mistake_is_told_at_the_field(counter: Counter) -> None:
    submitted(counter)
    page = entered(counter).answer("028-623-3210")
    assert ("＊" + JA.say("why.phone_landline"), "028-623-3210") == (page.error, page.field())
    page.answer(NEW_TARGET).answer("000000" if counter.code() != "000000" else "111111")
    assert "＊" + JA.say("code_not.wrong") == page.error


def test_who_leaves_it_changes_nothing(counter: Counter) -> None:
    submitted(counter)
    page = entered(counter).post(leave="1")
    assert JA.say("page.beside.done_title") == page.heading
    assert [] == changes(counter)
    assert "どれ" not in "".join(said.text for said in counter.line("状況")[-1].play.said)


def test_the_page_of_an_application_goes_on_while_the_chat_asks_something_else(counter: Counter) -> None:
    page = Browser(counter).enter(counter.to_the_door()).answer("agree")
    counter.line("送り先を変えたい")
    assert JA.say("label.name") == page.get("/form").heading
    assert JA.say("label.contact") == page.answer("栃木 花子").heading


def test_the_browsers_own_way_back_leads_to_the_contact_that_was_given(counter: Counter) -> None:
    submitted(counter)
    page = entered(counter).answer(NEW_TARGET)
    assert NEW_TARGET == page.get("/form?q=contact/move.target").field()
    page.answer("080-1111-2222")
    assert JA.say("page.more.sent_to", target="080-1111-2222") in page.text


def test_a_half_filled_application_is_told_with_the_status_and_its_question_follows(counter: Counter) -> None:
    counter.line("こんにちは", "paper", "09")
    told = [said.text for said in counter.line("状況")[-1].play.said]
    assert any("申請の途中です。質問はあと" in text and "2023年4月30日(日) 23:59 まで" in text for text in told)
    counter.line("やめる", "はい")
    told = [said.text for said in counter.line("状況")[-1].play.said]
    assert any("申請の途中です" in text for text in told)
    assert "有効期限" in told[-1]
