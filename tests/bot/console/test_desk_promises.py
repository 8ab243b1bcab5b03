"""What the page of a conversation promises, line by line; and scripts and stolen sessions, which come to nothing."""

from __future__ import annotations

import re

import psycopg
import pytest

from bot import staff
from bot.staff_words import staff_words
from bot.store import transcripts
from dialogs.reading import names
from tests.bot.console.desk import PASSWORD, at_work, hire, session_for, sit_down
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, rows, run
from tests.bot.web.counter import NUMBER, TO_THE_DOOR, Browser, Counter, opened_counter

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def talk(counter: Counter, *before: str) -> str:
    """The page of a conversation that waits for staff."""
    counter.line(*(before or HALF_WAY), *TO_STAFF)
    return f"/console/conversations/{conversation(counter)}"


def seen(browser: Browser, path: str) -> str:
    """The words of a page."""
    return re.sub(r"<[^>]+>|\s+", " ", browser.get(path).text)


def allowed(database_url: str, table: str, column: str) -> set[str]:
    """What a column of that table may hold."""
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"
    with psycopg.connect(database_url) as connection:
        checks = [row[0] for row in connection.execute(query, (table,)).fetchall()]
    listed = next(check for check in checks if check.startswith(f"CHECK (({column} = ANY"))
    return set(re.findall(r"'(\w+)'::text", listed))


def test_every_reason_why_somebody_came_is_told_in_both_languages_with_its_detail(
    counter: Counter, database_url: str, ichiro: Browser
) -> None:
    path, reasons = talk(counter), allowed(database_url, "handoffs", "reason")
    assert {"asked", "tries", "case", "dispute", "script", "quarantined", "reopened"} <= reasons
    for reason in sorted(reasons):
        run(counter, f"UPDATE handoffs SET reason = '{reason}', detail = 'the-detail'")  # noqa: S608 - our own words
        for language in ("ja", "en"):
            run(counter, f"UPDATE staff SET language = '{language}'")  # noqa: S608 - as above
            told = staff_words(language).say(f"handoff.reason.{reason}")
            for page in (seen(ichiro, path), seen(ichiro, "/console/queue")):
                assert (True, True) == (told in page, "the-detail" in page), (reason, language)


def test_how_long_where_in_which_language_what_was_answered_and_looked_up_stands_beside_the_talk(
    counter: Counter, ichiro: Browser
) -> None:
    path = talk(counter, *TO_THE_DOOR)
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '75 minutes'")
    page = seen(ichiro, path)
    told = ("1時間15分", "LINE", "日本語", "栃木県", "有効期限", NUMBER, "最近の照会", "クーポンの照会", "一致しました")
    assert [] == [word for word in told if word not in page]


def test_an_answer_on_a_page_that_was_still_open_is_masked_and_no_word_to_staff(
    counter: Counter, ichiro: Browser
) -> None:
    traveller = Browser(counter).enter(counter.to_the_door()).answer("agree")
    counter.line(*TO_STAFF)
    traveller.answer("栃木 花子")
    page = ichiro.get(f"/console/conversations/{conversation(counter)}").text
    assert ("栃木 花子" in page, "個人情報のため伏せています" in page) == (False, True)


def test_an_answer_to_a_question_that_was_still_open_is_no_word_of_the_talk_on_a_page(counter: Counter) -> None:
    traveller, beside = Browser(counter), Browser(counter)
    traveller.get("/").post("/apply")
    beside.client = traveller.client
    beside.get("/form")
    traveller.post(answer="担当者").post(choice="yes").post(answer="番号がわかりません")
    beside.post(answer="栃木 花子")
    shown = traveller.get("/form").text
    assert ("番号がわかりません" in shown, "栃木 花子" in shown) == (True, False)


def test_what_became_of_it_stands_under_every_message_whoever_said_it(
    counter: Counter, database_url: str, ichiro: Browser
) -> None:
    path = talk(counter)
    said = len(rows(counter, "SELECT 1 FROM outgoing WHERE purpose = 'turn'"))
    for state in sorted(allowed(database_url, "outgoing", "state")):
        run(counter, f"UPDATE outgoing SET state = '{state}', settled_at = now()")  # noqa: S608 - our own words
        told = staff_words("ja").say(f"delivery.state.{state}")
        assert said <= seen(ichiro, path).count(told), state


