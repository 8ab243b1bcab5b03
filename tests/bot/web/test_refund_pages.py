"""Money back in place of points: asked on our own page, filed with its application, never beside a right to points."""

from __future__ import annotations

from typing import Any

from bot.refund_details import open_details
from bot.store import submissions
from bot.store.db import autocommit
from bot.submission import hand_in
from dialogs.words import words
from tests.bot.web.counter import NUMBER, Browser, Counter, hidden_fields, link_of
from tests.bot.web.web_form import ELIGIBLE, EXPIRY, TRIP, begin, receipt_no
from tests.bot.web.web_form import fill as fill_form
from tests.dialogs.refund_talk import DETAILS

JA = words("ja")
WISH = ("こんにちは", "paper", "09", "2023-02-24", "nothing", "some", "no")
TO_THE_DOOR = (*WISH, "refund", NUMBER, "2023-02-23", "no")
WHO = ("agree", "栃木 花子", "トチギ ハナコ", "090-1234-5678", "same")
WHERE = ("320-0033", "栃木県宇都宮市本町1-1", "日光見本旅館")
ACCOUNT = ("あしかが", "0129", "宇都宮", "101", "1", "0123456", "as_name")
PERSONAL = ("花子", "ハナコ", "ﾊﾅｺ", "本町", "日光見本", "足利", "0123456")


def to_the_stay(counter: Counter, browser: Browser) -> Browser:
    browser.enter(link_of(counter.line(*TO_THE_DOOR)[-1]))
    return fill(fill(browser, *WHO), counter.code(), *WHERE)


def to_the_account(counter: Counter, browser: Browser) -> Browser:
    to_the_stay(counter, browser)
    browser.post(year="2023", month="2", day="23")
    browser.post(year="2023", month="2", day="24")
    return fill(browser, "agree")


def to_the_check(counter: Counter, browser: Browser) -> Browser:
    return fill(to_the_account(counter, browser), *ACCOUNT)


def fill(browser: Browser, *answers: str) -> Browser:
    """Each answer as its page takes it: a choice where it stands on a button or beside a circle, else typed."""
    for answer in answers:
        browser.post(**{"choice" if f'value="{answer}"' in browser.text else "answer": answer})
    return browser


def rows(counter: Counter, sql: str) -> list[Any]:
    with autocommit(counter.parts.db) as connection:
        return connection.execute(sql.encode()).fetchall()


def all_sent(counter: Counter) -> None:
    """What is on its way arrives, so that the person is heard again."""
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = 'sent' WHERE state = 'planned'")


def hand_all_in(counter: Counter) -> None:
    with autocommit(counter.parts.db) as connection:
        due = submissions.claim(connection, most=10)
    for one in due:
        hand_in(counter.parts, one)


def test_the_page_behind_the_link_says_that_an_account_is_asked_for(counter: Counter, browser: Browser) -> None:
    browser.get(link_of(counter.line(*TO_THE_DOOR)[-1]))
    assert JA.say("page.more.begin_note_refund") in browser.text
    assert JA.say("page.more.begin_note") not in browser.text


def test_who_wants_points_is_told_that_no_account_is_asked_for(counter: Counter, browser: Browser) -> None:
    browser.get(counter.to_the_door())
    assert JA.say("page.more.begin_note") in browser.text


def test_a_search_that_finds_more_banks_than_are_shown_says_so(counter: Counter, browser: Browser) -> None:
    fill(to_the_account(counter, browser), "東京")
    assert JA.say("hint.transfer.bank_is", n=10) in browser.text

    fill(browser, "fix", "あしかが")
    assert JA.say("hint.transfer.bank_is", n=10) not in browser.text


def test_a_refund_is_filed_with_its_application(counter: Counter, browser: Browser) -> None:
    fill(to_the_check(counter, browser), "submit")
    assert JA.say("card.receipt") == browser.heading
    [(receipt_no, refunded, details)] = rows(
        counter, "SELECT s.receipt_no, r.receipt_no, r.details FROM submissions s JOIN refunds r ON r.submission = s.id"
    )
    assert receipt_no == refunded
    assert DETAILS == open_details(counter.parts.vault, details)


def test_who_asked_for_the_money_is_given_no_points_and_no_url(counter: Counter, browser: Browser) -> None:
    fill(to_the_check(counter, browser), "submit")
    hand_all_in(counter)
    assert [("accepted",)] == rows(counter, "SELECT state FROM submissions")
    assert [] == rows(counter, "SELECT FROM entitlements")
    assert [] == counter.sent("reward_url")


def test_the_receipt_tells_of_the_transfer_and_of_no_url(counter: Counter, browser: Browser) -> None:
    fill(to_the_check(counter, browser), "submit")
    for _ in range(2):
        assert "お振込は5月中旬以降、順次です" in browser.text
        assert "URL" not in browser.text
        browser.get("/form")
    [receipt, *_] = counter.sent("turn")[-1]
    assert JA.say("row.by_transfer") in str(receipt)
    assert [] == [word for word in PERSONAL if word in str(receipt)]


