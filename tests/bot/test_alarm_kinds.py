"""What each alarm is measured by: numbers that match nothing, failing providers, piles of codes, URLs on their way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import alarms, conversation
from bot.parts import Parts
from bot.play import Play
from bot.store import alarms as kept
from bot.store.db import autocommit
from bot.store.inbound import Event
from integrations.emulator.fixture import Emulator
from tests.bot.test_alarms import STANDS, TOLD, look, looked_up, rows, run, told_of
from tests.bot.test_mailing_applicants import accepted
from tests.bot.web.counter import NUMBER, Counter, opened_counter

TOCHIGI, IWATE = "tochigi-2023-02", "iwate-2023-02"
MAILED = """
INSERT INTO delivery_attempts (delivery, number, way, provider, units, at)
SELECT md5(n::text)::uuid, 1, 'sms', 'twilio', 1,
    now() - CASE WHEN n <= {now} THEN interval '1 minute' ELSE '2 hours' END
FROM generate_series(1, {all}) n
"""
CODES = """
INSERT INTO reward_codes (id, campaign, brand, amount, code, fingerprint, expires_on, imported_at)
SELECT gen_random_uuid(), '{campaign}', 'nanaco', 1000, '\\x00', sha256(('{campaign}' || n)::bytea), '2024-01-01', now()
FROM generate_series({}, {}) n
"""
FAILED = """
INSERT INTO delivery_events (delivery, attempt, kind, code, provider)
SELECT md5(n::text)::uuid, 1, 'undelivered', '30003', 'twilio' FROM generate_series({first}, {last}) n
"""
SENT = """
INSERT INTO outgoing (id, purpose, channel, person, address, state, attempts, first_attempt_at)
SELECT uuidv7(interval '-9 hours'), 'turn', 'sms', '\\x01', '',
    CASE WHEN n <= {bad} THEN 'refused' ELSE 'sent' END, 1, now() - interval '1 minute'
