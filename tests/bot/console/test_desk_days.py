"""A day at the desk as an agent has it: what is lost when, to whom it may be passed on, what is theirs besides."""

from __future__ import annotations

import re

import pytest

from tests.bot.console.desk import at_work, hire
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, run
from tests.bot.web.counter import Browser, Counter

HIDDEN = re.compile(r'type="hidden" name="(csrf|handoff|version|once)" value="([^"]*)"')


@pytest.fixture
def ichiro(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "ichiro", name="担当 一郎"))


def send(browser: Browser, path: str, **fields: str) -> Browser:
    """A form of the page that the browser shows."""
    form = {**dict(HIDDEN.findall(browser.text)), **fields}
    return browser.see(browser.client.post(path, data=form, follow_redirects=True))


def taken(counter: Counter, browser: Browser) -> str:
    counter.line(*HALF_WAY, *TO_STAFF)
    path = f"/console/conversations/{conversation(counter)}"
    send(browser.get(path), f"{path}/move", do="take")
    return path


def test_when_a_silent_agent_loses_it_is_told_until_they_have_answered(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    assert "あと10分お返事がないと、順番待ちに戻ります" in ichiro.text
    run(counter, "UPDATE handoffs SET lease_until = now() + interval '90 seconds'")
    by_itself = ichiro.client.get(path, headers={"X-Live": "1"})
    assert "あと2分お返事がないと" in by_itself.text
    send(ichiro.get(path), f"{path}/reply", text="お待たせしました。")
    assert "お返事がないと" not in ichiro.text


def test_it_is_passed_on_to_who_is_signed_in_and_has_room(counter: Counter, ichiro: Browser) -> None:
    at_work(counter, hire(counter.parts, "jiro", name="担当 二郎"))
    at_work(counter, hire(counter.parts, "shiro", name="担当 四郎"))
    hire(counter.parts, "saburo", name="担当 三郎")
    run(counter, "UPDATE staff SET capacity = 0 WHERE login = 'shiro'")
    path = taken(counter, ichiro)
    offered = re.findall(r'<option value="(\w+)"( disabled)?>担当 (..) （(.件／.件まで)）', ichiro.text)
    assert [("jiro", "", "二郎", "0件／5件まで"), ("shiro", " disabled", "四郎", "0件／0件まで")] == offered
    send(ichiro, f"{path}/move", do="give", to="saburo")
    assert (409, "いまサインインしていません" in ichiro.text) == (ichiro.page.status_code, True)
    send(ichiro, f"{path}/move", do="give", to="jiro")
    assert "担当 一郎さんが 担当 二郎 に渡しました" in ichiro.text


def test_where_nobody_else_is_at_work_the_page_says_so(counter: Counter, ichiro: Browser) -> None:
    taken(counter, ichiro)
    assert "いまは渡せません" in ichiro.text
