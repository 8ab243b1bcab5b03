"""How a conversation leaves an agent: handed back, closed, by its person, or because the agent is silent or gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import handoff
from bot.handoff import BadWords, Elsewhere
from bot.store import handoff_queue, staff_sessions
from bot.store.db import transaction
from bot.store.staff import Member
from dialogs.handing import CLOSE, RETURN
from dialogs.scripts import SCRIPTS
from tests.bot.handoff_house import conversation, now, other_waits, rows, run, states, taken, words, worker_takes
from tests.bot.web.counter import Counter, one_connection


def test_handed_back_the_question_is_asked_again_and_the_answers_are_kept(counter: Counter, ichiro: Member) -> None:
    handoff.let_go(counter.parts, taken(counter, ichiro), ichiro, how=RETURN)
    assert [("returning", "agent")] == states(counter)
    assert any("お支払いで困ったこと" in text for text in worker_takes(counter))
    assert [("back", "bot")] == states(counter)
    assert "残額はいくらでしたか" in counter.line("nothing")[-1].play.said[-1].text


def test_once_it_is_being_handed_back_nobody_answers_any_more(counter: Counter, ichiro: Member) -> None:
    seen = taken(counter, ichiro)
    handoff.let_go(counter.parts, seen, ichiro, how=RETURN)
    for late in (seen, now(counter)):
        with pytest.raises(Elsewhere):
            handoff.reply(counter.parts, late, ichiro, words())
        with pytest.raises(Elsewhere):
            handoff.let_go(counter.parts, late, ichiro, how=RETURN)
    assert 1 == rows(counter, "SELECT count(*) FROM inbound WHERE channel = 'staff'")[0][0]


def test_what_the_person_wrote_before_it_was_handed_back_stays_unanswered(counter: Counter, ichiro: Member) -> None:
    seen = taken(counter, ichiro)
    counter._arrive("なかった")
    handoff.let_go(counter.parts, seen, ichiro, how=RETURN)
    assert [] == worker_takes(counter)
    assert any("お支払いで困ったこと" in text for text in worker_takes(counter))


def test_closed_for_a_reason_a_word_within_seven_days_comes_back_with_its_history(
    counter: Counter, ichiro: Member
) -> None:
    handoff.let_go(counter.parts, taken(counter, ichiro), ichiro, how=CLOSE, why="solved")
    worker_takes(counter)
    counter.line("やはりわかりません")
    told = [
        (each.state, each.reason, each.why)
        for each in handoff_queue.of_conversation(counter.parts.db, conversation(counter))
    ]
    assert [("waiting", "reopened", ""), ("closed", "asked", "solved")] == told


def test_it_is_closed_for_a_known_reason_alone(counter: Counter, ichiro: Member) -> None:
    with pytest.raises(BadWords):
        handoff.let_go(counter.parts, taken(counter, ichiro), ichiro, how=CLOSE, why="栃木さん")


def test_the_persons_own_word_ends_it_whoever_has_it(counter: Counter, ichiro: Member) -> None:
    seen = taken(counter, ichiro)
    counter.line("ボットに戻る")
    assert [("back", "bot")] == states(counter)
    with pytest.raises(Elsewhere):
        handoff.reply(counter.parts, seen, ichiro, words())


def test_a_silent_agent_loses_it_and_another_one_takes_it(counter: Counter, ichiro: Member, jiro: Member) -> None:
    old = taken(counter, ichiro)
    run(counter, "UPDATE handoffs SET lease_until = now() - interval '1 second'")
    assert (1, 0) == (handoff.return_lapsed(counter.parts), handoff.return_lapsed(counter.parts))
    assert [("waiting", "queue")] == states(counter)
    handoff.take(counter.parts, now(counter), jiro)
    with pytest.raises(Elsewhere):
        handoff.reply(counter.parts, old, ichiro, words())
    handoff.reply(counter.parts, now(counter), jiro, words("代わりました。"))
    assert 1 == len(counter.sent("staff"))


def test_who_has_answered_waits_for_the_person_as_long_as_it_takes(counter: Counter, ichiro: Member) -> None:
    handoff.reply(counter.parts, taken(counter, ichiro), ichiro, words())
    assert [(True,)] == rows(counter, "SELECT lease_until = 'infinity' FROM handoffs")
    run(counter, "UPDATE outgoing SET state = 'sent'")
    counter.line("ありがとう。もうひとつ")
    assert [(True, True)] == rows(
        counter, "SELECT lease_until < now() + interval '11 minutes', spoken_at IS NOT NULL FROM handoffs"
    )


@pytest.mark.parametrize("gone", ["signed out", "deactivated", "an hour without a look"])
def test_what_an_agent_has_who_is_gone_goes_back_to_the_queue(counter: Counter, ichiro: Member, gone: str) -> None:
    taken(counter, ichiro)
    assert 0 == handoff.return_lapsed(counter.parts)
    match gone:
        case "signed out":
            with transaction(counter.parts.db) as connection:
                staff_sessions.end_all(connection, ichiro.id, by="test")
        case "deactivated":
            run(counter, "UPDATE staff SET active = false")
        case _:
            run(counter, "UPDATE staff_sessions SET last_seen_at = now() - interval '61 minutes'")
    assert 1 == handoff.return_lapsed(counter.parts)
    assert ("waiting", None) == (now(counter).state, now(counter).agent)


def test_what_cannot_go_on_comes_back_to_the_queue_with_why(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    handoff.let_go(counter.parts, taken(counter, ichiro), ichiro, how=RETURN)
    monkeypatch.setitem(SCRIPTS, "apply", {2: SCRIPTS["apply"][1]})
    worker_takes(counter)
    assert ("waiting", "quarantined", "no script apply, version 1") == (
        now(counter).state,
        now(counter).reason,
        now(counter).detail,
    )
    assert [("waiting", "queue")] == states(counter)


def test_it_is_let_go_with_one_connection(counter: Counter, ichiro: Member) -> None:
    seen = taken(counter, ichiro)
    with one_connection(counter.parts) as parts:
        handoff.let_go(parts, seen, ichiro, how=RETURN)
    assert [("returning", "agent")] == states(counter)


def test_who_was_left_lying_waits_on_in_their_old_place(counter: Counter, ichiro: Member) -> None:
    left = taken(counter, ichiro)
    other_waits(counter, b"1")
    run(counter, "UPDATE handoffs SET spoken_at = now() - interval '2 hours' WHERE state = 'taken'")
    run(counter, "UPDATE handoffs SET lease_until = now() - interval '1 second' WHERE state = 'taken'")
    assert 1 == handoff.return_lapsed(counter.parts)
    first = handoff_queue.queue(counter.parts.db, ichiro.id, [], most=1)[0].handoff
    longest = handoff_queue.counts(counter.parts.db, ichiro.id, []).longest
    assert left.conversation == first.conversation
    assert min(first.now - first.waits_since, timedelta(seconds=longest or 0)) >= timedelta(hours=2)
    assert 0 == handoff_queue.ahead(counter.parts.db, left.conversation, "09")
