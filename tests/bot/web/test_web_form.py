"""The web form as a door of its own: begun on the front page, kept by a cookie and by a link, finished on our pages."""

from __future__ import annotations

import pytest

from bot.store import meter
from bot.store.db import autocommit
from dialogs.words import words
from tests.bot.web.counter import Browser, Counter, opened_counter
from tests.bot.web.web_form import ELIGIBLE, EXPIRY, TO_THE_CONSENT, TRIP, WHO, begin, count, fill, link, whole_form

JA = words("ja")


# --- from the beginning to the receipt -----------------------------------------------------------------------------


def test_the_whole_case_is_played_on_our_pages(counter: Counter, browser: Browser) -> None:
    number = whole_form(counter, browser)
    assert JA.say("card.receipt") == browser.heading
    assert number in browser.get("/form").text
    with autocommit(counter.parts.db) as connection:
        rows = connection.execute("SELECT channel, state FROM submissions").fetchall()
        sent = connection.execute("SELECT DISTINCT channel FROM outgoing").fetchall()
    assert [("web", "filed")] == rows
    assert [("sms",)] == sent


def test_nothing_is_begun_without_the_front_pages_own_button(counter: Counter, browser: Browser) -> None:
    assert 400 == browser.client.post("/apply").status_code
    assert 0 == count(counter, "conversations")


def test_the_same_button_pressed_twice_begins_once(counter: Counter, browser: Browser) -> None:
    front = browser.get("/").text
    browser.post("/apply", form=front)
    first = browser.text
    browser.post("/apply", form=front)
    assert (1, True) == (count(counter, "conversations"), 'value="paper"' in first)


def test_it_begins_in_the_language_that_was_read(browser: Browser) -> None:
    browser.get("/?lang=en")
    begin(browser)
    assert '<html lang="en">' in browser.text
    assert words("en").say("page.send") in browser.text


