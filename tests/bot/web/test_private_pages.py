"""The private part of a conversation, on our own page."""

from __future__ import annotations

from dialogs.words import words
from tests.bot.web.counter import LATER_PAGES, Browser, Counter, link_of

JA = words("ja")


def label(key: str) -> str:
    return JA.say(f"label.{key}")


# --- the link ------------------------------------------------------------------------------------------------------


def test_looking_at_the_link_changes_nothing(counter: Counter, browser: Browser) -> None:
    link = counter.to_the_door()
    for previewer in [Browser(counter) for _ in range(5)]:
        assert 200 == previewer.get(link).page.status_code
    assert JA.say("page.heading.consent") == browser.enter(link).heading


def test_a_link_lets_one_browser_in(counter: Counter, inside: Browser) -> None:
    link = inside.page.request.path
    assert "/form" == link
    other = Browser(counter)
    used = counter.line("こんにちは")[-1]
    fresh = link_of(used)
    inside.enter(fresh)
    assert 410 == other.get(fresh).page.status_code
    assert JA.say("page.more.link_used_title") == other.heading


def test_a_second_tap_on_begin_comes_in_too(counter: Counter, browser: Browser) -> None:
    link = counter.to_the_door()
    browser.get(link)
    cookie, form = browser.client.get_cookie("counter"), browser.text
    assert cookie
    browser.post(link)
    browser.client.set_cookie("counter", cookie.value)
    browser.post(link, form=form)
    assert JA.say("page.heading.consent") == browser.heading


def test_the_link_in_the_chat_leads_on_for_who_is_in_already(counter: Counter, browser: Browser) -> None:
    link = counter.to_the_door()
    browser.enter(link).answer("agree")
    assert label("name") == browser.get(link).heading


def test_a_link_is_good_for_a_day(counter: Counter, browser: Browser) -> None:
    link = counter.to_the_door()
    counter.move("2023-04-06T10:00:30+09:00")
    assert 410 == browser.get(link).page.status_code


def test_who_guesses_links_has_to_wait(counter: Counter, browser: Browser) -> None:
    statuses = [browser.get(f"/continue/{guess}").page.status_code for guess in range(31)]
    assert [410] * 30 + [429] == statuses
    assert "60" == browser.page.headers["Retry-After"]


def test_a_link_cannot_be_used_from_another_site(counter: Counter, browser: Browser) -> None:
    link = counter.to_the_door()
    assert 400 == browser.client.post(link).status_code
    assert JA.say("page.heading.consent") == browser.enter(link).heading


def test_without_a_link_there_is_no_form(browser: Browser) -> None:
    assert 403 == browser.get("/form").page.status_code
    assert 403 == browser.client.post("/form", data={"answer": "x"}).status_code


# --- one question a page -------------------------------------------------------------------------------------------


def test_the_private_part_ends_with_the_way_back_to_the_chat(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES)
    assert JA.say("page.heading.code.said") == inside.heading
    inside.answer(counter.code())
    assert JA.say("page.more.done_title") == inside.heading
    pushed = counter.sent("turn")[-1]
    assert JA.say("private_done") == pushed[0]["text"]
    assert "栃木 花子" not in str(pushed)


def test_what_was_not_understood_stays_in_its_field_below_the_reason(inside: Browser) -> None:
    inside.answer("agree", "12345")
    assert "＊" + JA.say("why.name_digits") == inside.error
    assert "12345" == inside.field()
    assert 'aria-invalid="true"' in inside.text
    assert 'aria-describedby="error support"' in inside.text


def test_nothing_chosen_is_told_in_words_for_choices(inside: Browser) -> None:
    inside.post()
    assert "＊" + JA.say("page.more.choose_one") == inside.error


def test_after_three_answers_that_cannot_be_read_a_person_is_offered(inside: Browser) -> None:
    inside.answer("agree", "1", "2", "3")
    assert JA.say("page.heading.aside.person") == inside.heading
    inside.answer("no")
    assert label("name") == inside.heading


def test_who_asks_for_a_person_is_told_that_they_come(inside: Browser) -> None:
    inside.answer("agree", "1", "2", "3", "yes")
    assert JA.say("page.more.with_staff_title") == inside.heading
    assert JA.say("page.more.with_staff_title") == inside.get("/form").heading


def test_a_form_sent_twice_is_one_answer(counter: Counter, inside: Browser) -> None:
    inside.answer("agree")
    form = inside.text
    inside.post(answer="栃木 花子")
    turns = counter.turns()
    inside.post(form=form, answer="栃木 花子")
    assert label("contact") == inside.heading
    assert turns == counter.turns()


def test_a_wrong_code_sent_twice_costs_one_try(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES)
    form, wrong = inside.text, "000000" if counter.code() != "000000" else "111111"
    for _ in range(2):
        inside.post(form=form, answer=wrong)
    assert "＊" + JA.say("code_not.wrong") == inside.error
    assert 'value="' in inside.text
    assert ".code[1].said[2]" in inside.text


def test_a_reload_says_the_same_again(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES).answer("000000" if counter.code() != "000000" else "111111")
    assert inside.error
    assert inside.error == inside.get("/form").error


