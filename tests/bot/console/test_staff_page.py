"""The page of those who work here: added, let in anew and sent away by an administrator, each act in the audit."""

from __future__ import annotations

import re

import pytest

from tests.bot.console.desk import actions, at_work, hire, member
from tests.bot.handoff_house import rows
from tests.bot.web.counter import Browser, Counter

STAFF = "/console/staff"


@pytest.fixture
def aoi(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "aoi", "admin", name="管理 葵"))


def does(browser: Browser, login: str, do: str, **fields: str) -> Browser:
    return browser.get(STAFF).post(f"{STAFF}/{login}", do=do, **fields)


def test_a_new_member_gets_a_link_that_is_shown_once(counter: Counter, aoi: Browser) -> None:
    aoi.get(STAFF).post(STAFF, name="佐藤 花子", login="Hanako", role="agent", prefectures="栃木、群馬県")
    assert re.search(r"/console/set-up/[\w-]+", aoi.text)
    new = member(counter.parts, "hanako")
    assert ("佐藤 花子", "agent", ["09", "10"]) == (new.name, new.role, new.prefectures)
    assert "/console/set-up/" not in aoi.get(STAFF).text
    assert ("管理 葵", "staff.added") in actions(counter.parts)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "佐藤 花子", "login": "aoi", "role": "agent"}, "もう使われています"),
        ({"name": "佐藤 花子", "login": "x", "role": "agent"}, "入力を確かめてください"),
        ({"name": "佐藤 花子", "login": "hanako", "role": "king"}, "入力を確かめてください"),
    ],
)
def test_what_makes_no_member_is_told_with_what_was_typed(
    counter: Counter, aoi: Browser, typed: dict[str, str], sentence: str
) -> None:
    aoi.get(STAFF).post(STAFF, **typed)
    assert (409, True, True) == (aoi.page.status_code, sentence in aoi.text, 'value="佐藤 花子"' in aoi.text)
    assert [(1,)] == rows(counter, "SELECT count(*) FROM staff")


def test_each_button_does_what_it_says(counter: Counter, aoi: Browser) -> None:
    at_work(counter, hire(counter.parts, "jiro"))
    does(aoi, "jiro", "capacity", capacity="12")
    assert 12 == member(counter.parts, "jiro").capacity
    does(aoi, "jiro", "end-sessions")
    assert "/console/set-up/" in does(aoi, "jiro", "reset-password").text
    does(aoi, "jiro", "reset-totp")
    does(aoi, "jiro", "deactivate")
    assert not member(counter.parts, "jiro").active
    does(aoi, "jiro", "activate")
    assert member(counter.parts, "jiro").active
    done = [action for actor, action in actions(counter.parts) if actor == "管理 葵"][-6:]
    assert ["capacity", "sessions_ended", "password_reset", "totp_reset", "deactivated", "activated"] == [
        action.removeprefix("staff.") for action in done
    ]


@pytest.mark.parametrize("capacity", ["", "100", "-1", "いっぱい"])
def test_no_number_of_conversations_is_told(counter: Counter, aoi: Browser, capacity: str) -> None:
    does(aoi, "aoi", "capacity", capacity=capacity)
    assert (409, 5) == (aoi.page.status_code, member(counter.parts, "aoi").capacity)


@pytest.mark.parametrize("do", ["deactivate", "reset-totp", "rubbish"])
def test_nobody_locks_themselves_out(counter: Counter, aoi: Browser, do: str) -> None:
    assert 400 == does(aoi, "aoi", do).page.status_code
    assert member(counter.parts, "aoi").active


@pytest.mark.parametrize("role", ["agent", "supervisor", "finance"])
def test_it_is_for_administrators_alone(counter: Counter, aoi: Browser, role: str) -> None:
    somebody = at_work(counter, hire(counter.parts, "somebody", role))
    assert 403 == somebody.get(STAFF).page.status_code
    assert 403 == somebody.client.post(f"{STAFF}/aoi", data={"do": "deactivate"}).status_code


def test_a_forged_form_changes_nobody(counter: Counter, aoi: Browser) -> None:
    hire(counter.parts, "jiro")
    assert 400 == does(aoi, "jiro", "deactivate", csrf="0" * 64).page.status_code
    assert member(counter.parts, "jiro").active