def test_a_talk_that_is_too_long_says_that_its_beginning_is_left_out(
    counter: Counter, ichiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = talk(counter), staff_words("ja").say("conversation.cut")
    assert told not in seen(ichiro, path)
    monkeypatch.setattr(transcripts, "MOST", 3)
    assert (True, False) == (told in seen(ichiro, path), "こんにちは" in ichiro.text)


def test_a_script_in_a_travellers_name_is_refused_and_would_be_text(
    counter: Counter, ichiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    traveller = Browser(counter).enter(counter.to_the_door())
    traveller.answer("agree", SCRIPT)
    assert (True, False) == (bool(traveller.error), SCRIPT in traveller.text)
    monkeypatch.setattr(names, "_may_stand_in_name", lambda _: True)
    traveller.answer(SCRIPT)
    counter.line(*TO_STAFF)
    path, subject = f"/console/conversations/{conversation(counter)}", f"conversation:{conversation(counter)}"
    ichiro.get(path)
    csrf = re.findall(r'name="csrf" value="([^"]*)"', ichiro.text)[0]
    form = {"csrf": csrf, "subject": subject, "field": "name", "to": path}
    ichiro.see(ichiro.client.post("/console/unmask", data=form, follow_redirects=True))
    assert (False, True) == ("<script>alert" in ichiro.text, "&lt;script&gt;alert(1)" in ichiro.text)


def test_what_stands_in_the_database_of_a_session_opens_nothing(counter: Counter) -> None:
    session_for(counter.parts, hire(counter.parts, "ichiro"))
    ((hashed,),) = rows(counter, "SELECT token_hash FROM staff_sessions")
    for stolen in (bytes(hashed).hex(), bytes(hashed).decode("latin-1"), ""):
        thief = sit_down(counter.app.test_client(), stolen)
        assert 303 == thief.get("/console").status_code


def test_a_stolen_session_ends_for_the_thief_too_as_its_owner_signs_out_or_an_administrator_ends_it(
    counter: Counter,
) -> None:
    for ended in ("by its owner", "by an administrator", "with its member"):
        login = f"m{len(ended)}"
        token = session_for(counter.parts, hire(counter.parts, login))
        owner, thief = (sit_down(counter.app.test_client(), token) for _ in range(2))
        assert 200 == thief.get("/console").status_code
        if ended == "by its owner":
            csrf = re.findall(r'name="csrf" value="([^"]*)"', owner.get("/console").get_data(as_text=True))[0]
            owner.post("/console/sign-out", data={"csrf": csrf})
        elif ended == "by an administrator":
            staff.end_sessions(counter.parts, login, by="test")
        else:
            staff.set_active(counter.parts, login, active=False, by="test")
        assert [303, 401] == [thief.get("/console").status_code, thief.post("/console/calls").status_code], ended


def test_a_stolen_cookie_of_one_session_sends_no_form_of_another(counter: Counter) -> None:
    path = talk(counter)
    mine = at_work(counter, hire(counter.parts, "ichiro")).get(path)
    form = dict(re.findall(r'type="hidden" name="(csrf|handoff|version)" value="([^"]*)"', mine.text))
    thief = at_work(counter, hire(counter.parts, "jiro"))
    assert 400 == thief.client.post(f"{path}/move", data={**form, "do": "take"}).status_code
    assert [("waiting",)] == rows(counter, "SELECT state FROM handoffs")


def test_no_script_and_no_other_host_can_take_the_cookie_of_a_session(database_url: str, redis_url: str) -> None:
    home = "https://127.0.0.1:8443"
    with opened_counter(database_url, redis_url, PUBLIC_BASE_URL=home) as counter:
        hire(counter.parts, "ichiro")
        client = counter.app.test_client()
        page = client.get("/console/sign-in", base_url=home).get_data(as_text=True)
        csrf = re.findall(r'name="csrf" value="([^"]*)"', page)[0]
        form = {"csrf": csrf, "login": "ichiro", "password": PASSWORD}
        answer = client.post("/console/sign-in", data=form, base_url=home)
        given = next(each for each in answer.headers.getlist("Set-Cookie") if "staff=" in each)
    flags = set(given.split("; ")[1:])
    assert (True, {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}) == (given.startswith("__Host-staff="), flags)
