"""Personal data behind its mask: shown to who asks for it, for a while, and never without a line in the audit."""

from __future__ import annotations

from werkzeug.test import TestResponse

from bot.console.unmasking import Veil, Veiled
from bot.store.db import autocommit
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.web.counter import Browser, Counter

SUBJECT = "call:01890000-0000-7000-8000-000000000000"


def ask(browser: Browser, **fields: str) -> TestResponse:
    browser.get("/console")
    fields = {"subject": SUBJECT, "field": "name", "to": "/console?x=1", **fields}
    return browser.post("/console/unmask", **fields).page


def name_of_caller(counter: Counter, browser: Browser, subject: str = SUBJECT) -> Veiled:
    """What a page would draw for this browser."""
    token = browser.client.get_cookie("staff")
    assert token
    with counter.app.test_request_context(headers={"Cookie": f"staff={token.value}"}):
        return Veil(counter.parts, subject).over("name", masked="栃木 ＊＊", plain="栃木 花子")


def test_a_name_is_masked_until_the_button_is_pressed(counter: Counter) -> None:
    browser = at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))
    assert "栃木 ＊＊" == name_of_caller(counter, browser).text
    assert "/console?x=1" == ask(browser).request.full_path
    assert "栃木 花子" == name_of_caller(counter, browser).text
    assert ("担当 一郎", "staff.unmasked") == actions(counter.parts)[-1]


def test_it_is_shown_for_this_subject_and_session_alone_and_not_for_ever(counter: Counter) -> None:
    browser, other = (at_work(counter, hire(counter.parts, login)) for login in ("ichiro", "jiro"))
    ask(browser)
    assert "栃木 ＊＊" == name_of_caller(counter, browser, subject="call:another").text
    assert "栃木 ＊＊" == name_of_caller(counter, other).text
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE staff_unmasked SET at = now() - interval '10 minutes'")
    assert "栃木 ＊＊" == name_of_caller(counter, browser).text


def test_what_is_no_field_of_anything_is_refused(counter: Counter) -> None:
    browser = at_work(counter, hire(counter.parts, "ichiro"))
    assert [400, 400, 400] == [
        ask(browser, **wrong).status_code
        for wrong in ({"field": "password"}, {"subject": "x" * 99}, {"subject": "call:花子"})
    ]
    assert "staff.unmasked" not in [action for _, action in actions(counter.parts)]
