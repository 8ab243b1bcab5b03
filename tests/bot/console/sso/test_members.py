"""Signing in by the office's own account: who may, as what, and who stays outside."""

from __future__ import annotations

import pytest

from bot import staff
from bot.store.db import autocommit
from integrations.emulator.fixture import Emulator
from integrations.emulator.oidc_tokens import object_id
from tests.bot.console.desk import PASSWORD, actions, at_work, code_of, hire, set_up_token
from tests.bot.handoff_house import rows, run
from tests.bot.sso_house import BACK, MAIL, SIGN_IN, THERE, is_in, settings, sign_in, told
from tests.bot.web.counter import Browser, Counter, opened_counter


def test_a_member_comes_by_the_office_account_and_our_code_and_is_where_they_wanted_to_go(
    counter: Counter, browser: Browser, member: str
) -> None:
    assert "職場のアカウントでサインイン" in browser.get(SIGN_IN).text
    sign_in(browser, to="/console/queue")
    assert ("/console/code", False) == (browser.page.request.path, is_in(browser))
    browser.post("/console/code", code=code_of(counter.parts, member))
    assert "/console/queue" == browser.page.request.path
    wanted = [("担当 一郎", "staff.sso_linked"), ("担当 一郎", "staff.signed_in")]
    assert wanted == actions(counter.parts)[-2:]
    browser.post("/console/sign-out")
    assert not is_in(browser)


def test_once_linked_it_is_the_account_that_counts_and_no_name(counter: Counter, browser: Browser, member: str) -> None:
    sign_in(browser)
    run(counter, "UPDATE staff SET sso_name = 'old@office.example.jp'")
    assert "/console/code" == sign_in(Browser(counter)).page.request.path
    hire(counter.parts, "jiro")
    staff.name_for_sso(counter.parts, "jiro", MAIL, by="test")
    sign_in(Browser(counter))
    linked = rows(counter, "SELECT login FROM staff WHERE sso_subject IS NOT NULL")
    assert [("ichiro",)] == linked


@pytest.mark.parametrize("known", ["Emulated-Finance", object_id("finance")], ids=["sub", "object id"])
def test_an_account_whose_address_nobody_vouches_for_is_found_by_its_id_there(
    counter: Counter, browser: Browser, emulator: Emulator, known: str
) -> None:
    emulator.faults.set({"oidc.token": [{"do": "unverified"}]})
    hire(counter.parts, "saburo", "finance")
    staff.name_for_sso(counter.parts, "saburo", known, by="test")
    assert "/console/code" == sign_in(browser, "finance").page.request.path


def test_a_name_that_people_may_choose_there_lets_nobody_in(counter: Counter, browser: Browser) -> None:
    set_up_token(counter.parts, "shinjin", "supervisor")
    staff.name_for_sso(counter.parts, "shinjin", "finance", by="test")
    assert 403 == sign_in(browser, "finance").page.status_code
    assert [(None,)] == rows(counter, "SELECT sso_subject FROM staff")


def test_nobody_becomes_a_member_by_having_an_account_there(counter: Counter, browser: Browser, member: str) -> None:
    sign_in(browser, "stranger")
    assert (403, True, False) == (browser.page.status_code, "担当者はいません" in told(browser), is_in(browser))
    assert 1 == rows(counter, "SELECT count(*) FROM staff")[0][0]
    assert ("-", "staff.refused") == actions(counter.parts)[-1]


def test_who_was_sent_away_stays_away_and_who_is_renamed_is_unlinked(
    counter: Counter, browser: Browser, member: str
) -> None:
    sign_in(browser)
    staff.set_active(counter.parts, member, active=False, by="test")
    assert 403 == sign_in(Browser(counter)).page.status_code
    staff.set_active(counter.parts, member, active=True, by="test")
    assert 200 == sign_in(Browser(counter)).page.status_code
    staff.name_for_sso(counter.parts, member, "", by="test")
    assert 403 == sign_in(Browser(counter)).page.status_code


def test_an_address_that_the_provider_has_not_checked_finds_nobody(
    counter: Counter, browser: Browser, emulator: Emulator, member: str
) -> None:
    emulator.faults.set({"oidc.token": [{"do": "unverified"}]})
    assert 403 == sign_in(browser).page.status_code


