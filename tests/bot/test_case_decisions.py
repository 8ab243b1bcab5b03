"""Staff decide a case: along its table of states alone, money by two persons, and its person is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import psycopg
import pytest

from bot import case_decisions
from bot.case_decisions import NoSuchCase, NotNow, NotRestorable, SameEyes
from bot.staff_names import NoName
from bot.store import cases
from bot.store.db import autocommit
from bot.store.submissions import NewSubmission
from dialogs.rules.cases import NEXT, CaseState, show_case_no
from tests.bot.held_house import FINDER, GIVER, applied, decide, found, told_of, worker
from tests.bot.refunds_house import application, ask
from tests.bot.test_case_told import TOLD
from tests.bot.web.counter import Counter, one_connection, opened_counter, rows

NUMBER = "TG12345678"
ENTITLED = f"""
WITH theirs AS (
    INSERT INTO entitlements (id, coupon_number, campaign, campaign_version, language, amount, token_hash, token,
        created_at, person)
    VALUES (gen_random_uuid(), '{NUMBER}', 'tochigi-2023-02', 1, 'ja', 1000, 'hash', 'token', now(), 'p') RETURNING id)
INSERT INTO entitled_coupons SELECT '09', '{NUMBER}', '2023-02-23', 1000, id FROM theirs
"""  # noqa: S608 - the test's own words
EXPIRY = "SELECT expiry FROM coupons"
TO_STAFF = (CaseState.CHECKING, CaseState.OPENED, CaseState.FOUND, CaseState.NOT_FOUND, CaseState.ANSWERED)


@pytest.fixture
def counter(database_url: str, redis_url: str) -> Iterator[Counter]:
    with opened_counter(database_url, redis_url) as opened:
        opened.parts.redis.flushdb()
        yield opened


def set_state(counter: Counter, state: str) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute("UPDATE cases SET state = %s", [state])


def run(counter: Counter, statement: str) -> None:
    with autocommit(counter.parts.db) as connection:
        connection.execute(statement.encode())


def letters(counter: Counter) -> list[str]:
    return [said["text"] for body in counter.sent("case_decided") for said in body]


@pytest.mark.parametrize("before", list(CaseState))
@pytest.mark.parametrize("to", [*TO_STAFF, CaseState.CLOSED])
def test_a_case_moves_along_its_table_and_no_other_way(counter: Counter, before: CaseState, to: CaseState) -> None:
    number = told_of(counter.parts, NUMBER)
    set_state(counter, before)
    if to in NEXT[before]:
        assert to == case_decisions.move(counter.parts, number, to, by=FINDER).state
        noted = rows(counter, "SELECT actor, action, subject, details FROM audit")
        assert [(FINDER, f"case.{to}", number, {"before": f"{before}", "after": f"{to}"})] == noted
        return
    with pytest.raises(NotNow, match=f"it is {before}"):
        case_decisions.move(counter.parts, number, to, by=FINDER)
    assert ([(f"{before}",)], [(0,)]) == (
        rows(counter, "SELECT state FROM cases"),
        rows(counter, "SELECT count(*) FROM audit"),
    )


def test_who_found_it_cannot_say_as_well_what_is_given_back(counter: Counter) -> None:
    number = told_of(counter.parts, NUMBER)
    decide(counter.parts, number, CaseState.CHECKING, CaseState.FOUND)
    for spelling in (FINDER, f" {FINDER}　"):
        with pytest.raises(SameEyes):
            case_decisions.give_back(counter.parts, number, 500, by=spelling)
    with autocommit(counter.parts.db) as connection, pytest.raises(psycopg.errors.CheckViolation):
        cases.move(connection, number, CaseState.RESTORED, by=FINDER, at=datetime.now().astimezone(), amount=500)
    assert "to_points" == case_decisions.give_back(counter.parts, number, 500, by=GIVER).state
    last = rows(counter, "SELECT actor, details FROM audit ORDER BY id DESC LIMIT 1")
    assert [(GIVER, {"before": "found", "after": "to_points", "yen": 500})] == last


@pytest.mark.parametrize("amount", [0, -1, 1_000_001])
def test_a_sum_that_no_coupon_was_worth_is_a_slip(counter: Counter, amount: int) -> None:
    number = told_of(counter.parts, NUMBER)
    decide(counter.parts, number, CaseState.CHECKING, CaseState.FOUND)
    with pytest.raises(NotRestorable):
        case_decisions.give_back(counter.parts, number, amount, by=GIVER)
    with pytest.raises(NotNow):
        case_decisions.give_back(counter.parts, told_of(counter.parts, "TG87654321"), 500, by=GIVER)


def test_another_trouble_gives_nothing_back_and_is_answered(counter: Counter) -> None:
    number = told_of(counter.parts, NUMBER, "OTHER")
    decide(counter.parts, number, CaseState.CHECKING)
    with pytest.raises(NotRestorable):
        decide(counter.parts, number, CaseState.FOUND)
    decide(counter.parts, number, CaseState.ANSWERED, CaseState.CLOSED)


def test_nothing_is_done_without_a_name_or_to_a_case_that_is_not_there(counter: Counter) -> None:
    number = told_of(counter.parts, NUMBER)
    with pytest.raises(NoName):
        case_decisions.move(counter.parts, number, CaseState.CHECKING, by=" 　")
    with pytest.raises(NoSuchCase):
        case_decisions.move(counter.parts, "C1234567897", CaseState.CHECKING, by=FINDER)


@pytest.mark.parametrize(
    ("at", "outcome", "said"),
    [
        ("03-25T12:00", "restored", "500円をお戻しし、2023年3月31日(金) 23:59 まで使えるようにしました"),
        ("03-31T23:59:59", "restored", "2023年4月30日(日) 23:59 までに申請してください"),
        ("04-01T00:00", "to_points", "500円はキャッシュレスポイントでお送りします"),
        ("05-01T00:00", "to_points", "申請がまだの方は、0120-479-249 へお電話ください"),
        ("04-10T12:00", "not_found", "お店の記録では確認できませんでした"),
        ("04-10T12:00", "answered", "お調べが終わりました。くわしくは 0120-479-249"),
    ],
)
def test_its_person_is_told_once_where_they_talk_with_us_and_by_day(
    counter: Counter, at: str, outcome: str, said: str
) -> None:
    counter.line(*TOLD, "submit")
    ((number,),) = rows(counter, "SELECT case_no FROM cases")
    counter.move(f"2023-{at}+09:00")
    if outcome in ("restored", "to_points"):
        assert outcome == found(counter.parts, number, 500)
    else:
        decide(counter.parts, number, CaseState.CHECKING, CaseState(outcome))
    decide(counter.parts, number, CaseState.CLOSED)
    (told,) = letters(counter)
    assert said in told
    assert show_case_no(number) in told
    ((hour,),) = rows(
        counter,
        "SELECT extract(hour FROM not_before AT TIME ZONE 'Japan')::int FROM outgoing WHERE purpose = 'case_decided'",
    )
    assert 10 <= hour < 20


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("03-31T23:59:59", (2500, 0, date(2023, 3, 31))),
        ("04-01T00:00", (2000, 500, None)),  # straight to points: no time is left to use it
    ],
)
def test_what_is_restored_can_be_used_until_the_last_day_and_keeps_its_expiry(
    counter: Counter, at: str, kept: tuple[int, int, date | None]
) -> None:
    number = told_of(counter.parts, NUMBER)
    run(counter, "UPDATE coupons SET balance_after_extension = 2000, restored = 0")
    [before] = rows(counter, EXPIRY)
    counter.move(f"2023-{at}+09:00")
    found(counter.parts, number, 500)
    [after] = rows(counter, "SELECT balance_after_extension, restored, extended_to FROM coupons")
    assert (kept, [before]) == (after, rows(counter, EXPIRY))


def test_who_told_it_on_a_page_is_told_at_the_contact_that_they_applied_with_there(counter: Counter) -> None:
    application(counter.parts, 1)
    number = told_of(counter.parts, NUMBER, "OTHER")
    decide(counter.parts, number, CaseState.CHECKING, CaseState.NOT_FOUND)
    assert [] == letters(counter)
    run(counter, "UPDATE cases SET conversation = (SELECT conversation FROM submissions)")
    decide(counter.parts, number, CaseState.CHECKING, CaseState.ANSWERED)
    (letter,) = letters(counter)
    assert (True, [("sms",)]) == (
        show_case_no(number) in letter,
        rows(counter, "SELECT channel FROM outgoing WHERE purpose = 'case_decided'"),
    )


def told_on_line(counter: Counter) -> str:
    counter.line(*TOLD, "submit")
    [(number,)] = rows(counter, "SELECT case_no FROM cases")
    return str(number)


@pytest.mark.parametrize("gone", ["blocked = true", "address = ''"])
def test_who_cannot_be_reached_any_more_is_written_nothing(counter: Counter, gone: str) -> None:
    number = told_on_line(counter)
    with autocommit(counter.parts.db) as connection:
        connection.execute(f"UPDATE conversations SET {gone}".encode())  # noqa: S608 - the words above
    decide(counter.parts, number, CaseState.CHECKING, CaseState.NOT_FOUND)
    assert [] == letters(counter)


def test_a_case_is_decided_with_one_connection(counter: Counter) -> None:
    number = told_on_line(counter)
    with one_connection(counter.parts) as parts:
        decide(parts, number, CaseState.CHECKING, CaseState.NOT_FOUND)
    assert 1 == len(letters(counter))


def no_list_has_it(counter: Counter) -> None:
    run(counter, "DELETE FROM coupons")


def its_url_is_out(counter: Counter) -> None:
    applied(counter.parts, 1)
    worker(counter.parts)
    run(counter, "UPDATE outgoing SET state = 'sent' WHERE purpose = 'reward_url'")
    run(counter, "UPDATE submissions SET subjects = ARRAY(SELECT subject FROM cases)")


def a_list_has_paid_it(counter: Counter) -> None:
    run(counter, ENTITLED)


def it_is_applied_for(counter: Counter) -> None:
    applied_for(counter)
    worker(counter.parts)


def money_was_asked_for(counter: Counter) -> None:
    row = applied_for(counter)
    worker(counter.parts)
    assert ask(counter.parts, row)


def applied_for(counter: Counter) -> NewSubmission:
    row = application(counter.parts, 1)
    run(counter, "UPDATE submissions SET subjects = ARRAY(SELECT subject FROM cases)")
    return row


@pytest.mark.parametrize(
    ("before", "said", "by_hand"),
    [
        (no_list_has_it, "お返しのしかた", True),
        (its_url_is_out, "お返しのしかた", True),
        (a_list_has_paid_it, "お返しのしかた", True),
        (it_is_applied_for, "500円はキャッシュレスポイントでお送りします", False),
        (money_was_asked_for, "500円を加えて、ご指定の口座へお振り込みします", False),
    ],
)
def test_points_are_promised_to_none_but_those_to_whom_they_come(
    counter: Counter, before: Callable[[Counter], object], said: str, by_hand: bool
) -> None:
    counter.line(*TOLD, "submit")
    ((number,),) = rows(counter, "SELECT case_no FROM cases")
    before(counter)
    found(counter.parts, number, 500)
    (told,) = letters(counter)
    assert (said in told, "ポイント" in told) == (True, before is it_is_applied_for)
    case = cases.by_no(counter.parts.db, number)
    assert case
    assert by_hand == case_decisions.is_by_hand(counter.parts, case)
