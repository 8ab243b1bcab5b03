"""A day at the desk as an agent has it: what is lost when, to whom it may be passed on, what is theirs besides."""

from __future__ import annotations

import re

import pytest

from bot.console import queue
from bot.store.conversations import mark_of
from tests.bot.console.desk import at_work, hire
from tests.bot.handoff_house import HALF_WAY, TO_STAFF, conversation, other_waits, rows, run, worker_takes
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


def test_what_else_an_agent_has_stands_on_each_page_and_counts_where_it_waits(
    counter: Counter, ichiro: Browser
) -> None:
    path = taken(counter, ichiro)
    other_waits(counter, b"1")
    run(counter, "UPDATE handoffs SET state = 'taken', agent = (SELECT id FROM staff) WHERE campaign = '1'")
    run(counter, "UPDATE handoffs SET spoken_at = now() - interval '7 minutes' WHERE campaign = '1'")
    other = rows(counter, "SELECT conversation FROM handoffs WHERE campaign = '1'")[0][0]
    listed = re.search(r'<p class="talks".*?</p>', ichiro.get(path).text, re.DOTALL)
    assert listed
    assert f"LINE {mark_of(other)}" in listed[0]
    assert ("7分" in listed[0], f"/console/conversations/{other}" in listed[0]) == (True, True)
    assert ('data-waiting="1"' in listed[0], f'data-ids="{other}"' in listed[0]) == (True, True)
    assert 'data-live="queue" data-waiting="2"' in ichiro.get("/console/queue").text


def test_ones_own_stand_in_the_queue_however_many_wait(
    counter: Counter, ichiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = taken(counter, ichiro)
    other_waits(counter, b"1")
    monkeypatch.setattr(queue, "MOST_LISTED", 1)
    assert path in ichiro.get("/console/queue").text


def test_what_was_typed_stands_on_the_page_although_it_is_not_theirs_any_more(
    counter: Counter, ichiro: Browser
) -> None:
    path = taken(counter, ichiro)
    form = dict(HIDDEN.findall(ichiro.text))
    counter.line("ボットに戻る")
    for field, act in (("text", "reply"), ("note", "note")):
        answer = ichiro.client.post(f"{path}/{act}", data={**form, field: "書きかけの文"})
        assert (409, True) == (answer.status_code, ">書きかけの文</textarea>" in answer.text), act


def test_what_is_closed_says_so_and_where_their_numbers_lead(counter: Counter, ichiro: Browser) -> None:
    path = taken(counter, ichiro)
    send(ichiro, f"{path}/move", do="close", why="solved")
    worker_takes(counter)
    assert "応対は終わっています。7日のあいだに" in ichiro.get(path).text


def test_a_number_of_theirs_leads_to_its_page_with_its_state_in_words(counter: Counter, ichiro: Browser) -> None:
    taken(counter, ichiro)
    run(
        counter,
        "INSERT INTO submissions (id, receipt_no, conversation, person, channel, campaign, campaign_version, acted_at,"
        " claim, erase_at) SELECT gen_random_uuid(), '1234567897', id, person, channel, campaign, 1, now(), '', now()"
        " FROM conversations;"
        " INSERT INTO cases (id, case_no, kind, campaign, campaign_version, person, subject, channel, acted_at,"
        " changed_at, erase_at) SELECT gen_random_uuid(), 'C1234567897', 'B1', campaign, 1, person, 'x', channel,"
        " now(), now(), now() FROM conversations",
    )
    text = ichiro.get(f"/console/conversations/{conversation(counter)}").text
    number = re.compile(r'<dt><a href="(/console/\w+/\w+)">[\w-]+</a></dt><dd>([^<]+)</dd>')
    told = [("/console/applications/1234567897", "受付ずみ"), ("/console/cases/C1234567897", "受付")]
    assert told == number.findall(text)
