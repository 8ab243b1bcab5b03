"""Signing in: password, code, and what happens to those who guess."""

from __future__ import annotations

import re

import pytest
import redis

from bot import staff
from bot.store.db import autocommit
from tests.bot.console.desk import PASSWORD, actions, code_of, fault, hire, member, set_up_token
from tests.bot.web.counter import Browser, Counter, opened_counter

SIGN_IN, CODE, ENROL = "/console/sign-in", "/console/code", "/console/enrol"


def with_password(browser: Browser, login: str = "ichiro", password: str = PASSWORD) -> Browser:
    return browser.get(SIGN_IN).post(SIGN_IN, login=login, password=password)


def sign_in(browser: Browser, counter: Counter, login: str = "ichiro") -> Browser:
    return with_password(browser, login).post(CODE, code=code_of(counter.parts, login))


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("staff")
    assert found
    return found.value


def test_a_member_signs_in_with_password_and_code_and_out_again(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro", name="担当 一郎")
    sign_in(browser, counter)
    assert "担当 一郎さん、お疲れさまです" == browser.heading
    browser.post("/console/sign-out")
    assert "サインイン" == browser.heading
    assert "サインイン" == browser.get("/console").heading
    assert [("担当 一郎", "staff.signed_in"), ("担当 一郎", "staff.signed_out")] == actions(counter.parts)[-2:]


def test_who_goes_back_from_the_code_to_the_password_may_type_it_again(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    with_password(with_password(browser)).post(CODE, code=code_of(counter.parts, "ichiro"))
    assert "/console" == browser.page.request.path


def test_after_the_sign_in_one_stands_where_one_wanted_to_go(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    browser.get("/console?x=1").post(SIGN_IN, login="ichiro", password=PASSWORD)
    browser.post(CODE, code=code_of(counter.parts, "ichiro"))
    assert "/console?x=1" == browser.page.request.full_path


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/status", "javascript:alert(1)"])
def test_no_sign_in_leads_out_of_the_console(counter: Counter, browser: Browser, to: str) -> None:
    hire(counter.parts, "ichiro")
    browser.get(f"{SIGN_IN}?to={to}").post(SIGN_IN, login="ichiro", password=PASSWORD)
    browser.post(CODE, code=code_of(counter.parts, "ichiro"))
    assert "/console" == browser.page.request.path


@pytest.mark.parametrize(
    ("login", "password"), [("ichiro", "wrong"), ("nobody", PASSWORD), ("", ""), ("ichiro", "x" * 9999)]
)
def test_a_wrong_pair_tells_not_which_of_the_two_is_wrong(
    counter: Counter, browser: Browser, login: str, password: str
) -> None:
    hire(counter.parts, "ichiro")
    with_password(browser, login, password)
    assert (403, "＊ログイン名かパスワードが違います。もう一度入力してください。") == (
        browser.page.status_code,
        fault(browser),
    )
    assert ("-", "staff.refused") == actions(counter.parts)[-1]


def test_the_audit_tells_nothing_of_what_was_typed(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    with_password(browser, "ichiro", "my secret cat")
    with_password(browser, "my secret cat", "ichiro")
    with autocommit(counter.parts.db) as connection:
        rows = connection.execute("SELECT a::text FROM audit a WHERE action = 'staff.refused'").fetchall()
    assert 2 == len(rows)
    assert [] == [row for (row,) in rows if "cat" in row or "ichiro" in row]


def test_each_step_has_a_token_of_its_own(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    browser.client.set_cookie("staff", "put there by somebody else")
    with_password(browser)
    half = cookie(browser)
    browser.post(CODE, code=code_of(counter.parts, "ichiro"))
    whole = cookie(browser)
    assert 3 == len({"put there by somebody else", half, whole})
    thief = counter.app.test_client()
    thief.set_cookie("staff", half)
    assert 303 == thief.get("/console").status_code


def test_a_code_is_taken_once(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    sign_in(browser, counter)
    other = with_password(Browser(counter))
    other.post(CODE, code=code_of(counter.parts, "ichiro"))
    assert (403, CODE) == (other.page.status_code, other.page.request.path)
    other.post(CODE, code=code_of(counter.parts, "ichiro", steps=1))
    assert "/console" == other.page.request.path


def test_a_code_typed_in_full_width_or_of_a_slow_phone_is_taken(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    late = code_of(counter.parts, "ichiro", steps=-1)
    wide = late.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    with_password(browser).post(CODE, code=f" {wide[:3]} {wide[3:]} ")
    assert "/console" == browser.page.request.path


def test_a_code_of_some_minutes_ago_is_refused(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    with_password(browser).post(CODE, code=code_of(counter.parts, "ichiro", steps=-4))
    assert (403, "確認コード") == (browser.page.status_code, browser.heading)


def test_guessing_ends_for_a_login_that_is_right_too(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    for _ in range(5):
        assert 403 == with_password(browser, password="a guess of mine").page.status_code
    assert 429 == with_password(browser).page.status_code
    assert "15分" in browser.text


def test_guessing_codes_ends_as_well(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    with_password(browser)
    for _ in range(5):
        assert 403 == browser.post(CODE, code="000000").page.status_code
    assert 429 == browser.post(CODE, code=code_of(counter.parts, "ichiro")).page.status_code


def test_guessing_many_logins_from_one_address_ends(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    for number in range(30):
        assert 403 == with_password(browser, f"login{number}", "a guess").page.status_code
    assert 429 == with_password(browser).page.status_code


def test_who_signs_in_often_is_not_taken_for_a_guesser(counter: Counter) -> None:
    hire(counter.parts, "ichiro")
    for _ in range(7):
        assert CODE == with_password(Browser(counter)).page.request.path


def test_guessing_ends_while_redis_is_away_too(database_url: str) -> None:
    with opened_counter(database_url, "redis://127.0.0.1:9/0") as counter:
        hire(counter.parts, "ichiro")
        with pytest.raises(redis.RedisError):
            counter.parts.redis.ping()
        assert CODE == with_password(Browser(counter)).page.request.path
        for _ in range(5):
            assert 403 == with_password(Browser(counter), password="a guess of mine").page.status_code
        assert 429 == with_password(Browser(counter)).page.status_code


def test_the_first_sign_in_chooses_a_password_and_adds_the_app(counter: Counter, browser: Browser) -> None:
    link = f"/console/set-up/{set_up_token(counter.parts, 'ichiro', name='担当 一郎')}"
    browser.get(link).get(link)
    assert ("パスワードを決める", True) == (browser.heading, "担当 一郎" in browser.text)
    browser.post(link, password=PASSWORD, again=PASSWORD)
    assert (ENROL, True) == (browser.page.request.path, 'class="qr"' in browser.text)
    shown = re.search(r'id="secret">([A-Z2-7 ]+)<', browser.text)
    assert shown
    assert 403 == browser.post(ENROL, code="000000").page.status_code
    browser.post(ENROL, code=code_of(counter.parts, "ichiro"))
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", browser.text)
    assert (10, "担当 一郎さん、お疲れさまです") == (len(set(codes)), browser.get("/console").heading)
    assert ["staff.added", "staff.password_set", "staff.refused", "staff.enrolled", "staff.signed_in"] == [
        action for _, action in actions(counter.parts)
    ]


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("short", "short", "短すぎます"),
        ("x" * 129, "x" * 129, "長すぎます"),
        ("ichiro-1234", "ichiro-1234", "短すぎます"),
        ("ichiro-12345", "ichiro-12345", "ログイン名とほとんど同じ"),
        (PASSWORD, PASSWORD + "!", "同じではありません"),
    ],
)
def test_a_password_that_cannot_be_taken_is_told_why(
    counter: Counter, browser: Browser, password: str, again: str, why: str
) -> None:
    link = f"/console/set-up/{set_up_token(counter.parts, 'ichiro')}"
    browser.get(link).post(link, password=password, again=again)
    assert (400, True) == (browser.page.status_code, why in fault(browser))
    assert member(counter.parts, "ichiro").password is None


def test_a_set_up_link_works_once_and_the_newest_alone(counter: Counter, browser: Browser) -> None:
    old = f"/console/set-up/{set_up_token(counter.parts, 'ichiro')}"
    new = staff.reset_password(counter.parts, "ichiro", by="test")
    assert (410, 200) == (browser.get(old).page.status_code, browser.get(new).page.status_code)
    browser.post(new, password=PASSWORD, again=PASSWORD)
    other = Browser(counter).get(new)
    assert (410, "このリンクは使えません") == (other.page.status_code, other.heading)


def test_who_holds_only_the_password_is_not_shown_the_secret_that_is_in_use(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    with_password(browser).get(ENROL)
    assert (CODE, False) == (browser.page.request.path, "<svg" in browser.text)


def test_an_app_that_is_only_on_offer_opens_nothing_before_it_is_added(counter: Counter, browser: Browser) -> None:
    browser.get(f"/console/set-up/{set_up_token(counter.parts, 'ichiro')}")
    browser.post(browser.page.request.path, password=PASSWORD, again=PASSWORD)
    browser.get(ENROL).post(CODE, code=code_of(counter.parts, "ichiro"))
    assert ENROL == browser.page.request.path
    assert member(counter.parts, "ichiro").enrolled_at is None
    assert "staff.signed_in" not in [action for _, action in actions(counter.parts)]


def test_a_recovery_code_stands_in_for_the_phone_once(counter: Counter, browser: Browser) -> None:
    link = f"/console/set-up/{set_up_token(counter.parts, 'ichiro')}"
    browser.get(link).post(link, password=PASSWORD, again=PASSWORD)
    browser.post(ENROL, code=code_of(counter.parts, "ichiro"))
    code = re.findall(r"<code>([a-z2-7-]{19})</code>", browser.text)[0]
    first = with_password(Browser(counter)).post(CODE, code=code.upper())
    assert "/console" == first.page.request.path
    assert 403 == with_password(Browser(counter)).post(CODE, code=code).page.status_code


def test_what_is_reset_ends_every_session_at_once(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    for number, reset in enumerate((staff.end_sessions, staff.reset_password, staff.reset_totp)):
        with autocommit(counter.parts.db) as connection:
            connection.execute("UPDATE staff SET totp_step = 0")
        sign_in(browser, counter)
        assert "/console" == browser.page.request.path, number
        reset(counter.parts, "ichiro", by="test")
        assert SIGN_IN == browser.get("/console").page.request.path


def test_after_a_reset_of_the_codes_the_app_is_added_anew(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    before = code_of(counter.parts, "ichiro")
    staff.reset_totp(counter.parts, "ichiro", by="test")
    with_password(browser)
    assert ENROL == browser.page.request.path
    assert before != code_of(counter.parts, "ichiro")


def test_who_works_here_no_more_comes_in_no_more(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    sign_in(browser, counter)
    staff.set_active(counter.parts, "ichiro", active=False, by="test")
    assert SIGN_IN == browser.get("/console").page.request.path
    assert 403 == with_password(browser).page.status_code
    staff.set_active(counter.parts, "ichiro", active=True, by="test")
    assert CODE == with_password(browser).page.request.path


def test_the_console_speaks_the_members_language_from_then_on(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro", name="Ichiro")
    assert "Sign in" == browser.get(f"{SIGN_IN}?lang=en").heading
    sign_in(browser, counter)
    assert "Ichiroさん、お疲れさまです" == browser.heading
    browser.post("/console/language", language="en")
    assert "Hello, Ichiro" == browser.heading
    assert 400 == browser.post("/console/language", language="tlh").page.status_code


def test_beginning_an_application_in_the_same_browser_signs_nobody_out(counter: Counter, browser: Browser) -> None:
    hire(counter.parts, "ichiro")
    sign_in(browser, counter)
    browser.get("/").post("/apply")
    assert "/console" == browser.get("/console").page.request.path


def test_a_code_is_shown_on_the_page_to_those_alone_who_are_there_to_be_tried(
    counter: Counter, browser: Browser, database_url: str, redis_url: str
) -> None:
    hire(counter.parts, "ichiro")
    with_password(browser)
    assert "shown-here" not in browser.text
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE staff SET created_by = 'bot try'")
    assert code_of(counter.parts, "ichiro") in browser.get(CODE).text
    for again in (browser, Browser(counter)):
        shown = re.search(r'id="shown-here">(\d{6})<', with_password(again).text)
        assert shown
        assert "/console" == again.post(CODE, code=shown[1]).page.request.path
    with opened_counter(database_url, redis_url, CLOCK="real") as real:
        assert "shown-here" not in with_password(Browser(real)).text
