"""The end of an application on our own page: its answers checked, sent off, and the receipt."""

from __future__ import annotations

from dialogs.rules.claim import last_four
from dialogs.words import words
from tests.bot.web.counter import LATER_PAGES, NUMBER, Browser, Counter

JA = words("ja")


def to_the_check(counter: Counter, browser: Browser) -> None:
    """Through the private part, and on to *check your answers* on the page itself."""
    browser.answer(*LATER_PAGES).answer(counter.code())
    browser.post("/form/here")


def test_answers_are_checked_unmasked_changed_and_sent_off_on_the_page(counter: Counter, inside: Browser) -> None:
    to_the_check(counter, inside)
    assert JA.say("page.more.check_title") == inside.heading
    for shown in (NUMBER, "栃木 花子", "090-1234-5678", "2023年2月23日(木)"):
        assert shown in inside.text
    inside.post(choice="change:name")
    assert "栃木 花子" == inside.field()
    inside.post(answer="栃木 太郎")
    assert "栃木 太郎" in inside.text
    inside.answer("submit")
    assert JA.say("card.receipt") == inside.heading
    assert JA.say("row.receipt_no") in inside.text


def test_a_date_is_three_boxes_and_comes_back_as_it_was_typed(counter: Counter, inside: Browser) -> None:
    to_the_check(counter, inside)
    inside.post(choice="change:coupon[1].trip_date")
    assert ("2023", "2", "23") == tuple(inside.field(name) for name in ("year", "month", "day"))
    inside.post(year="2023", month="１３", day="23")
    assert "＊" + JA.say("why.date_impossible") == inside.error
    assert "１３" == inside.field("month")
    inside.post(year="", month="２", day="２２")
    assert JA.say("page.heading.coupon.unmatched", coupon="クーポン") == inside.heading
    inside.answer("go_on")
    assert "2023年2月22日(水)" in inside.text


def test_an_empty_date_is_told_as_empty(counter: Counter, inside: Browser) -> None:
    to_the_check(counter, inside)
    inside.post(choice="change:coupon[1].trip_date").post(year="", month="", day="")
    assert "＊" + JA.say("why.empty") == inside.error


def test_sending_off_twice_is_one_application(counter: Counter, inside: Browser) -> None:
    to_the_check(counter, inside)
    form = inside.text
    for nonce in ("a", "b"):
        inside.post(form=form, page=nonce, choice="submit")
        assert JA.say("card.receipt") == inside.heading
    with counter.parts.db.connection() as connection:
        assert (1,) == connection.execute("SELECT count(*) FROM submissions").fetchone()


def test_the_receipt_stays_and_shows_no_target_in_full(counter: Counter, inside: Browser) -> None:
    to_the_check(counter, inside)
    inside.answer("submit")
    first = inside.text
    inside.get("/form")
    with counter.parts.db.connection() as connection:
        row = connection.execute("SELECT receipt_no FROM submissions").fetchone()
    assert row
    assert last_four(row[0])[-2:] in first
    assert "090-1234-5678" not in inside.text
    assert JA.say("card.receipt") == inside.heading


def test_after_the_deadline_the_page_says_so(counter: Counter, inside: Browser) -> None:
    to_the_check(counter, inside)
    counter.move("2023-05-01T00:00:00+09:00")
    inside.answer("submit")
    assert JA.say("page.more.ended_title") == inside.heading
    assert "2023年4月30日(日) 23:59" in inside.text