def test_the_status_tells_how_the_refund_stands(counter: Counter, browser: Browser) -> None:
    fill(to_the_check(counter, browser), "submit")
    for state in ("applied", "paid", "returned"):
        all_sent(counter)
        with autocommit(counter.parts.db) as connection:
            connection.execute(
                "UPDATE refunds SET state = %s, amount = 1000, checked_by = '佐藤', checked_at = now()", (state,)
            )
        [told] = counter.line("状況")[-1].play.said
        assert told.card
        assert JA.say(f"status.refund_{state}") == dict(told.card.rows)[JA.say("row.state")]


def test_the_web_form_takes_a_refund_as_the_chat_does(counter: Counter, browser: Browser) -> None:
    form = fill_form(begin(browser), *ELIGIBLE, {"choice": "refund"}, {"answer": NUMBER}, TRIP, {"choice": "no"})
    fill(fill(form, *WHO), counter.code(), *WHERE)
    fill_form(form, TRIP, EXPIRY, {"choice": "agree"})
    fill(form, *ACCOUNT, "submit")
    assert receipt_no(browser)
    assert [(1,)] == rows(counter, "SELECT count(*) FROM refunds JOIN submissions USING (receipt_no)")


def test_nothing_of_it_is_said_in_the_chat(counter: Counter, browser: Browser) -> None:
    fill(to_the_check(counter, browser), "submit")
    all_sent(counter)
    heard = str([counter.sent("turn"), counter.line("状況")[-1].play.said])
    assert [] == [word for word in PERSONAL if word in heard]


def test_several_banks_are_offered_as_choices_of_a_page(counter: Counter, browser: Browser) -> None:
    fill(to_the_account(counter, browser), "足利")
    assert JA.say("label.transfer.bank_is") == browser.heading
    assert [f'value="{code}"' in browser.text for code in ("0129", "1221", "fix")] == [True] * 3


def test_a_bank_that_is_not_found_is_told_and_asked_again(counter: Counter, browser: Browser) -> None:
    to_the_account(counter, browser)
    for typed in ("ほげほげ銀行", "<b>", "'; DROP TABLE refunds; --"):
        fill(browser, typed)
        assert JA.say("label.transfer.bank") == browser.heading
        assert JA.say("bank_not_found") in browser.text
        assert typed == browser.field()
    assert "<b>" not in browser.text
    assert JA.say("why.no_words") in fill(browser, "😀").error


def test_a_misspelt_bank_is_found_and_a_code_of_no_table_may_be_right(counter: Counter, browser: Browser) -> None:
    fill(to_the_account(counter, browser), "0002")
    assert JA.say("option.transfer.bank_is.unlisted", code="0002") in browser.text
    fill(browser, "fix", "ｱｼｶｶﾞぎんこう", "0129")
    assert JA.say("label.transfer.branch") == browser.heading


def test_japan_post_is_asked_for_symbol_and_number(counter: Counter, browser: Browser) -> None:
    fill(to_the_account(counter, browser), "郵便局", "9900", "14030", "12345671", "as_name")
    assert "12345671（振込用の店番 408、口座番号 1234567）" in browser.text


def test_the_way_back_mends_the_bank(counter: Counter, browser: Browser) -> None:
    fill(to_the_account(counter, browser), "足利", "1221").get("/form?q=transfer.bank_is")
    fill(browser, "0129")
    assert JA.say("label.transfer.branch") == browser.heading
    fill(browser, *ACCOUNT[2:])
    assert "足利銀行（0129）" in browser.text


def test_the_check_is_made_on_the_page_and_each_answer_can_be_changed(counter: Counter, browser: Browser) -> None:
    to_the_check(counter, browser)
    assert JA.say("page.more.check_title") == browser.heading
    browser.post(choice="change:transfer.number")
    assert (JA.say("label.transfer.number"), "0123456") == (browser.heading, browser.field())
    fill(browser, "7654321")
    assert "7654321" in browser.text


def test_who_submits_twice_has_one_refund(counter: Counter, browser: Browser) -> None:
    form = to_the_check(counter, browser).text
    for _ in range(2):
        browser.post(form=form, choice="submit")
    assert [(1, 1)] == rows(counter, "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM refunds)")


def test_after_the_deadline_nothing_is_filed(counter: Counter, browser: Browser) -> None:
    to_the_check(counter, browser)
    form = hidden_fields(browser.text)
    counter.move("2023-05-01T00:00:00+09:00")
    browser.see(browser.client.post("/form", data={**form, "choice": "submit"}, follow_redirects=True))
    assert [] == rows(counter, "SELECT FROM refunds")


def test_the_status_of_a_half_filled_refund_says_by_when_it_has_to_be_sent_off(
    counter: Counter, browser: Browser
) -> None:
    to_the_account(counter, browser).post(answer="状況")
    assert "2023年4月30日(日) 23:59 までに申請を終えてください" in browser.text


def test_the_draft_is_sealed(counter: Counter, browser: Browser) -> None:
    to_the_check(counter, browser)
    [(kept,)] = rows(counter, "SELECT string_agg(conversations::text, '') FROM conversations")
    assert [] == [word for word in PERSONAL if word in kept]
