"""A conversation with staff, on the real PostgreSQL: who comes, who has it, and what is said in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from bot import conversation as turns
from bot import handoff
from bot.handoff import Away, BadWords, Elsewhere, Full, HandoffError, NotForThem, Unsendable, Words
from bot.store import handoffs
from bot.store.db import autocommit
from bot.store.staff import Member
from dialogs.handing import CLOSE
from tests.bot.console.desk import hire
from tests.bot.handoff_house import (
    HALF_WAY,
    TO_STAFF,
    at_work,
    conversation,
    handed_over,
    now,
    other_waits,
    rows,
    run,
    states,
    taken,
    words,
)
from tests.bot.web.counter import Counter


def test_who_asks_for_a_person_stands_in_the_queue_with_why_and_of_which_team(counter: Counter) -> None:
    handed_over(counter)
    assert [("asked", "waiting", "09", "line", "queue")] == rows(
        counter,
        "SELECT h.reason, h.state, h.prefecture, h.channel, c.owner FROM handoffs h JOIN conversations c"
        " ON c.id = h.conversation",
    )


def test_three_failed_tries_are_told_as_such(counter: Counter) -> None:
    assert "tries" == handed_over(counter, "こんにちは", "うーん", "うーん", "うーん").reason


def test_an_open_case_is_what_staff_are_told_first(counter: Counter) -> None:
    counter.line(*HALF_WAY)
    run(
        counter,
        "INSERT INTO cases (id, case_no, kind, campaign, campaign_version, person, subject, channel, acted_at,"
        " changed_at, erase_at) SELECT gen_random_uuid(), 'C1234567897', 'B1', campaign, 1, person, 'x', channel,"
        " now(), now(), now() FROM conversations",
    )
    counter.line(*TO_STAFF)
    assert ("case", "C1234567897") == (now(counter).reason, now(counter).detail)


def test_of_two_agents_at_once_one_has_it(counter: Counter, ichiro: Member, jiro: Member) -> None:
    seen = handed_over(counter)

    def tries(who: Member) -> bool:
        try:
            handoff.take(counter.parts, seen, who)
        except Elsewhere:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert [False, True] == sorted(both.map(tries, (ichiro, jiro)))
    assert [("taken", "agent")] == states(counter)


def test_only_who_has_it_can_answer(counter: Counter, ichiro: Member, jiro: Member) -> None:
    seen = taken(counter, ichiro)
    with pytest.raises(Elsewhere):
        handoff.reply(counter.parts, seen, jiro, words())
    handoff.reply(counter.parts, seen, ichiro, words("はい、担当者です。"))
    assert [[{"text": "はい、担当者です。"}]] == counter.sent("staff")


def test_a_page_of_before_cannot_answer_after_it_was_passed_on_and_back(
    counter: Counter, ichiro: Member, jiro: Member
) -> None:
    old = taken(counter, ichiro)
    handoff.give(counter.parts, old, "jiro", ichiro)
    handoff.give(counter.parts, now(counter), "ichiro", jiro)
    with pytest.raises(Elsewhere):
        handoff.reply(counter.parts, old, ichiro, words())
    assert [] == counter.sent("staff")


def test_a_message_while_an_agent_has_it_is_kept_and_never_answered(counter: Counter, ichiro: Member) -> None:
    taken(counter, ichiro)
    said = [turn.play.said for turn in counter.line("なかった", "状況", "やりなおす")]
    assert [(), (), ()] == said
    assert 3 == rows(counter, "SELECT count(*) FROM turns WHERE manner = 'owned'")[0][0]
    assert 0 == rows(counter, "SELECT count(*) FROM inbound WHERE payload IS NULL OR state <> 'done'")[0][0]


def test_a_turn_that_was_being_played_as_the_agent_took_it_says_nothing(
    counter: Counter, ichiro: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, real = handed_over(counter), turns.play
    once = [lambda: handoff.take(counter.parts, seen, ichiro)]

    def plays(parts: Any, event: Any) -> Any:
        played = real(parts, event)
        if once:
            once.pop()()
        return played

    monkeypatch.setattr(turns, "play", plays)
    counter.line("もしもし")
    assert [("taken", "agent")] == states(counter)
    assert ["staff:taken", "owned"] == [
        manner for (manner,) in rows(counter, "SELECT manner FROM turns ORDER BY turn DESC LIMIT 2")
    ][::-1]


def test_the_same_reply_sent_twice_is_said_once(counter: Counter, ichiro: Member) -> None:
    seen, twice = taken(counter, ichiro), words()
    handoff.reply(counter.parts, seen, ichiro, twice)
    handoff.reply(counter.parts, seen, ichiro, twice)
    assert 1 == len(counter.sent("staff"))


def test_a_reply_without_the_mark_of_its_page_is_refused(counter: Counter, ichiro: Member) -> None:
    with pytest.raises(BadWords):
        handoff.reply(counter.parts, taken(counter, ichiro), ichiro, Words("はい", ""))


def test_a_reply_goes_by_the_token_of_the_last_word_while_it_lives_and_is_not_used_twice(
    counter: Counter, ichiro: Member
) -> None:
    seen = taken(counter, ichiro)
    counter.line("もしもし")
    for text in ("はい。", "何でしょうか。"):
        handoff.reply(counter.parts, seen, ichiro, words(text))
    tokens = rows(counter, "SELECT reply_token IS NOT NULL, said_by FROM outgoing WHERE purpose = 'staff' ORDER BY id")
    assert [(True, ichiro.name), (False, ichiro.name)] == tokens
    run(counter, "UPDATE inbound SET reply_until = now() - interval '1 second'")
    counter.line("もうひとつ")
    run(counter, "UPDATE inbound SET reply_until = now() - interval '1 second'")
    handoff.reply(counter.parts, seen, ichiro, words("どうぞ。"))
    assert [(None,)] == rows(
        counter, "SELECT reply_token FROM outgoing WHERE purpose = 'staff' ORDER BY id DESC LIMIT 1"
    )


def test_what_was_done_on_a_page_since_does_not_hide_the_token_of_the_last_word(
    counter: Counter, ichiro: Member
) -> None:
    seen = taken(counter, ichiro)
    counter.line("もしもし")
    on_a_page = counter.parts.vault.seal(b'{"event_id": "x"}', "inbound.payload")
    with autocommit(counter.parts.db) as connection:
        connection.execute(
            "INSERT INTO inbound (id, channel, event_id, person, conversation, occurred_at, received_at, payload,"
            " state) SELECT gen_random_uuid(), 'web', 'x', person, conversation, occurred_at + interval '1 second',"
            " now(), %s, 'done' FROM inbound WHERE channel = 'line' ORDER BY occurred_at DESC LIMIT 1",
            (on_a_page,),
        )
    handoff.reply(counter.parts, seen, ichiro, words())
    assert [(True,)] == rows(counter, "SELECT reply_token IS NOT NULL FROM outgoing WHERE purpose = 'staff'")


@pytest.mark.parametrize(
    ("change", "text", "error"),
    [
        ("UPDATE conversations SET blocked = true", "はい", Unsendable),
        (
            "INSERT INTO suppressions (id, channel, person, reason, kind, since, source) SELECT gen_random_uuid(),"
            " channel, person, 'stop', 'everything', now(), 'x' FROM conversations",
            "はい",
            Unsendable,
        ),
        ("SELECT 1", " \n ", BadWords),
        ("SELECT 1", "あ" * 5001, BadWords),
    ],
)
def test_what_cannot_arrive_is_not_sent_and_its_agent_is_told(
    counter: Counter, ichiro: Member, change: str, text: str, error: type[HandoffError]
) -> None:
    seen = taken(counter, ichiro)
    run(counter, change)
    with pytest.raises(error):
        handoff.reply(counter.parts, seen, ichiro, words(text))
    assert [] == counter.sent("staff")


def test_an_agent_has_no_more_than_they_may(counter: Counter, ichiro: Member) -> None:
    run(counter, "UPDATE staff SET capacity = 0")
    with pytest.raises(Full):
        handoff.take(counter.parts, handed_over(counter), ichiro)
    assert [("waiting", "queue")] == states(counter)


def test_a_team_takes_its_own_prefectures_alone_and_what_has_none(counter: Counter, ichiro: Member) -> None:
    seen = handed_over(counter)
    of_iwate = replace(ichiro, prefectures=["03"])
    with pytest.raises(NotForThem):
        handoff.take(counter.parts, seen, of_iwate)
    run(counter, "UPDATE handoffs SET prefecture = ''")
    handoff.take(counter.parts, now(counter), of_iwate)
    assert [("taken", "agent")] == states(counter)


def test_a_lead_gives_to_anybody_and_an_agent_only_what_they_have(
    counter: Counter, ichiro: Member, jiro: Member
) -> None:
    lead = at_work(counter, "hana", "supervisor")
    seen = handed_over(counter)
    with pytest.raises(NotForThem):
        handoff.give(counter.parts, seen, "jiro", ichiro)
    handoff.give(counter.parts, seen, "ichiro", lead)
    handoff.give(counter.parts, now(counter), "jiro", lead)
    assert jiro.id == now(counter).agent
    for nobody in ("nobody", at_work(counter, "keiri", "finance").login):
        with pytest.raises(NotForThem):
            handoff.give(counter.parts, now(counter), nobody, lead)


def test_who_is_not_signed_in_is_given_nothing(counter: Counter, ichiro: Member, jiro: Member) -> None:
    seen = taken(counter, ichiro)
    hire(counter.parts, "saburo")
    with pytest.raises(Away):
        handoff.give(counter.parts, seen, "saburo", ichiro)
    run(counter, "UPDATE staff_sessions SET last_seen_at = now() - interval '61 minutes'")
    with pytest.raises(Away):
        handoff.give(counter.parts, seen, jiro.login, ichiro)
    assert (ichiro.id, []) == (now(counter).agent, handoffs.colleagues(counter.parts.db))


def test_every_act_is_in_the_audit_by_name(counter: Counter, ichiro: Member, jiro: Member) -> None:
    handoff.give(counter.parts, taken(counter, ichiro), "jiro", ichiro)
    handoff.reply(counter.parts, now(counter), jiro, words())
    handoff.add_note(counter.parts, conversation(counter), jiro, "折り返しの約束")
    handoff.let_go(counter.parts, now(counter), jiro, how=CLOSE, why="solved")
    done = rows(counter, "SELECT actor, action FROM audit WHERE action LIKE 'handoff.%' ORDER BY id")
    assert [
        (ichiro.name, "taken"),
        (ichiro.name, "given"),
        *((jiro.name, each) for each in ("replied", "noted", "let_go")),
    ] == [(actor, action.removeprefix("handoff.")) for actor, action in done]


def test_how_many_wait_before_them_is_told_as_it_changes(counter: Counter) -> None:
    counter.line(*HALF_WAY)
    for other in (b"1", b"2"):
        other_waits(counter, other)
    assert "先に2人の方がお待ちです" in last_said(counter, *TO_STAFF)
    assert "" == last_said(counter, "まだですか")
    run(counter, "DELETE FROM handoffs WHERE campaign = '1'")
    assert "先に1人の方がお待ちです" in last_said(counter, "まだですか")
    run(counter, "DELETE FROM handoffs WHERE campaign = '2'")
    assert "" == last_said(counter, "まだですか")


@pytest.mark.parametrize(
    ("theirs", "before", "ahead"),
    [("", HALF_WAY, 1), ("09", ("こんにちは",), 1), ("03", HALF_WAY, 0), ("03", ("こんにちは",), 1)],
)
def test_who_has_named_no_prefecture_waits_before_and_behind_those_of_every_team(
    counter: Counter, theirs: str, before: tuple[str, ...], ahead: int
) -> None:
    counter.line(*before)
    other_waits(counter, b"1", prefecture=theirs)
    assert bool(ahead) == (f"先に{ahead}人の方がお待ちです" in last_said(counter, *TO_STAFF))


def last_said(counter: Counter, *lines: str) -> str:
    said = counter.line(*lines)[-1].play.said
    return said[-1].text if said else ""
