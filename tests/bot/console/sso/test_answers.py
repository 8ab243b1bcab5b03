"""Answers of the office's sign-in: every one that must not be believed, and a provider that is away."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot.local.sso_check import sso_found
from integrations.emulator.fixture import Emulator
from integrations.oidc import documents
from integrations.oidc import provider as ours
from tests.bot.console.desk import PASSWORD, code_of
from tests.bot.handoff_house import rows
from tests.bot.sso_house import (
    BACK,
    SIGN_IN,
    THERE,
    at_the_provider,
    is_in,
    servers,
    settings,
    sign_in,
    told,
    way_there,
)
from tests.bot.web.counter import Browser, Counter, opened_counter


@pytest.mark.parametrize("trouble", ["wrong_nonce", "wrong_audience", "wrong_issuer", "expired", "forged", "unsigned"])
def test_a_token_that_proves_nothing_lets_nobody_in(
    counter: Counter, browser: Browser, emulator: Emulator, member: str, trouble: str
) -> None:
    emulator.faults.set({"oidc.token": [{"do": trouble}]})
    sign_in(browser)
    assert (403, True, False) == (browser.page.status_code, "確かめられない" in told(browser), is_in(browser))
    assert [(None,)] == rows(counter, "SELECT sso_subject FROM staff")
    emulator.faults.set({})
    assert "/console/code" == sign_in(browser).page.request.path


def test_a_key_that_was_changed_just_now_is_looked_up(
    counter: Counter, browser: Browser, emulator: Emulator, member: str
) -> None:
    sign_in(browser)
    emulator.faults.set({"oidc.token": [{"do": "new_key", "times": 1}]})
    assert "/console/code" == sign_in(Browser(counter)).page.request.path


def test_what_the_provider_publishes_is_asked_for_once(
    counter: Counter, browser: Browser, emulator: Emulator, member: str
) -> None:
    for _ in range(3):
        sign_in(browser)
    asked = [urlsplit(row["url"]).path for row in emulator.wire if row["party"] == "oidc"]
    assert (1, 1, 3) == tuple(asked.count(f"/oidc/{each}") for each in (ours.DISCOVERY[1:], "keys", "token"))


def test_an_answer_is_taken_only_by_the_browser_that_asked_and_only_once(
    counter: Counter, browser: Browser, member: str
) -> None:
    answer = at_the_provider(way_there(browser), "agent")
    stranger = Browser(counter).get(answer)
    assert (400, True) == (stranger.page.status_code, "ほかの画面で始まった" in told(stranger))
    other = Browser(counter)
    way_there(other)
    assert 400 == other.get(answer).page.status_code
    assert "/console/code" == browser.get(answer).page.request.path
    assert 400 == browser.get(answer).page.status_code


def test_a_code_of_somebody_else_fits_no_other_sign_in(counter: Counter, browser: Browser, member: str) -> None:
    stolen = dict(parse_qsl(urlsplit(at_the_provider(way_there(Browser(counter)), "agent")).query))["code"]
    state = dict(parse_qsl(urlsplit(way_there(browser)).query))["state"]
    browser.get(f"{BACK}?code={stolen}&state={state}")
    assert (403, False) == (browser.page.status_code, is_in(browser))


def test_who_stays_too_long_over_there_begins_again(
    counter: Counter, browser: Browser, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = at_the_provider(way_there(browser), "agent")
    later = time.time() + timedelta(minutes=11).total_seconds()
    monkeypatch.setattr("bot.console.sso.time.time", lambda: later)
    assert 400 == browser.get(answer).page.status_code


@pytest.mark.parametrize("query", ["", "code=x", "error=access_denied", "state=%00%ff&code=x", "state=ä&code=x"])
def test_an_answer_without_a_sign_in_under_way_is_told_in_a_sentence(browser: Browser, query: str) -> None:
    assert (400, True) == (browser.get(f"{BACK}?{query}").page.status_code, "もう一度" in told(browser))


def test_who_calls_it_off_over_there_is_told_so(counter: Counter, browser: Browser, member: str) -> None:
    state = dict(parse_qsl(urlsplit(way_there(browser)).query))["state"]
    browser.get(f"{BACK}?error=access_denied&state={state}")
    assert (403, True) == (browser.page.status_code, "取りやめ" in told(browser))


@pytest.fixture
def impatient(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """A provider that is not waited for long."""
    monkeypatch.setattr(documents, "SECONDS", 2.0)
    return emulator


@pytest.mark.parametrize(
    "trouble", [{"do": "status", "status": 503}, {"do": "drop_before"}, {"do": "timeout", "seconds": 20}]
)
@pytest.mark.parametrize("point", ["oidc.discovery", "oidc.token", "oidc.published"])
def test_a_provider_that_is_away_is_told_and_the_password_still_opens(
    counter: Counter, impatient: Emulator, member: str, trouble: dict[str, object], point: str
) -> None:
    browser = Browser(counter)
    if point != "oidc.discovery":
        way = way_there(browser)
        impatient.faults.set({point: [trouble]})
        browser.get(at_the_provider(way, "agent"))
    else:
        impatient.faults.set({point: [trouble]})
        browser.get(THERE)
    assert (503, True) == (browser.page.status_code, "返事がありません" in told(browser))
    browser.post(SIGN_IN, login=member, password=PASSWORD).post("/console/code", code=code_of(counter.parts, member))
    assert is_in(browser)


def test_a_provider_that_is_away_is_not_asked_again_at_once_by_whoever_comes_next(
    counter: Counter, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks() -> int:
        return Browser(counter).client.get(THERE).status_code

    emulator.faults.set({"oidc.discovery": [{"do": "status", "status": 503, "times": 1}]})
    assert [503, 503] == [asks(), asks()]
    later = time.monotonic() + ours.AWAY_SECONDS + 1
    monkeypatch.setattr(ours.time, "monotonic", lambda: later)
    assert 302 == asks()


def test_one_address_has_the_provider_asked_only_so_often(counter: Counter, browser: Browser, member: str) -> None:
    answer = at_the_provider(way_there(browser), "agent")
    others = [Browser(counter).client.get(THERE).status_code for _ in range(30)]
    assert ([302] * 29 + [429], 429) == (others, browser.get(answer).page.status_code)
    assert [(None,)] == rows(counter, "SELECT sso_subject FROM staff")


def test_a_whole_office_may_come_from_one_address(counter: Counter, member: str) -> None:
    ways_in = {sign_in(Browser(counter)).page.request.path for _ in range(16)}
    assert {"/console/code"} == ways_in


def test_bot_check_tells_whether_the_provider_answers(counter: Counter, emulator: Emulator) -> None:
    assert [("Staff's sign-in", f"by {emulator.oidc_issuer}, which answers", "")] == list(sso_found(counter.parts))
    emulator.faults.set({"oidc.discovery": [{"do": "status", "status": 404}]})
    with opened_counter(*servers(counter), **settings(emulator)) as other:
        ((_, says, mend),) = sso_found(other.parts)
    assert ("its provider cannot be used (status_404)", True) == (says, "OIDC_ISSUER" in mend)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"issuer": "https://elsewhere.example"}, "discovery_of_another_issuer"),
        ({}, "discovery_of_another_issuer"),
        ({"issuer": "https://sso.example.jp"}, "discovery_incomplete"),
        (
            {
                "issuer": "https://sso.example.jp",
                "authorization_endpoint": "https://sso.example.jp/a",
                "token_endpoint": "http://sso.example.jp/t",
                "jwks_uri": "https://sso.example.jp/k",
            },
            "discovery_incomplete",
        ),
    ],
)
def test_a_discovery_document_of_another_issuer_or_with_an_unsafe_endpoint_is_not_used(
    document: dict[str, str], reason: str
) -> None:
    with pytest.raises(documents.ProviderAway) as refused:
        documents.endpoints_of(document, "https://sso.example.jp")
    assert reason == refused.value.reason


def test_a_wrong_secret_of_ours_is_told_as_a_refusal(database_url: str, redis_url: str, emulator: Emulator) -> None:
    wrong = settings(emulator, OIDC_CLIENT_SECRET="of another client")
    with opened_counter(database_url, redis_url, **wrong) as counter:
        browser = sign_in(Browser(counter))
        assert (403, True) == (browser.page.status_code, "断られました" in told(browser))
