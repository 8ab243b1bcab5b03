"""A talk that a desk has, or has lost, is not forgotten: its person waits until somebody answers."""

from __future__ import annotations

import pytest

from bot import alarms, handoff, watching
from bot.desks.hearing import GONE_TRIES
from bot.store import desk_threads
from bot.store.db import autocommit
from bot.store.staff import Member
from integrations.emulator.config import DEFAULT_WEBHOOK_SECRET
from tests.bot.console.desk import session_for, sit_down
from tests.bot.desk_house import AWAY, Office, opened_office
from tests.bot.handoff_house import conversation, handed_over, now, rows, run

TOLD = "SELECT count(*) FROM webhook_calls WHERE kind = 'handoff.waiting'"
PAUSE = "SELECT extract(epoch FROM due_at - now())::float FROM desk_threads"
WAITED = "UPDATE handoffs SET queued_at = now() - interval '40 minutes', told_at = NULL, answered_at = NULL"
SPOKE = "UPDATE handoffs SET spoken_at = now() - interval '40 minutes'"


@pytest.fixture
def waiting(office: Office) -> Office:
    """Somebody waits there."""
    handed_over(office.counter)
    office.work()
    return office


def rings(office: Office) -> int:
    """How often an outside system was told, after one more look."""
    run(office.counter, "UPDATE watch SET looked_at = '-infinity'")
    watching.look(office.counter.parts)
    found: int = rows(office.counter, TOLD)[0][0]
    return found


def test_whom_a_desk_lets_wait_is_told_once_as_in_our_own_queue(database_url: str, redis_url: str) -> None:
    told = {"WEBHOOK_URL": "http://127.0.0.1:9/hook", "WEBHOOK_SECRETS": DEFAULT_WEBHOOK_SECRET}
    with opened_office(database_url, redis_url, **told) as office:
        handed_over(office.counter)
        office.work()
        office.desk.assign(office.talk, "木村")
        office.knocks(office.talk)
        assert ([("taken", "chatwoot")], 0) == (office.stands(), rings(office))
        office.counter.move("2023-04-05T17:00:00+09:00")
        run(office.counter, WAITED)
        assert (1, 1) == (rings(office), rings(office))
        assert [("queue_age", 40)] == rows(office.counter, "SELECT kind, value FROM alarms")
        office.replies("お待たせしました。")
        assert 1 == rings(office)
        office.counter._sent()
        office.counter.line("まだですか")
        run(office.counter, f"{SPOKE}, told_at = now() - interval '50 minutes'")
        assert (2, 2) == (rings(office), rings(office))


def test_who_was_answered_there_and_says_nothing_waits_for_nobody(waiting: Office) -> None:
    waiting.replies("お待たせしました。")
    run(waiting.counter, "UPDATE handoffs SET queued_at = now() - interval '40 minutes'")
    run(waiting.counter, "UPDATE watch SET looked_at = '-infinity'")
    alarms.look(waiting.counter.parts)
    assert [] == rows(waiting.counter, "SELECT kind FROM alarms")


def test_what_is_gone_there_waits_in_our_queue_with_a_word_why(waiting: Office, ichiro: Member) -> None:
    waiting.replies("お待ちください。")
    waiting.desk.talks.clear()
    for _ in range(GONE_TRIES - 1):
        waiting.goes_on()
    assert [("taken", "chatwoot")] == waiting.stands()
    waiting.goes_on()
    assert [("waiting", "")] == waiting.stands()
    browser = sit_down(waiting.counter.app.test_client(), session_for(waiting.counter.parts, ichiro))
    assert (
        "引き継いだ先で会話が消されたため"
        in browser.get(f"/console/conversations/{conversation(waiting.counter)}").text
    )
    handoff.take(waiting.counter.parts, now(waiting.counter), ichiro)
    assert [("over", True)] == rows(waiting.counter, "SELECT state, due_at = 'infinity' FROM desk_threads")


def test_what_is_over_and_gone_there_is_looked_at_no_more(waiting: Office) -> None:
    waiting.counter.line("ボットに戻る")
    waiting.work()
    talk = waiting.talk
    waiting.desk.talks.clear()
    waiting.knocks(talk)
    assert [(True,)] == rows(waiting.counter, "SELECT due_at = 'infinity' FROM desk_threads")


def test_the_longer_a_desk_is_away_the_seldomer_it_is_looked_at(waiting: Office) -> None:
    waiting.emulator.faults.set(AWAY)
    pauses = []
    for _ in range(8):
        waiting.goes_on()
        pauses += [seconds for (seconds,) in rows(waiting.counter, PAUSE)]
    assert (sorted(pauses), True) == (pauses, 100 < pauses[-1] < 130)


def test_a_knock_while_a_look_fails_has_it_looked_at_again_at_once(waiting: Office) -> None:
    parts = waiting.counter.parts
    waiting.time_passes()
    with autocommit(parts.db) as connection:
        [thread] = desk_threads.claim(connection, most=1, lease=60)
    desk_threads.knocked(parts.db, thread.desk, thread.remote)
    desk_threads.later(parts.db, thread.id, wait=300)
    assert rows(waiting.counter, PAUSE)[0][0] <= 0