def test_the_browsers_own_way_back_changes_the_answer_at_once(counter: Counter, inside: Browser) -> None:
    inside.answer("agree")
    name_page = inside.text
    inside.answer("栃木 花子")
    inside.post(form=name_page, answer="栃木 太郎")
    assert label("contact") == inside.heading
    inside.answer("090-1234-5678", "same").answer(counter.code())
    inside.post("/form/here")
    assert "栃木 太郎" in inside.text
    assert "栃木 花子" not in inside.text


def test_each_question_has_an_address_that_shows_its_answer_again(inside: Browser) -> None:
    inside.answer("agree", "栃木 花子")
    assert "/form?q=contact" == inside.page.request.full_path
    inside.get("/form?q=name")
    assert (label("name"), "栃木 花子") == (inside.heading, inside.field())
    inside.post(answer="栃木 太郎")
    assert label("contact") == inside.heading


def test_what_was_asked_in_the_chat_is_not_shown_by_its_address(inside: Browser) -> None:
    assert JA.say("page.heading.consent") == inside.get("/form?q=coupon[1].number").heading


def test_a_code_that_was_tried_is_not_asked_again_by_its_address(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES).answer(counter.code())
    assert JA.say("page.more.done_title") == inside.get("/form?q=code[1].said[1]").heading


def test_a_slip_on_a_page_of_before_is_told_on_that_page(inside: Browser) -> None:
    inside.answer("agree")
    name_page = inside.text
    inside.answer("栃木 花子").post(form=name_page, answer="123")
    assert label("name") == inside.heading
    assert "＊" + JA.say("why.name_digits") == inside.error
    inside.post(answer="栃木 太郎")
    assert label("contact") == inside.heading


def test_the_question_before_holds_its_answer(inside: Browser) -> None:
    inside.answer("agree", "栃木 花子", "０９０－１２３４－５６７８")
    inside.post(back="1")
    assert label("contact") == inside.heading
    assert "090-1234-5678" == inside.field()


def test_two_taps_on_back_go_back_once(inside: Browser) -> None:
    inside.answer("agree", "栃木 花子", "090-1234-5678")
    form = inside.text
    for _ in range(2):
        inside.post(form=form, back="1")
    assert label("contact") == inside.heading


def test_who_goes_back_before_the_private_part_goes_on_here(inside: Browser) -> None:
    inside.answer("agree").post(back="1")
    inside.answer("no")
    assert label("name") == inside.heading


def test_another_code_is_sent_and_the_old_one_is_over(counter: Counter, inside: Browser) -> None:
    inside.answer(*LATER_PAGES)
    first = counter.code()
    inside.answer("resend")
    assert 2 == len(counter.sent("code"))
    if first != counter.code():
        assert JA.say("page.heading.code.said") == inside.answer(first).heading
    inside.answer(counter.code())
    assert JA.say("page.more.done_title") == inside.heading


def test_the_target_can_be_changed_where_the_code_is_asked(inside: Browser) -> None:
    inside.answer(*LATER_PAGES).post(choice="change_target")
    assert label("target") == inside.heading
    assert "090-1234-5678" == inside.field()


def test_a_mail_address_that_looks_mistyped_is_asked_back(inside: Browser) -> None:
    inside.answer("agree", "栃木 花子", "090-1234-5678", "hanako@docomo.ne.jpp")
    assert JA.say("page.heading.mail_ok") == inside.heading
    assert "hanako@docomo.ne.jp" in inside.text


def test_what_was_typed_is_never_markup(inside: Browser) -> None:
    inside.answer("agree").post(answer='"><script>alert(1)</script>')
    assert "<script>" not in inside.text


def test_a_word_that_always_works_is_answered_above_the_question(inside: Browser) -> None:
    inside.answer("agree", "たすけて")
    assert label("name") == inside.heading
    assert "担当者" in inside.text


def test_the_status_of_a_draft_is_told_above_the_question(inside: Browser) -> None:
    inside.answer("agree", "状況")
    assert label("name") == inside.heading
    assert JA.say("no_claims") in inside.text
    assert "2023年4月30日(日) 23:59 までに申請を終えてください" in inside.text


def test_who_does_not_agree_is_told_what_then(counter: Counter, inside: Browser) -> None:
    inside.answer("disagree")
    assert JA.say("page.more.ended_title") == inside.heading
    assert "0120-479-249" in inside.text
    assert JA.say("page.more.ended_title") == inside.get("/form").heading


def test_the_pages_follow_the_language_of_the_conversation(counter: Counter, browser: Browser) -> None:
    link = counter.to_the_door()
    counter.line("English")
    browser.get(link)
    assert '<html lang="en">' in browser.text
    browser.enter(link)
    assert words("en").say("page.heading.consent") == browser.heading


def test_the_language_can_be_changed_on_the_page(inside: Browser) -> None:
    inside.answer("agree").post(language="en")
    assert words("en").say("label.name") == inside.heading
    inside.post(language="ja")
    assert label("name") == inside.heading


def test_who_comes_back_after_the_end_in_the_chat_finds_the_way(counter: Counter, inside: Browser) -> None:
    counter.line("やめる", "はい")
    assert JA.say("page.more.ended_title") == inside.get("/form").heading


def test_a_conversation_that_began_again_is_led_back_to_the_chat(counter: Counter, inside: Browser) -> None:
    counter.line("やりなおす", "はい")
    assert JA.say("page.more.done_title") == inside.get("/form").heading
