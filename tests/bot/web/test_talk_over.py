"""The page of somebody who talks with staff there: how many wait before, and what stands when staff have done."""

from __future__ import annotations

import pytest

from bot import handoff
from bot.handoff import Words
from bot.store.staff import Member
from dialogs.handing import CLOSE, RETURN
from tests.bot.console.desk import at_work as seated
from tests.bot.console.desk import hire
from tests.bot.handoff_house import at_work, now, other_waits, rows, run, worker_takes
from tests.bot.web.counter import Browser, Counter

ANSWER = "番号は、クーポンの右下です。"
AGAIN = "もうひとつ聞かせてください。"


@pytest.fixture
def ichiro(counter: Counter) -> Member:
    return at_work(counter, "ichiro")


@pytest.fixture
def traveller(counter: Counter) -> Browser:
    """Somebody who has asked for a person on the page."""
    browser = Browser(counter)
    browser.get("/").post("/apply")
    browser.post(answer="担当者").post(choice="yes")
    return browser


def answered_and_done(counter: Counter, who: Member, *, how: str) -> None:
    handoff.take(counter.parts, now(counter), who)
    handoff.reply(counter.parts, now(counter), who, Words(ANSWER, "once"))
    handoff.let_go(counter.parts, now(counter), who, how=how, why="solved" if how == CLOSE else "")
    worker_takes(counter)


@pytest.mark.parametrize("how", [RETURN, CLOSE])
def test_what_staff_said_last_is_seen_although_they_have_done(
    counter: Counter, traveller: Browser, ichiro: Member, how: str
) -> None:
    answered_and_done(counter, ichiro, how=how)
    assert ANSWER in traveller.get("/form").text
    assert [("delivered",)] == rows(counter, "SELECT state FROM outgoing WHERE purpose = 'staff'")
    assert (how == CLOSE) == ('name="to_staff"' in traveller.text)
    run(counter, "UPDATE handoffs SET ended_at = now() - interval '7 days'")
    assert (ANSWER in traveller.get("/form").text, 'name="to_staff"' in traveller.text) == (False, False)


def test_what_is_written_to_staff_after_the_end_comes_back_to_them_with_all_that_was_said(
    counter: Counter, traveller: Browser, ichiro: Member
) -> None:
    answered_and_done(counter, ichiro, how=CLOSE)
    traveller.get("/form").post(to_staff=AGAIN)
    assert (ANSWER in traveller.text, AGAIN in traveller.text) == (True, True)
    assert ("waiting", "reopened") == (now(counter).state, now(counter).reason)
    desk = seated(counter, hire(counter.parts, "jiro"))
    told = desk.get(f"/console/conversations/{now(counter).conversation}").text
    assert (ANSWER in told, AGAIN in told) == (True, True)


def test_an_answer_to_what_waits_after_the_end_is_the_bots(
    counter: Counter, traveller: Browser, ichiro: Member
) -> None:
    answered_and_done(counter, ichiro, how=RETURN)
    traveller.get("/form").post(choice="paper")
    assert [("back",)] == rows(counter, "SELECT state FROM handoffs")


def test_how_many_wait_before_them_stands_there_at_every_look(counter: Counter, traveller: Browser) -> None:
    other_waits(counter, b"1")
    for _ in range(2):
        assert "先に1人の方がお待ちです" in traveller.get("/form").text
    run(counter, "DELETE FROM handoffs WHERE campaign = '1'")
    assert "お待ちです" not in traveller.get("/form").text
