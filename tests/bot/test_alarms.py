"""Alarms: raised once at their threshold, told, seen by somebody, and over by themselves once it is clearly over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from structlog.testing import capture_logs

from bot import alarms, watching
from bot.local.alarms_check import alarms_found
from bot.staff_words import staff_words
from bot.store import alarms as kept
from bot.store.alarms import Rule
from bot.store.db import autocommit, transaction
from integrations.emulator.config import DEFAULT_WEBHOOK_SECRET
from tests.bot.handoff_house import handed_over, rows, run
from tests.bot.web.counter import Counter, opened_counter

TOLD = {
    "WEBHOOK_URL": "http://127.0.0.1:9/hook",
    "WEBHOOK_SECRETS": DEFAULT_WEBHOOK_SECRET,
    "TEAM_MAIL": "all=lead@counter.example.jp",
}
CALLS = "SELECT kind, body FROM webhook_calls ORDER BY id"
STANDS = "SELECT kind, subject, state, value FROM alarms ORDER BY id"
WAITED = "UPDATE handoffs SET queued_at = now() - interval '{} minutes'"


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url, **TOLD) as opened:
        opened.move("2023-04-05T17:00:00+09:00")  # who waits has waited within opening hours
        yield opened


def look(counter: Counter) -> list[tuple[str, str, str, int]]:
    run(counter, "UPDATE watch SET looked_at = '-infinity'")
    alarms.look(counter.parts)
    return rows(counter, STANDS)


def set_to(counter: Counter, kind: str, **changed: object) -> None:
    with transaction(counter.parts.db) as connection:
        kept.set_rule(connection, replace(rule_of(counter, kind), **changed))


def rule_of(counter: Counter, kind: str) -> Rule:
    with autocommit(counter.parts.db) as connection:
        return alarms.rules(counter.parts, connection)[kind]


def told_of(counter: Counter) -> list[str]:
    return [kind for kind, _ in rows(counter, CALLS)]


def _die(*_: object, **__: object) -> None:
    raise SystemExit


def looked_up(counter: Counter, *, matched: int, unmatched: int) -> None:
    for result, number in (("match", matched), ("no_match", unmatched)):
        run(counter, f"INSERT INTO coupon_looks VALUES (date_trunc('minute', now()), '{result}', 99, {number})")  # noqa: S608 - of this test


def test_a_long_queue_raises_one_alarm_and_is_told_once(counter: Counter) -> None:
    handed_over(counter)
    run(counter, WAITED.format(29))
    assert [] == look(counter)
    run(counter, WAITED.format(31))
    for _ in range(3):
        assert [("queue_age", "", "raised", 31)] == look(counter)
    ((kind, body),) = rows(counter, CALLS)
    assert ("alarm.raised", "queue_age", 31, 30) == (
        kind,
        *(json.loads(body)["data"][name] for name in ("kind", "value", "threshold")),
    )
    (letter,) = counter.sent("team")
    assert "順番待ちが31分になりました" in letter[0]["text"]


def test_minutes_outside_the_hours_that_people_are_told_do_not_count(counter: Counter) -> None:
    handed_over(counter)
    counter.move("2023-04-05T21:00:00+09:00")
    run(counter, WAITED.format(3 * 60 + 15))
    assert [] == look(counter), "since a quarter to six, and nobody is there from six on"
    counter.move("2023-04-06T10:16:00+09:00")
    run(counter, WAITED.format(16 * 60 + 31))
    assert [("queue_age", "", "raised", 31)] == look(counter)


def test_a_mail_writes_numbers_as_the_pages_do(counter: Counter) -> None:
    handed_over(counter)
    set_to(counter, "queue_age", threshold=1000)
    counter.move("2023-04-07T19:00:00+09:00")
    run(counter, WAITED.format(2 * 24 * 60 + 10 * 60))
    look(counter)
    spoken, (alarm,) = staff_words("ja"), kept.live(counter.parts.db)
    assert "順番待ちが1,440分になりました（1,000分から知らせます）。" == alarms.sentence(spoken, alarm)
    assert alarms.sentence(spoken, alarm) in counter.sent("team")[0][0]["text"]


def test_it_is_over_only_once_it_is_clearly_over(counter: Counter) -> None:
    handed_over(counter)
    for minutes, stands in ((31, ("raised", 31)), (25, ("raised", 25)), (23, ("ended", 25)), (25, ("ended", 25))):
        run(counter, WAITED.format(minutes))
        assert [("queue_age", "", *stands)] == look(counter)
    assert ["alarm.raised", "alarm.ended"] == [kind for kind, _ in rows(counter, CALLS)]
    assert 2 == len(counter.sent("team"))
    run(counter, WAITED.format(40))
    assert ["ended", "raised"] == [state for _, _, state, _ in look(counter)]


def test_whoever_takes_care_of_it_is_named_and_it_ends_all_the_same(counter: Counter) -> None:
    handed_over(counter)
    run(counter, WAITED.format(31))
    look(counter)
    (alarm,) = kept.live(counter.parts.db)
    with transaction(counter.parts.db) as connection:
        assert [True, False] == [kept.see(connection, alarm.id, by=name) for name in ("責任 花子", "別の人")]
    assert [("queue_age", "", "seen", 31)] == look(counter)
    run(counter, "UPDATE handoffs SET state = 'back', ended_at = now(), ended_by = 'person'")
    assert [("queue_age", "", "ended", 31)] == look(counter)
    assert ["責任 花子"] == [each.seen_by for each in kept.ended(counter.parts.db, most=9)]


def test_an_alarm_that_is_off_is_not_raised_and_one_that_is_turned_off_is_over(counter: Counter) -> None:
    handed_over(counter)
    run(counter, WAITED.format(31))
    look(counter)
    set_to(counter, "queue_age", is_on=False)
    assert [("queue_age", "", "ended", 31)] == look(counter)
    assert 1 == len(look(counter))
    assert ["alarm.raised", "alarm.let_go"] == told_of(counter)
    assert 1 == len(counter.sent("team")), "a mail would say that all is well"


def test_one_whose_time_is_over_is_not_said_to_have_become_well(counter: Counter) -> None:
    with transaction(counter.parts.db) as connection:
        kept.raise_one(connection, "undelivered", "bygone", value=3, threshold=1)
    assert [("undelivered", "bygone", "ended", 3)] == look(counter)
    assert (["alarm.let_go"], []) == (told_of(counter), counter.sent("team"))


def test_a_rule_that_cannot_be_judged_keeps_no_other_from_being_told(counter: Counter) -> None:
    handed_over(counter)
    run(counter, WAITED.format(31))
    looked_up(counter, matched=0, unmatched=20)
    run(counter, "ALTER TABLE handoffs RENAME queued_at TO away")
    with capture_logs() as said:
        assert [("unmatched", "", "raised", 100)] == look(counter)
    assert {"sample", "queue_age"} == {line["kind"] for line in said if line["event"] == "alarms.not_judged"}
    run(counter, "ALTER TABLE handoffs RENAME away TO queued_at")
    assert ["queue_age", "unmatched"] == sorted(kind for kind, *_ in look(counter))


def test_it_tells_only_those_whom_its_rule_names(counter: Counter) -> None:
    set_to(counter, "queue_age", mail_to="", by_webhook=False)
    handed_over(counter)
    run(counter, WAITED.format(31))
    assert 1 == len(look(counter))
    assert ([], []) == (rows(counter, CALLS), counter.sent("team"))


def test_who_dies_while_looking_has_told_nothing_and_the_next_one_tells_it(counter: Counter) -> None:
    handed_over(counter)
    run(counter, WAITED.format(31))
    run(counter, "UPDATE watch SET looked_at = '-infinity'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alarms.team_mail, "plan", _die)
        with pytest.raises(SystemExit):
            alarms.look(counter.parts)
    assert ([], []) == (rows(counter, STANDS), rows(counter, CALLS))
    alarms.look(counter.parts)
    assert 1 == len(rows(counter, STANDS))


def test_without_redis_an_alarm_is_raised_all_the_same(counter: Counter) -> None:
    handed_over(counter)
    run(counter, WAITED.format(31))
    run(counter, "UPDATE watch SET looked_at = '-infinity'")
    with closing(redis.Redis(port=9, retry=Retry(NoBackoff(), 0))) as away:
        watching.look(replace(counter.parts, redis=away))
    assert [("queue_age", "", "raised", 31)] == rows(counter, STANDS)


def test_the_check_of_an_operator_names_what_lasts(counter: Counter) -> None:
    assert [
        ("Alarms", "none is raised", ""),
        ("Webhook", "0 are not taken yet, 0 were given up within a week", ""),
    ] == [*alarms_found(counter.parts)]
    handed_over(counter)
    run(counter, WAITED.format(31))
    look(counter)
    run(counter, "UPDATE webhook_calls SET attempts = 6")
    alarm, webhook = alarms_found(counter.parts)
    assert ("The queue is 31 minutes long (told from 30).", "1 are not taken yet") == (
        alarm[1],
        webhook[1].split(",")[0],
    )
    assert alarm[2]
    assert webhook[2]