def test_the_front_page_leads_on_to_what_was_begun(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    browser.get("/")
    assert JA.say("page.apply.go_on") in browser.text
    assert JA.say("label.prefecture") == browser.get("/form").heading
    begin(browser)
    assert 'value="paper"' in browser.text
    assert 2 == count(counter, "conversations")
    assert JA.say("page.apply.go_on") not in Browser(counter).get("/").text


def test_two_tabs_and_the_way_back_change_nothing_twice(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    tab = browser.text
    fill(browser, {"answer": "栃木県"}, EXPIRY)
    browser.post(form=tab, answer="栃木県")
    assert JA.say("label.event") == browser.heading
    browser.get("/form?q=expiry")
    assert "24" == browser.field("day")
    browser.post(year="2023", month="2", day="24")
    assert JA.say("label.event") == browser.heading


# --- what is told, and how a slip is mended ------------------------------------------------------------------------


def test_why_somebody_is_not_meant_stays_to_be_read_and_the_slip_can_be_mended(browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"}, {"answer": "栃木県"}, TRIP, {"choice": "nothing"})
    reason = "お答えの有効期限では対象になりません"
    assert (JA.say("page.more.ended_title"), True) == (browser.heading, reason in browser.text)
    assert reason in browser.get("/form").text
    browser.get("/form?q=expiry").post(**EXPIRY)
    assert JA.say("label.balance") == browser.heading
    assert reason not in browser.text


def test_after_the_end_one_goes_back_by_the_button_too(browser: Browser) -> None:
    fill(begin(browser), {"choice": "other"})
    assert JA.say("page.more.ended_title") == browser.heading
    browser.post(back="1")
    fill(browser, {"choice": "paper"})
    assert JA.say("label.prefecture") == browser.heading


def test_a_typed_answer_of_before_mends_the_end(browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"}, {"answer": "北海道"})
    assert JA.say("page.more.ended_title") == browser.heading
    browser.get("/form?q=prefecture").post(answer="栃木県")
    assert JA.say("label.expiry") == browser.heading


def test_who_decides_later_or_does_not_agree_can_go_on(browser: Browser) -> None:
    fill(begin(browser), *ELIGIBLE, {"choice": "later"})
    assert JA.say("page.more.ended_title") == browser.heading
    assert "またこのページをお開きください" in browser.get("/form").text
    browser.post(resume="1")
    fill(browser, *TO_THE_CONSENT[len(ELIGIBLE) :], {"choice": "disagree"})
    assert JA.say("page.more.ended_title") == browser.heading
    browser.post(resume="1")
    assert JA.say("page.heading.consent") == browser.heading


@pytest.mark.parametrize("language", ["en", "ja-easy", "ja"])
def test_what_is_told_at_the_end_can_be_read_in_every_language(browser: Browser, language: str) -> None:
    fill(begin(browser), {"choice": "other"})
    browser.get(f"/form?lang={language}")
    assert words(language).say("page.more.ended_title") == browser.heading


def test_who_asks_for_a_person_is_told_whom_to_call_and_may_go_on(browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"}, {"answer": "担当者"}, {"choice": "yes"})
    assert JA.say("page.more.with_staff_title") == browser.heading
    assert JA.say("page.apply.with_staff", phone="0120-479-249") in browser.text
    assert JA.say("label.prefecture") == browser.post(bot="1").heading


# --- the phases of the notice --------------------------------------------------------------------------------------


def test_before_the_opening_nothing_personal_is_asked_and_then_it_goes_on(counter: Counter, browser: Browser) -> None:
    counter.move("2023-03-20T10:00:00+09:00")
    fill(begin(browser), *ELIGIBLE)
    assert "またこのページをお開きください" in browser.text
    assert "/form/later" not in browser.text
    assert JA.say("page.more.ended_title") == browser.get("/form/later").heading
    counter.move("2023-03-22T00:00:00+09:00")
    assert JA.say("page.more.resume_title") == browser.get("/form").heading
    browser.post(resume="1")
    assert 'value="apply"' in browser.text


@pytest.mark.parametrize("at", ["2023-05-01T00:00:00+09:00", "2023-06-01T00:00:00+09:00"])
def test_after_the_deadline_the_same_questions_say_what_holds(counter: Counter, browser: Browser, at: str) -> None:
    counter.move(at)
    assert JA.say("page.apply.begin_after") in browser.get("/").text
    fill(begin(browser), *ELIGIBLE)
    assert JA.say("page.more.ended_title") == browser.heading
    assert "申請の受付は 2023年4月30日(日) 23:59 で終わりました" in browser.text
    assert "/form/later" not in browser.text
    assert JA.say("page.more.ended_title") == browser.get("/form").heading


@pytest.mark.parametrize("filled", [(*ELIGIBLE, {"choice": "apply"}), TO_THE_CONSENT])
def test_a_draft_that_is_opened_after_the_deadline_says_so_before_it_asks_anything(
    counter: Counter, browser: Browser, filled: tuple[dict[str, str], ...]
) -> None:
    counter.move("2023-04-30T23:50:00+09:00")
    fill(begin(browser), *filled)
    page = browser.text
    counter.move("2023-05-01T00:00:00+09:00")
    for heading in (browser.get("/form").heading, browser.post(form=page, answer="TG11111111").heading):
        assert JA.say("page.more.ended_title") == heading
        assert "ここからの申請はできません" in browser.text
        assert "次の受付は 2023年5月1日(月) 10:00" in browser.text
    assert JA.say("page.more.ended_title") == browser.get("/form").heading


# --- what an unknown person may do ---------------------------------------------------------------------------------


def test_a_new_visit_is_no_new_chance_to_guess_numbers(counter: Counter) -> None:
    guess = [*ELIGIBLE, {"choice": "apply"}]
    for number in range(10):
        browser = fill(begin(Browser(counter)), *guess)
        for again in range(3):
            fill(browser, {"answer": f"TG1111{number:02d}{again:02d}"}, TRIP)
            assert JA.say("page.heading.coupon.unmatched", coupon="クーポン") == browser.heading
            fill(browser, {"choice": "fix"})
    fill(browser, {"answer": "TG11119999"}, TRIP)
    # Taken unchecked: whoever is honest goes on, and the backend decides.
    assert JA.say("label.coupon.more", n=1) == browser.heading


def test_codes_to_ever_other_numbers_end_after_sixty_an_hour(counter: Counter, browser: Browser) -> None:
    origin = counter.parts.vault.fingerprint("address", "127.0.0.1").hex()
    for _ in range(60):
        meter.take(counter.parts.redis, meter.SENDS_FROM, origin)
    fill(begin(browser), *TO_THE_CONSENT)
    browser.get("/form/later").post("/form/later", answer="090-1234-5678")
    assert "＊" + JA.say("code_refused.too_many") == browser.error
    fill(browser.get("/form"), *WHO)
    assert JA.say("page.more.with_staff_title") == browser.heading
    assert [] == counter.sent("code")


# --- the way back --------------------------------------------------------------------------------------------------


def test_a_link_leads_back_in_another_browser_for_seven_days_and_once(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), *TO_THE_CONSENT, *WHO[:2])
    browser.get("/form/later").post("/form/later", answer="０９０－１２３４－５６７８")
    assert JA.say("page.later.sent_title") == browser.heading
    assert "090-1234-5678" in browser.text
    counter.move("2023-04-12T09:59:00+09:00")
    other = Browser(counter)
    other.enter(link(counter))
    assert JA.say("label.contact") == other.heading
    assert JA.say("page.more.link_used_title") == Browser(counter).get(link(counter)).heading


def test_after_seven_days_the_link_is_over(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    browser.get("/form/later").post("/form/later", answer="hanako@example.jp")
    counter.move("2023-04-12T10:01:00+09:00")
    assert 410 == Browser(counter).get(link(counter)).page.status_code


def test_the_link_goes_out_by_mail_too_and_only_its_hash_is_kept(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    browser.get("/form/later").post("/form/later", answer="hanako@example.jp")
    assert "1回だけ使えます" in counter.sent("resume")[-1][0]["text"]
    token = link(counter).rpartition("/")[2]
    with autocommit(counter.parts.db) as connection:
        rows = connection.execute("SELECT l::text, o::text FROM links l, outgoing o").fetchall()
    assert [False] == [token in str(row) for row in rows]


def test_the_same_form_sent_twice_sends_one_link(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    form = browser.get("/form/later").text
    for _ in range(2):
        browser.post("/form/later", form=form, answer="090-1234-5678")
    assert (1, 1) == (len(counter.sent("resume")), count(counter, "links"))
    assert JA.say("page.later.sent_title") == browser.get("/form/later/sent").heading


def test_a_link_to_a_mistyped_number_dies_with_the_next_one(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    browser.get("/form/later").post("/form/later", answer="090-1234-5679")
    mistyped = link(counter)
    browser.get("/form/later").post("/form/later", answer="090-1234-5678")
    assert 410 == Browser(counter).get(mistyped).page.status_code
    assert 200 == Browser(counter).get(link(counter)).page.status_code


def test_a_target_that_takes_no_link_is_told_at_the_field(counter: Counter, browser: Browser) -> None:
    fill(begin(browser), {"choice": "paper"})
    browser.get("/form/later").post("/form/later", answer="03-1234-5678")
    assert ("＊" + JA.say("why.phone_landline"), "03-1234-5678") == (browser.error, browser.field())
    for _ in range(4):
        browser.get("/form/later").post("/form/later", answer="090-1234-5678")
    assert "＊" + JA.say("code_refused.too_many") == browser.error
    assert 3 == len(counter.sent("resume"))


def test_a_channel_that_is_off_takes_no_link(database_url: str, redis_url: str) -> None:
    off = {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "TWILIO_FROM": ""}
    with opened_counter(database_url, redis_url, **off) as counter:
        browser = fill(begin(Browser(counter)), {"choice": "paper"})
        browser.get("/form/later").post("/form/later", answer="090-1234-5678")
        assert "＊" + JA.say("code_refused.no_channel") == browser.error


def test_only_who_is_at_the_form_can_have_a_link_sent(counter: Counter, inside: Browser) -> None:
    assert JA.say("page.more.expired_title") == Browser(counter).get("/form/later").heading
    assert JA.say("page.heading.consent") == inside.get("/form/later").heading
    assert JA.say("page.heading.consent") == inside.get("/form/later/sent").heading
    assert [] == counter.sent("resume")
