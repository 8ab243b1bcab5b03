"""One reward for what was applied for and what a case of (B) brings: held until it is decided (rules.md §1.4(2))."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from bot import case_decisions, refund_files, refunds
from bot.case_decisions import NotHeld
from bot.filing import open_claim, seal_claim, standings
from bot.parts import Parts
from bot.store import cases, outgoing, submissions
from bot.store.db import autocommit, transaction
from bot.store.known_claims import Whose
from bot.store.submissions import NewSubmission, Withdrawal
from dialogs.rules.cases import CaseState
from dialogs.rules.claim import DeliveryTarget
from tests.bot.held_house import applied, decide, found, number_of, planned_case, told_of, worker
from tests.bot.refunds_house import APRIL, ask, check, counter, move, rows, sender

URLS = "SELECT state FROM outgoing WHERE purpose = 'reward_url' ORDER BY id"
RIGHTS = "SELECT state, amount FROM entitlements"
STATES = "SELECT state, amount FROM submissions ORDER BY receipt_no"
MARCH = datetime.fromisoformat("2023-03-25T12:00:00+09:00")


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        opened.redis.flushdb()
        yield opened


def sent_out(parts: Parts, state: str) -> None:
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = %s WHERE purpose = 'reward_url'", [state])


def accepted(parts: Parts, serial: int = 1) -> NewSubmission:
    row = applied(parts, serial)
    worker(parts)
    assert [("accepted", 1000)] == rows(parts, STATES)
    return row


@pytest.mark.parametrize("kind", ["B1", "B2"])
def test_what_has_an_open_case_on_its_coupon_is_given_no_right_and_no_url(parts: Parts, kind: str) -> None:
    told_of(parts, number_of(1), kind)
    applied(parts, 1)
    worker(parts)
    worker(parts)
    assert ([("held", 1000)], [], []) == (rows(parts, STATES), rows(parts, RIGHTS), rows(parts, URLS))


@pytest.mark.parametrize(("number", "kind"), [("A00001", "OTHER"), ("A00002", "B2"), ("", "B2")])
def test_a_trouble_that_gives_nothing_back_or_is_about_another_coupon_holds_nothing(
    parts: Parts, number: str, kind: str
) -> None:
    told_of(parts, number, kind)
    applied(parts, 1)
    worker(parts)
    assert ([("accepted", 1000)], [("planned",)]) == (rows(parts, STATES), rows(parts, URLS))


def test_what_waits_for_its_balance_is_not_decided_while_a_case_is_open(parts: Parts) -> None:
    move(parts, MARCH)
    applied(parts, 1, None)
    worker(parts)
    case = told_of(parts, number_of(1))
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE coupons SET balance_at_snapshot = 0")
        connection.execute("UPDATE submissions SET due_at = now()")
    move(parts, APRIL)
    worker(parts)
    assert [("held", None)] == rows(parts, STATES)
    assert "to_points" == found(parts, case, 500)
    worker(parts)
    assert ([("accepted", 500)], [("planned", 500)]) == (rows(parts, STATES), rows(parts, RIGHTS))


def test_what_was_not_found_lets_it_go_on_as_it_was(parts: Parts) -> None:
    case = told_of(parts, number_of(1))
    applied(parts, 1)
    worker(parts)
    decide(parts, case, CaseState.CHECKING)
    worker(parts)
    assert [("held", 1000)] == rows(parts, STATES)
    decide(parts, case, CaseState.NOT_FOUND)
    worker(parts)
    assert ([("accepted", 1000)], [("planned", 1000)]) == (rows(parts, STATES), rows(parts, RIGHTS))
    assert [("planned",)] == rows(parts, URLS)


def test_what_is_given_back_after_the_snapshot_comes_in_the_same_reward(parts: Parts) -> None:
    case = told_of(parts, number_of(1))
    applied(parts, 1)
    worker(parts)
    assert "to_points" == found(parts, case, 500)
    worker(parts)
    assert ([("accepted", 1500)], [("planned", 1500)]) == (rows(parts, STATES), rows(parts, RIGHTS))
    assert [(1500,)] == rows(parts, "SELECT amount FROM claims")


def test_what_is_restored_in_time_is_counted_by_the_balance_of_the_last_day_alone(parts: Parts) -> None:
    move(parts, MARCH)
    case = told_of(parts, number_of(1))
    applied(parts, 1, None)
    assert "restored" == found(parts, case, 500)
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE coupons SET balance_at_snapshot = 1500")
    move(parts, APRIL)
    worker(parts)
    assert [("planned", 1500)] == rows(parts, RIGHTS)


def test_a_case_that_comes_after_the_decision_calls_the_url_back(parts: Parts) -> None:
    row = accepted(parts)
    case = told_of(parts, number_of(1))
    assert ([("held", 1000)], [("cancelled", 1000)]) == (rows(parts, STATES), rows(parts, RIGHTS))
    assert [("cancelled",)] == rows(parts, URLS)
    # It goes where it is to go by then, not where it was to go at first.
    with autocommit(parts.db) as connection:
        target = DeliveryTarget("mail", "hanako@example.jp")
        moved = seal_claim(parts, replace(open_claim(parts, row.claim), target=target))
        connection.execute("UPDATE submissions SET claim = %s", [moved])
    found(parts, case, 500)
    worker(parts)
    assert ([("accepted", 1500)], [("planned", 1500)]) == (rows(parts, STATES), rows(parts, RIGHTS))
    channels = rows(parts, "SELECT channel, state FROM outgoing WHERE purpose = 'reward_url' ORDER BY id")
    assert [("sms", "cancelled"), ("mail", "planned")] == channels


@pytest.mark.parametrize("state", ["sending", "unknown", "sent", "delivered"])
def test_what_has_gone_out_cannot_be_held(parts: Parts, state: str) -> None:
    accepted(parts)
    sent_out(parts, state)
    case = told_of(parts, number_of(1))
    assert ([("accepted", 1000)], [(state,)]) == (rows(parts, STATES), rows(parts, URLS))
    # What is given back then is a matter for staff: the right that is out keeps its sum.
    found(parts, case, 500)
    worker(parts)
    assert ([("accepted", 1000)], [("planned", 1000)]) == (rows(parts, STATES), rows(parts, RIGHTS))


def test_a_refund_that_is_held_stands_in_no_file_and_is_checked_anew(parts: Parts) -> None:
    row = accepted(parts)
    assert ask(parts, row)
    check(parts, row.receipt_no)
    case = told_of(parts, number_of(1))
    assert [("applied",)] == rows(parts, "SELECT state FROM refunds")
    with pytest.raises(refunds.NotAccepted):
        check(parts, row.receipt_no)
    with pytest.raises(refund_files.NothingToPay):
        refund_files.make_file(parts, sender(), by="佐藤")
    found(parts, case, 500)
    worker(parts)
    assert 1500 == check(parts, row.receipt_no)
    assert 1500 == refund_files.make_file(parts, sender(), by="佐藤").total
    assert [("cancelled",)] == rows(parts, URLS)


def test_a_refund_that_is_checked_while_a_case_is_opened_waits_for_it(parts: Parts) -> None:
    row = accepted(parts)
    assert ask(parts, row)
    with ThreadPoolExecutor(1) as at_once:
        with transaction(parts.db) as connection:
            assert cases.write(connection, planned_case(parts, number_of(1)))
            late = at_once.submit(check, parts, row.receipt_no)
            with pytest.raises(TimeoutError):
                late.result(timeout=1)
        with pytest.raises(refunds.NotAccepted):
            late.result()
    assert [("applied", None)] == rows(parts, "SELECT state, amount FROM refunds")


def test_a_refund_in_a_file_cannot_be_held(parts: Parts) -> None:
    row = accepted(parts)
    assert ask(parts, row)
    check(parts, row.receipt_no)
    refund_files.make_file(parts, sender(), by="佐藤")
    told_of(parts, number_of(1))
    assert ([("accepted", 1000)], [("checked",)]) == (rows(parts, STATES), rows(parts, "SELECT state FROM refunds"))


def test_who_takes_a_refund_back_while_it_is_held_gets_no_url_by_it(parts: Parts) -> None:
    row = accepted(parts)
    assert ask(parts, row)
    case = told_of(parts, number_of(1))
    with transaction(parts.db) as connection:
        refunds.cancel(parts, connection, row.receipt_no, at=APRIL)
    worker(parts)
    assert ([("cancelled", 1000)], [("cancelled",)]) == (rows(parts, RIGHTS), rows(parts, URLS))
    decide(parts, case, CaseState.CHECKING, CaseState.NOT_FOUND)
    worker(parts)
    assert ([("planned", 1000)], [("cancelled",), ("planned",)]) == (rows(parts, RIGHTS), rows(parts, URLS))


def test_staff_let_it_go_by_name_and_only_a_later_case_holds_it_again(parts: Parts) -> None:
    told_of(parts, number_of(1))
    row = applied(parts, 1)
    worker(parts)
    case_decisions.release(parts, row.receipt_no, by=" 佐藤 ")
    noted = "SELECT actor, action, subject, details ->> 'before', details ->> 'after' FROM audit"
    assert [("佐藤", "claim.released", row.receipt_no, "held", "pending")] == rows(parts, noted)
    worker(parts)
    assert ([("accepted", 1000)], [("planned",)]) == (rows(parts, STATES), rows(parts, URLS))
    with pytest.raises(NotHeld):
        case_decisions.release(parts, row.receipt_no, by="佐藤")
    move(parts, APRIL + timedelta(hours=1))
    told_of(parts, number_of(1), "B1")
    assert [("held", 1000)] == rows(parts, STATES)


def test_two_cases_hold_it_until_both_are_decided(parts: Parts) -> None:
    first, second = told_of(parts, number_of(1), "B1"), told_of(parts, number_of(1), "B2")
    applied(parts, 1)
    worker(parts)
    decide(parts, first, CaseState.CHECKING, CaseState.NOT_FOUND)
    worker(parts)
    assert [("held", 1000)] == rows(parts, STATES)
    decide(parts, second, CaseState.CHECKING, CaseState.NOT_FOUND)
    worker(parts)
    assert [("accepted", 1000)] == rows(parts, STATES)


def test_a_case_that_is_mended_to_another_coupon_lets_the_first_go(parts: Parts) -> None:
    case = told_of(parts, number_of(1))
    applied(parts, 1)
    applied(parts, 2)
    worker(parts)
    told_of(parts, number_of(2), before={"case_no": case})
    worker(parts)
    assert [("accepted", 1000), ("held", 1000)] == rows(parts, STATES)


def test_what_is_looked_into_once_more_waits_once_more(parts: Parts) -> None:
    case = told_of(parts, number_of(1))
    applied(parts, 1)
    decide(parts, case, CaseState.CHECKING, CaseState.NOT_FOUND)
    worker(parts)
    assert [("planned",)] == rows(parts, URLS)
    decide(parts, case, CaseState.CHECKING)
    assert ([("held", 1000)], [("cancelled",)]) == (rows(parts, STATES), rows(parts, URLS))


def test_a_held_application_can_be_taken_back(parts: Parts) -> None:
    told_of(parts, number_of(1))
    row = applied(parts, 1)
    worker(parts)
    with transaction(parts.db) as connection:
        assert submissions.withdraw(connection, Withdrawal(row.receipt_no, row.person, APRIL))
    worker(parts)
    assert ["cancelled"] == [state for state, _ in rows(parts, STATES)]


def test_its_person_is_told_with_the_status_that_it_waits(parts: Parts) -> None:
    told_of(parts, number_of(1))
    row = applied(parts, 1)
    worker(parts)
    assert ["held"] == [standing.state for standing in standings(parts, Whose(row.person))]


def test_a_case_and_a_decision_at_the_same_moment_never_miss_each_other(parts: Parts) -> None:
    for serial in range(1, 21):
        applied(parts, serial)
        row, start = planned_case(parts, number_of(serial), person=f"person {serial}".encode()), Barrier(2)

        def tell(case: object = row, start: Barrier = start) -> None:
            start.wait()
            with transaction(parts.db) as connection:
                assert cases.write(connection, case)  # type: ignore[arg-type]  # planned_case() looks at it

        def settle(start: Barrier = start) -> None:
            start.wait()
            worker(parts)

        with ThreadPoolExecutor(2) as at_once:
            for done in [at_once.submit(tell), at_once.submit(settle)]:
                done.result()
    assert {("held", 1000)} == set(rows(parts, STATES))
    with transaction(parts.db) as connection:
        assert [] == outgoing.claim(connection, dated_until=APRIL, most=100, lease=20)
