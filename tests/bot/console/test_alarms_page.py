"""The page of alarms: what lasts, on top of every page too; rules that a supervisor sets, and the audit of it."""

from __future__ import annotations

import pytest

from bot import alarms
from bot.store.alarms import Rule
from bot.store.db import autocommit
from tests.bot.console.desk import actions, at_work, hire
from tests.bot.handoff_house import handed_over, rows, run
from tests.bot.web.counter import Browser, Counter

PAGE = "/console/alarms"
RULE = {"threshold": "45", "is_on": "1", "mail_to": ""}


@pytest.fixture
def supervisor(counter: Counter) -> Browser:
    return at_work(counter, hire(counter.parts, "hanako", "supervisor"))


@pytest.fixture
def raised(counter: Counter) -> Counter:
    handed_over(counter)
    counter.move("2023-04-05T17:00:00+09:00")
    run(counter, "UPDATE handoffs SET queued_at = now() - interval '90 minutes'")
    alarms.look(counter.parts)
    return counter


def save(browser: Browser, kind: str, **fields: str) -> Browser:
    browser.get(PAGE)
    return browser.post(f"{PAGE}/{kind}", **fields)


def rule(counter: Counter, kind: str) -> Rule:
    with autocommit(counter.parts.db) as connection:
        return alarms.rules(counter.parts, connection)[kind]


def test_what_lasts_stands_on_every_page_of_who_leads_and_of_nobody_else(raised: Counter, supervisor: Browser) -> None:
    for path in ("/console", "/console/queue", PAGE):
        assert "順番待ちが90分になりました" in supervisor.get(path).text
    assert "対応が必要なこと（1件）" in supervisor.text
    agent = at_work(raised, hire(raised.parts, "taro", "agent"))
    assert "順番待ちが90分" not in agent.get("/console/queue").text


def test_who_takes_care_of_it_is_shown_and_stands_in_the_audit(raised: Counter, supervisor: Browser) -> None:
    supervisor.get(PAGE)
    ((alarm,),) = rows(raised, "SELECT id FROM alarms")
    supervisor.post(f"{PAGE}/{alarm}/seen")
    assert "責任 花子 hanako" in supervisor.get(PAGE).text
    assert ("責任 花子 hanako", "alarm.seen") in actions(raised.parts)


def test_a_rule_is_set_and_the_audit_tells_what_it_was(counter: Counter, supervisor: Browser) -> None:
    assert "「順番待ちが長い」を保存しました" in save(supervisor, "queue_age", **RULE).text
    assert (45, "", False) == (rule(counter, "queue_age").threshold, *told(counter))
    details = rows(counter, "SELECT details FROM audit WHERE action = 'alarm.set'")[0][0]
    assert {"threshold": "30 → 45", "mail_to": "all → ", "by_webhook": "True → False"} == details


def told(counter: Counter) -> tuple[str, bool]:
    found = rule(counter, "queue_age")
    return found.mail_to, found.by_webhook


def test_the_same_rule_again_is_no_change(counter: Counter, supervisor: Browser) -> None:
    for _ in range(2):
        save(supervisor, "queue_age", **RULE)
    assert 1 == [action for _, action in actions(counter.parts)].count("alarm.set")


def test_a_share_has_its_minutes_and_its_least(counter: Counter, supervisor: Browser) -> None:
    save(supervisor, "unmatched", **RULE, minutes="１２０", least="1,000")
    assert (45, 120, 1000) == (
        rule(counter, "unmatched").threshold,
        rule(counter, "unmatched").minutes,
        rule(counter, "unmatched").least,
    )


@pytest.mark.parametrize("typed", ["", "0", "-5", "many", "1441", "9" * 30, "1.5"])
def test_what_is_no_such_number_is_said_at_its_field_and_changes_nothing(
    counter: Counter, supervisor: Browser, typed: str
) -> None:
    answer = save(supervisor, "queue_age", threshold=typed)
    assert 400 == answer.page.status_code
    assert "1から1,440までの数字で入力してください" in answer.text
    assert 30 == rule(counter, "queue_age").threshold


def test_nobody_can_be_told_who_has_no_address(counter: Counter, supervisor: Browser) -> None:
    save(supervisor, "queue_age", **{**RULE, "mail_to": "stranger@example.jp"})
    assert "all" == rule(counter, "queue_age").mail_to


def test_with_nothing_wrong_the_page_says_so(supervisor: Browser) -> None:
    assert "問題はありません" in supervisor.get(PAGE).text
    assert "対応が必要なこと" not in supervisor.text
    assert "TEAM_MAIL" in supervisor.text


@pytest.mark.parametrize("role", ["agent", "finance"])
def test_only_who_leads_sets_alarms(counter: Counter, role: str) -> None:
    browser = at_work(counter, hire(counter.parts, "taro", role))
    assert 403 == browser.client.get(PAGE).status_code
    assert 403 == browser.client.post(f"{PAGE}/queue_age", data=RULE).status_code


def test_a_kind_that_nobody_knows_is_not_found(supervisor: Browser) -> None:
    assert 404 == save(supervisor, "weather", **RULE).page.status_code