def test_the_providers_second_factor_counts_only_where_it_is_trusted(
    database_url: str, redis_url: str, emulator: Emulator
) -> None:
    trusting = settings(emulator, OIDC_TRUSTED_FACTORS="mfa")
    emulator.faults.set({"oidc.token": [{"do": "second_factor", "times": 1}]})
    with opened_counter(database_url, redis_url, **trusting) as counter:
        hire(counter.parts, "ichiro")
        staff.name_for_sso(counter.parts, "ichiro", MAIL, by="test")
        assert is_in(sign_in(Browser(counter)))
        details = rows(counter, "SELECT details->>'second_factor' FROM audit WHERE action = 'staff.signed_in'")
        assert [("provider",)] == details[-1:]
        assert not is_in(sign_in(Browser(counter)))


def test_where_no_second_factor_is_trusted_ours_is_asked_whatever_the_provider_says(
    counter: Counter, browser: Browser, emulator: Emulator, member: str
) -> None:
    emulator.faults.set({"oidc.token": [{"do": "second_factor"}]})
    assert ("/console/code", False) == (sign_in(browser).page.request.path, is_in(browser))


def test_who_has_no_app_yet_adds_one(counter: Counter, browser: Browser) -> None:
    set_up_token(counter.parts, "shinjin")
    staff.name_for_sso(counter.parts, "shinjin", MAIL, by="test")
    assert "/console/enrol" == sign_in(browser).page.request.path


def test_with_passwords_switched_off_none_opens_and_none_can_be_chosen(
    database_url: str, redis_url: str, emulator: Emulator
) -> None:
    off = settings(emulator, STAFF_PASSWORDS="false")
    with opened_counter(database_url, redis_url, **off) as counter:
        hire(counter.parts, "ichiro")
        staff.name_for_sso(counter.parts, "ichiro", MAIL, by="test")
        browser = Browser(counter).get(SIGN_IN)
        assert 'type="password"' not in browser.text
        with browser.client.session_transaction() as session:
            session["csrf"] = "of this browser"
        typed = {"csrf": "of this browser", "login": "ichiro", "password": PASSWORD}
        assert 403 == browser.client.post(SIGN_IN, data=typed).status_code
        link = f"/console/set-up/{staff.reset_password(counter.parts, 'ichiro', by='test').rpartition('/')[2]}"
        assert (410, True) == (browser.get(link).page.status_code, "職場のアカウント" in browser.text)
        assert "/console/code" == sign_in(browser).page.request.path


def test_without_a_provider_there_is_no_such_page_and_no_such_button(database_url: str, redis_url: str) -> None:
    with opened_counter(database_url, redis_url) as counter:
        browser = Browser(counter)
        assert [404, 404] == [browser.client.get(path).status_code for path in (THERE, BACK)]
        assert THERE not in browser.get(SIGN_IN).text


def test_strangers_who_try_again_and_again_are_stopped(counter: Counter, browser: Browser, member: str) -> None:
    statuses = [sign_in(browser, "stranger").page.status_code for _ in range(6)]
    assert [403] * 5 + [429] == statuses


def test_an_administrator_writes_the_account_down_and_a_name_is_one_persons(counter: Counter) -> None:
    hire(counter.parts, "ichiro")
    hire(counter.parts, "jiro")
    browser = at_work(counter, hire(counter.parts, "aoi", "admin"))
    browser.get("/console/staff").post("/console/staff/ichiro", do="sso", sso=f" {MAIL.upper()} ")
    assert [(MAIL,)] == rows(counter, "SELECT sso_name FROM staff WHERE login = 'ichiro'")
    assert 409 == browser.post("/console/staff/jiro", do="sso", sso=MAIL).page.status_code
    assert 409 == browser.post("/console/staff/jiro", do="sso", sso="two words").page.status_code
    with autocommit(counter.parts.db) as connection:
        named = connection.execute("SELECT details->>'name' FROM audit WHERE action = 'staff.sso_named'").fetchall()
    assert [(MAIL,)] == named
