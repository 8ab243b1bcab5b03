"""What everybody may see: the front page, whether a message is ours, what went wrong; and what guards them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dialogs.facts import campaign_facts
from dialogs.rules.campaign_versions import Campaigns
from dialogs.words import languages, words
from tests.bot.web.counter import Browser, Counter, opened_counter

JA = words("ja")
CALL, OPENS, APPLY, LOOK = (
    "0120-479-249 へお電話ください",
    "オープン予定",
    ">申請をはじめる<",
    ">自分の場合のご案内を見る<",
)
USABLE, CLOSED = "期限を 2023年3月31日(金) 23:59 まで延ばしました", "申請の受付は 2023年4月30日(日) 23:59 で"
LINE, CODE, AGAIN = (
    "https://line.me/R/ti/p/@madoguchi",
    'href="/code"',
    "届いていないときは「申請の状況」をご覧ください",
)
MAY_ASK, POINTS_OVER = ">対象になるか確かめる<", "ポイントの受取は 2023年5月31日(水) 23:59 で終わりました"
SIGNS = (CALL, OPENS, APPLY, LOOK, USABLE, CLOSED, LINE, CODE, AGAIN, MAY_ASK, POINTS_OVER)
BEFORE, MARCH = {CALL, OPENS, MAY_ASK, USABLE, LINE}, {CALL, APPLY, USABLE, LINE}
APRIL, MAY, JUNE = {CALL, APPLY, LINE, CODE}, {CALL, CLOSED, AGAIN, LOOK, CODE}, {CALL, CLOSED, POINTS_OVER, LOOK}


@pytest.mark.parametrize(
    ("at", "signs"),
    [
        ("2023-03-21T23:59:00+09:00", BEFORE),
        ("2023-03-22T00:00:00+09:00", MARCH),
        ("2023-03-31T23:59:00+09:00", MARCH),
        ("2023-04-03T10:00:00+09:00", APRIL),
        ("2023-04-30T23:59:00+09:00", APRIL),
        ("2023-05-01T00:00:00+09:00", MAY),
        ("2023-05-31T23:59:00+09:00", MAY),
        ("2023-06-01T00:00:00+09:00", JUNE),
    ],
)
def test_the_front_page_says_at_each_date_what_can_be_done_and_nothing_that_cannot(
    counter: Counter, browser: Browser, at: str, signs: set[str]
) -> None:
    counter.move(at)
    browser.get("/")
    assert signs == {sign for sign in SIGNS if sign in browser.text}


@pytest.mark.parametrize("at", ["2023-03-10T12:00:00+09:00", "2023-04-10T12:00:00+09:00", "2023-05-10T12:00:00+09:00"])
@pytest.mark.parametrize("language", languages())
def test_everybody_whom_the_notice_names_reads_their_own_line_before_anything_else(
    counter: Counter, browser: Browser, at: str, language: str
) -> None:
    counter.move(at)
    top = browser.get(f"/?lang={language}").text.partition("</dl>")[0]
    spoken, facts = words(language), campaign_facts(counter.parts.campaign)
    for group in ("who_short", "who_trouble", "paper_title", "app_title", "trouble_title"):
        assert escape(spoken.say(f"page.front.{group}", **facts), quote=False) in top


def test_a_site_that_is_late_is_not_told_as_still_to_come(counter: Counter) -> None:
    campaign = counter.parts.campaign
    closed = replace(campaign, site=replace(campaign.site, open=False))
    late = Counter(replace(counter.parts, campaigns=Campaigns([closed])))
    told = Browser(late).get("/").text
    assert (True, False) == ("まだ始まっていません" in told, APPLY in told)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2023-04-03T09:59:00+09:00", "お手続きはいりません。4月上旬以降、アプリに登録した"),
        ("2023-04-03T10:00:00+09:00", "順にお送りしています"),
        ("2023-05-02T12:00:00+09:00", "アドレスへ、ポイント受取のURLをお送りしています"),
        ("2023-06-01T00:00:00+09:00", "ポイントの受取は 2023年5月31日(水) 23:59 で終わりました"),
    ],
)
def test_the_front_page_tells_people_of_the_app_how_it_stands_with_their_url(
    counter: Counter, browser: Browser, at: str, said: str
) -> None:
    counter.move(at)
    assert said in browser.get("/").text


def test_the_front_page_says_what_until_when_and_whom_to_call(browser: Browser) -> None:
    browser.get("/")
    for shown in ("2023年4月30日(日) 23:59", "2023年5月31日(水) 23:59", "栃木県", "0120-479-249", "ただいま受付中"):
        assert shown in browser.text
    assert "noindex" not in browser.text


def test_the_call_centre_is_told_closed_with_its_next_opening(counter: Counter, browser: Browser) -> None:
    counter.move("2023-04-29T12:00:00+09:00")
    assert "次の受付は 2023年5月1日(月) 10:00" in browser.get("/").text


def test_the_front_page_speaks_the_language_that_is_asked_for(browser: Browser) -> None:
    assert words("en").say("page.front.who_title") in browser.get("/?lang=en").text
    assert '<html lang="en">' in browser.text
    assert '<html lang="ja">' in browser.get("/?lang=ja-easy").text
    assert JA.say("page.front.who_title") in browser.get("/?lang=xx").text


def test_people_can_compare_a_message_with_what_is_ours(browser: Browser) -> None:
    browser.get("/verify")
    for shown in ("127.0.0.1", "+15005550006", "@counter.example.jp", "@madoguchi", JA.say("page.verify.never")):
        assert shown in browser.text


def test_a_channel_that_is_not_used_is_told_as_such(database_url: str, redis_url: str) -> None:
    off = {"TWILIO_ACCOUNT_SID": "", "TWILIO_AUTH_TOKEN": "", "TWILIO_FROM": "", "LINE_ADD_FRIEND_URL": ""}
    with opened_counter(database_url, redis_url, **off) as counter:
        assert 2 == Browser(counter).get("/verify").text.count(JA.say("page.verify.none"))


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (404, lambda client: client.get("/nowhere")),
        (405, lambda client: client.post("/verify")),
        (400, lambda client: client.post("/form/here")),
        (413, lambda client: client.post("/continue/x", data={"csrf": "x" * 70_000})),
    ],
)
def test_what_went_wrong_is_told_in_a_sentence(
    browser: Browser, status: int, send: Callable[[FlaskClient], TestResponse]
) -> None:
    browser.see(send(browser.client))
    assert status == browser.page.status_code
    assert JA.say(f"page.error.title_{status}") == browser.heading
    assert "no-store" == browser.page.headers["Cache-Control"]


def test_a_method_that_is_not_there_names_those_that_are(browser: Browser) -> None:
    assert "GET" in browser.client.post("/verify").headers["Allow"]


def test_a_fault_of_ours_tells_nothing_of_itself(counter: Counter, browser: Browser) -> None:
    @counter.app.get("/fault")
    def fault() -> str:
        raise RuntimeError("090-1234-5678")

    assert 500 == browser.get("/fault").page.status_code
    assert JA.say("page.error.title_500") == browser.heading
    assert "090-1234" not in browser.text


def test_while_postgresql_is_away_people_are_asked_to_come_again(
    counter: Counter, inside: Browser, database_url: str
) -> None:
    name = database_url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(database_url.replace(name, "template1", 1), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            away = inside.get("/form")
            assert (503, "30") == (away.page.status_code, away.page.headers["Retry-After"])
            assert JA.say("page.error.title_503") == away.heading
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


def test_redis_away_turns_nobody_away(database_url: str) -> None:
    with opened_counter(database_url, "redis://127.0.0.1:9/0") as counter:
        browser = Browser(counter).enter(counter.to_the_door())
        assert JA.say("page.heading.consent") == browser.heading


@pytest.mark.parametrize("path", ["/", "/verify", "/nowhere", "/form", "/healthz", "/static/counter.css", "/r/x"])
def test_everything_is_answered_with_the_headers_of_security(browser: Browser, path: str) -> None:
    with browser.client.get(path) as answer:
        headers = answer.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src 'none'" in headers["Content-Security-Policy"]
    assert ("nosniff", "no-referrer") == (headers["X-Content-Type-Options"], headers["Referrer-Policy"])
    assert "Strict-Transport-Security" not in headers


def test_over_https_the_cookie_is_bound_to_host_and_https(database_url: str, redis_url: str) -> None:
    https = {"PUBLIC_BASE_URL": "https://counter.example.jp", "CLOCK": "real"}
    with opened_counter(database_url, redis_url, **https) as counter:
        answer = counter.app.test_client().post("/form/here", base_url="https://counter.example.jp")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert ("__Host-counter", True, True, "Lax") == (
            counter.app.config["SESSION_COOKIE_NAME"],
            counter.app.config["SESSION_COOKIE_SECURE"],
            counter.app.config["SESSION_COOKIE_HTTPONLY"],
            counter.app.config["SESSION_COOKIE_SAMESITE"],
        )


def test_the_session_lasts_a_day_and_is_out_of_reach_of_scripts(inside: Browser) -> None:
    cookie = inside.client.get_cookie("counter")
    assert cookie
    assert cookie.expires
    assert timedelta(hours=23) < cookie.expires - datetime.now(UTC) <= timedelta(days=1)
    assert (True, "Lax") == (cookie.http_only, cookie.same_site)


@pytest.mark.parametrize(
    ("path", "mode"), [("/static/counter.css", "no-cors"), ("/static/counter.css", ""), ("/", "cors")]
)
def test_what_a_page_loads_beside_itself_puts_no_older_session_back(inside: Browser, path: str, mode: str) -> None:
    headers = {"Sec-Fetch-Mode": mode} if mode else {}
    with inside.client.get(path, headers=headers) as late:
        assert "Set-Cookie" not in late.headers
    assert "Set-Cookie" in inside.client.get("/").headers
