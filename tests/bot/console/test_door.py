"""Every page of the console, as somebody who must not see it: nobody, a wrong role, a forged form, an ended session."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.store import staff_sessions
from bot.store.db import autocommit
from bot.store.staff import ROLES
from tests.bot.console.desk import hire, session_for, sit_down, visit_of
from tests.bot.web.counter import Counter, hidden_fields
from tests.test_house import ROUTES

GUARDED = {route: guard for route, guard in ROUTES.items() if guard.startswith("staff")}
ENTRY = {
    *("/console/sign-in", "/console/sso", "/console/sso/back"),
    *("/console/set-up/<token>", "/console/static/<path:filename>"),
}


def ask(client: FlaskClient, route: str, **fields: str) -> TestResponse:
    """Go to a route, with something in the place of each variable."""
    method, path = route.split(" ")
    path = re.sub(r"<uuid:\w+>", "01890000-0000-7000-8000-000000000000", path)
    path = re.sub(r"<int:\w+>", "1", path)
    return client.open(re.sub(r"<\w+>", "1234567897", path), method=method, data=fields or None)


def is_turned_away(answer: TestResponse) -> bool:
    """Led to the sign-in, or, for what was to be done, refused."""
    return answer.status_code == 401 or answer.headers.get("Location", "").startswith("/console/sign-in")


def test_every_page_of_the_console_but_the_entry_asks_who_it_is() -> None:
    assert ENTRY == {route.split(" ")[1] for route in ROUTES if " /console" in route} - {
        route.split(" ")[1] for route in GUARDED
    }


def test_nobody_is_led_to_the_sign_in(counter: Counter) -> None:
    client = counter.app.test_client()
    assert [] == [route for route in GUARDED if not is_turned_away(ask(client, route))]


def test_a_form_that_is_too_large_tells_nobody_of_a_page_that_they_may_not_see(counter: Counter) -> None:
    outside = counter.app.test_client()
    agent = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "ichiro")))
    large = {"name": "x" * 1_000_000}
    assert [401, 403] == [
        client.post("/console/deliveries/plan", data=large).status_code for client in (outside, agent)
    ]


def test_who_has_only_given_the_password_sees_nothing_behind_it(counter: Counter) -> None:
    client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "ichiro"), half=True))
    behind = [route for route, guard in GUARDED.items() if guard != "staff half"]
    assert [] == [route for route in behind if not is_turned_away(ask(client, route))]


def test_who_is_in_does_not_give_the_code_again(counter: Counter) -> None:
    client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "ichiro")))
    before = [route for route, guard in GUARDED.items() if guard == "staff half"]
    assert [] == [route for route in before if not is_turned_away(ask(client, route))]


def test_a_role_sees_its_pages_and_no_others(counter: Counter) -> None:
    for role in ROLES:
        client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, role, role)))
        for route, guard in GUARDED.items():
            roles = ROLES if guard == "staff:any" else (*guard.removeprefix("staff:").split(","), "admin")
            if guard != "staff half":
                # Without a token: who may go further gets as far as the question after it.
                refused = ask(client, route).status_code == 403
                assert (role not in roles) == refused, (role, route)


def test_a_form_that_did_not_come_from_a_page_of_the_session_changes_nothing(counter: Counter) -> None:
    other = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "jiro", "admin")))
    forged = hidden_fields(other.get("/console").get_data(as_text=True))["csrf"]
    client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "aoi", "admin")))
    posts = [route for route, guard in GUARDED.items() if route.startswith("POST") and guard != "staff half"]
    for token in ({}, {"csrf": ""}, {"csrf": forged}):
        assert [] == [route for route in posts if ask(client, route, **token).status_code != 400]
    assert visit_of(counter.parts, "token-of-aoi-False").half is False


def test_a_session_that_was_ended_opens_nothing_from_that_moment_on(counter: Counter) -> None:
    who = hire(counter.parts, "aoi", "admin")
    token = session_for(counter.parts, who)
    client = sit_down(counter.app.test_client(), token)
    assert 200 == client.get("/console").status_code
    with autocommit(counter.parts.db) as connection:
        assert 1 == staff_sessions.end_all(connection, who.id, by="test")
    assert [] == [route for route in GUARDED if not is_turned_away(ask(client, route))]


def test_a_session_ends_by_itself(counter: Counter) -> None:
    who = hire(counter.parts, "aoi", "admin")
    ages = {
        "created_at = now() - interval '12 hours'": False,
        "last_seen_at = now() - interval '60 minutes'": False,
        "last_seen_at = now() - interval '59 minutes'": True,
    }
    for age, lives in ages.items():
        client = sit_down(counter.app.test_client(), session_for(counter.parts, who))
        with autocommit(counter.parts.db) as connection:
            connection.execute(f"UPDATE staff_sessions SET {age}".encode())  # noqa: S608 - the words above
        assert lives == (client.get("/console").status_code == 200), age


def test_a_look_keeps_a_session_alive(counter: Counter) -> None:
    client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "aoi")))
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE staff_sessions SET last_seen_at = now() - interval '50 minutes'")
        client.get("/console")
        row = connection.execute("SELECT last_seen_at > now() - interval '1 minute' FROM staff_sessions").fetchone()
    assert (True,) == row


def test_pages_of_the_console_are_kept_by_nobody_and_run_no_script_but_ours(counter: Counter) -> None:
    client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "aoi")))
    for path in ("/console", "/console/sign-in", "/console/nowhere"):
        headers = client.get(path).headers
        assert "no-store" in headers["Cache-Control"]
        assert "noindex" in headers["X-Robots-Tag"]
    policy = dict(part.split(" ", 1) for part in client.get("/console").headers["Content-Security-Policy"].split("; "))
    assert ("'self'", "'none'") == (policy["script-src"], policy["frame-ancestors"])
    assert "script-src 'none'" in client.get("/").headers["Content-Security-Policy"]


def test_what_stands_in_a_name_is_text_and_no_script(counter: Counter) -> None:
    evil = '<script>alert(1)</script>"'
    client = sit_down(counter.app.test_client(), session_for(counter.parts, hire(counter.parts, "evil", name=evil)))
    page = client.get("/console").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