FROM generate_series(1, {all}) n
"""


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url, **TOLD) as opened:
        opened.move("2023-04-05T17:00:00+09:00")
        yield opened


def test_unmatched_numbers_are_one_by_their_share_where_there_are_enough(counter: Counter) -> None:
    looked_up(counter, matched=0, unmatched=19)
    assert [] == look(counter)
    run(counter, "UPDATE coupon_looks SET n = 20 WHERE n = 19")
    assert [("unmatched", "", "raised", 100)] == look(counter)


def test_a_few_among_many_are_none(counter: Counter) -> None:
    looked_up(counter, matched=100, unmatched=40)
    assert [] == look(counter)


@pytest.mark.parametrize(("number", "result"), [("TG00000000", "no_match"), (NUMBER, "match")])
def test_every_number_that_is_looked_up_is_counted(counter: Counter, number: str, result: str) -> None:
    counter.line("こんにちは", "paper", "09", "2023-02-24", "nothing", "some", "no", "apply", number, "2023-02-23")
    assert [(result, 1)] == rows(counter, "SELECT result, n FROM coupon_looks")


def test_a_turn_that_is_played_again_counts_its_number_once(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    played = conversation.play
    plays: list[Play] = []

    def overtaken_once(parts: Parts, event: Event) -> Play:
        play = played(parts, event)
        if not plays:
            run(counter, "UPDATE conversations SET turn = turn + 1")
        plays.append(play)
        return play

    counter.line("こんにちは", "paper", "09", "2023-02-24", "nothing", "some", "no", "apply", "TG00000000")
    monkeypatch.setattr(conversation, "play", overtaken_once)
    counter.line("2023-02-23")
    assert (2, [("no_match", 1)]) == (len(plays), rows(counter, "SELECT result, n FROM coupon_looks"))


def test_a_provider_that_fails_is_one_where_enough_was_sent(counter: Counter) -> None:
    run(counter, SENT.format(bad=3, all=19))
    assert [] == look(counter)
    run(counter, "DELETE FROM outgoing")
    run(counter, SENT.format(bad=5, all=25))
    assert [("provider_errors", "sms", "raised", 20)] == look(counter)
    run(counter, "DELETE FROM outgoing")
    run(counter, SENT.format(bad=1, all=2))
    assert [("provider_errors", "sms", "raised", 20)] == look(counter)


def test_what_was_mailed_hours_ago_and_fails_now_is_no_failure_of_what_is_mailed_now(counter: Counter) -> None:
    run(counter, MAILED.format(now=20, all=520))
    run(counter, FAILED.format(first=21, last=520))
    run(counter, FAILED.format(first=1, last=3))
    assert [] == look(counter)
    run(counter, FAILED.format(first=1, last=4))
    assert [("provider_errors", "mailing:twilio", "raised", 20)] == look(counter)


def test_a_provider_that_nothing_goes_to_any_more_is_not_said_to_be_well(counter: Counter) -> None:
    run(counter, SENT.format(bad=25, all=25))
    look(counter)
    run(counter, "DELETE FROM outgoing")
    assert [("provider_errors", "sms", "raised", 100)] == look(counter)
    run(counter, "UPDATE alarms SET raised_at = now() - interval '25 hours'")
    assert [("provider_errors", "sms", "ended", 100)] == look(counter)
    assert ["alarm.raised", "alarm.let_go"] == told_of(counter)


def test_numbers_that_match_again_are_told(counter: Counter) -> None:
    looked_up(counter, matched=0, unmatched=20)
    look(counter)
    run(counter, "DELETE FROM coupon_looks")
    assert [("unmatched", "", "raised", 100)] == look(counter)
    looked_up(counter, matched=1, unmatched=0)
    assert [("unmatched", "", "ended", 100)] == look(counter)
    assert ["alarm.raised", "alarm.ended"] == told_of(counter)


def test_a_pile_of_codes_that_runs_low_is_one_by_its_brand_and_sum(counter: Counter) -> None:
    run(counter, CODES.format(1, 49, campaign=TOCHIGI))
    assert [("code_stock", f"{TOCHIGI} nanaco 1000", "raised", 49)] == look(counter)
    run(counter, CODES.format(50, 60, campaign=TOCHIGI))
    assert [("code_stock", f"{TOCHIGI} nanaco 1000", "raised", 60)] == look(counter)
    run(counter, CODES.format(61, 70, campaign=TOCHIGI))
    run(counter, "UPDATE watch SET looked_at = '-infinity' WHERE name = 'alarms'")
    alarms.look(counter.parts)
    assert "raised" == rows(counter, STANDS)[0][2], "a stock may be of a million: it is counted every ten minutes"
    assert [("code_stock", f"{TOCHIGI} nanaco 1000", "ended", 60)] == look(counter)


def test_each_campaign_has_piles_of_its_own_and_none_once_its_last_day_is_over(
    database_url: str, redis_url: str
) -> None:
    with opened_counter(database_url, redis_url, **TOLD, CAMPAIGNS=f"{TOCHIGI},{IWATE}") as counter:
        for campaign, most in ((TOCHIGI, 10), (IWATE, 49)):
            run(counter, CODES.format(1, most, campaign=campaign))
        assert {f"{TOCHIGI} nanaco 1000": 10, f"{IWATE} nanaco 1000": 49} == {
            pile[1]: pile[3] for pile in look(counter)
        }
        counter.move("2023-06-01T00:00:00+09:00")
        assert {f"{TOCHIGI} nanaco 1000": "ended"}.items() <= {pile[1]: pile[2] for pile in look(counter)}.items()
        assert {"alarm.raised", "alarm.let_go"} == {*told_of(counter)}


def test_urls_that_have_not_arrived_are_one_in_the_last_week_alone(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    accepted(parts, 1)
    campaign, stands = parts.campaign.id, []
    for moment in ("2023-05-24T23:59:59+09:00", "2023-05-25T00:00:00+09:00", "2023-06-01T00:00:00+09:00"):
        emulator.clock.set(moment)
        with autocommit(parts.db) as connection:
            connection.execute("UPDATE watch SET looked_at = '-infinity'")
        alarms.look(parts)
        stands.append([(alarm.subject, alarm.value) for alarm in kept.live(parts.db) if alarm.kind == "undelivered"])
    assert [[], [(campaign, 1)], []] == stands
