"""What happens beside a decision about a coupon: withdrawals, third persons, workers that come late, other backends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import cast

import pytest

from bot import disputes, submission
from bot.disputes import DisputeError, NoSuchDispute, NotNow, Withdrawing
from bot.filing import idempotency_key, open_claim
from bot.parts import Parts
from bot.store import disputed_applications, submissions
from bot.store.db import transaction
from bot.store.submissions import Withdrawal
from dialogs.rules.claim import ClaimsBackend, ClaimState, Decision, make_receipt_no
from dialogs.rules.disputes import Answer
from integrations.claims.wire import ClaimRefused
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.disputes_house import (
    AGENT,
    HANAKO,
    SUPERVISOR,
    TARO,
    filed,
    letters,
    paid,
    quarrel,
    rows,
    run,
    settled,
    stands,
)
from tests.bot.held_house import worker
from tests.bot.refunds_house import counter

JIRO = make_receipt_no(3)


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield opened


def withdraw(parts: Parts, receipt_no: str, person: bytes) -> None:
    with transaction(parts.db) as connection:
        assert submissions.withdraw(connection, Withdrawal(receipt_no, person, parts.clock.now()))


def state(parts: Parts) -> str:
    return str(rows(parts, "SELECT state FROM disputes ORDER BY opened_at, id")[0][0])


def test_a_coupon_that_its_holder_lets_go_is_of_whoever_came_next(parts: Parts) -> None:
    quarrel(parts)
    filed(parts, 3, "A00001", applicant="jiro")
    worker(parts)
    withdraw(parts, HANAKO, b"hanako")
    worker(parts)
    worker(parts)
    assert [(HANAKO, "cancelled", None), (TARO, "accepted", 1000), (JIRO, "disputed", None)] == stands(parts)
    assert [(TARO, 1000)] == paid(parts)
    held_by = "SELECT d.state, c.receipt_no FROM disputes d JOIN claims c ON c.id = d.held_by ORDER BY d.opened_at"
    assert [("gone", HANAKO), ("open", TARO)] == rows(parts, held_by)


def test_whoever_waits_goes_on_when_the_other_is_withdrawn(parts: Parts) -> None:
    dispute = quarrel(parts)
    settled(parts, dispute, Answer.WAIT)
    withdraw(parts, TARO, b"taro")
    worker(parts)
    worker(parts)
    assert ("gone", [(HANAKO, 2000)]) == (state(parts), paid(parts))


def test_nothing_is_decided_while_one_of_the_two_is_being_withdrawn(parts: Parts) -> None:
    dispute = quarrel(parts)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    withdraw(parts, TARO, b"taro")
    with pytest.raises(Withdrawing):
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)
    worker(parts)
    assert ("gone", [(HANAKO, 2000)]) == (state(parts), paid(parts))
    with pytest.raises(NotNow, match="gone"):
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)


def test_of_three_the_one_that_is_left_is_disputed_with_who_has_it_now(parts: Parts) -> None:
    dispute = quarrel(parts)
    filed(parts, 3, "A00001", applicant="jiro")
    worker(parts)
    settled(parts, dispute, Answer.CHALLENGER)
    ((second,),) = rows(parts, "SELECT id FROM disputes WHERE state = 'open'")
    settled(parts, second, Answer.CHALLENGER)
    assert [(HANAKO, "accepted", 1000), (TARO, "rejected", None), (JIRO, "accepted", 1000)] == stands(parts)
    assert [(HANAKO, 1000), (JIRO, 1000)] == paid(parts)


def test_two_who_decide_at_once_decide_once(parts: Parts) -> None:
    dispute = quarrel(parts)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    together = Barrier(2)

    def decide(name: str) -> str:
        together.wait()
        try:
            return disputes.decide(parts, dispute, Answer.CHALLENGER, by=name)
        except DisputeError as error:
            return type(error).__name__

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(decide, (SUPERVISOR, "責任 次郎")))
    worker(parts)
    assert ["NotNow", "passed"] == outcomes
    assert ([(HANAKO, 1000), (TARO, 1000)], 1) == (paid(parts), len(letters(parts)))


def test_who_comes_while_it_is_decided_is_disputed_with_who_has_it_then(parts: Parts) -> None:
    dispute = quarrel(parts)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    filed(parts, 3, "A00001", applicant="jiro")
    together = Barrier(2)

    def decide() -> None:
        together.wait()
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)

    def hand_in() -> None:
        together.wait()
        worker(parts)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(decide), threads.submit(hand_in)]:
            done.result()
    worker(parts)
    held_by = "SELECT c.receipt_no FROM disputes d JOIN claims c ON c.id = d.held_by WHERE d.state = 'open'"
    assert ([(TARO,)], [(HANAKO, 1000), (TARO, 1000)]) == (rows(parts, held_by), paid(parts))


def test_an_answer_that_the_backend_gave_before_the_decision_is_not_written_after_it(parts: Parts) -> None:
    dispute = quarrel(parts, balance=None)
    import_coupons(parts.db, coupon("A00001"), coupon("A00002"))
    with transaction(parts.db) as connection:
        run(parts, "UPDATE submissions SET due_at = '-infinity' WHERE receipt_no = %s", HANAKO)
        (late,) = submissions.claim(connection, most=1)
    before = parts.claims.status(HANAKO)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)
    with transaction(parts.db) as connection:
        outcome = submissions.Outcome("accepted", 2000, "", None, parts.clock.now())
        assert not submissions.settle(connection, late.id, outcome, tries=late.tries)
    worker(parts)
    assert (2000, [(HANAKO, 1000), (TARO, 1000)]) == (getattr(before, "amount", None), paid(parts))


def test_what_another_backend_disputes_is_asked_again_and_told_when_it_has_decided(parts: Parts) -> None:
    quarrel(parts)
    run(parts, "DELETE FROM disputes")
    assert [TARO] == [each.receipt_no for each in disputed_applications.elsewhere(parts.db, most=10)]
    run(parts, "UPDATE claims SET state = 'pending' WHERE receipt_no = %s", TARO)
    disputes.ask_again(parts, TARO, by=AGENT)
    worker(parts)
    assert (TARO, "accepted", 1000) == stands(parts)[1]
    with pytest.raises(NoSuchDispute):
        disputes.ask_again(parts, TARO, by=AGENT)


def test_a_worker_that_came_late_does_not_put_off_what_staff_have_decided_meanwhile(parts: Parts) -> None:
    import_coupons(parts.db, *(coupon(number, 1000) for number in ("A00001", "A00002")))
    filed(parts, 1, "A00001", "A00002")
    with transaction(parts.db) as connection:
        (late,) = submissions.claim(connection, most=1)
    parts.claims.submit(open_claim(parts, late.as_filed), idempotency_key=idempotency_key(late.id))
    filed(parts, 2, "A00001", applicant="taro")
    worker(parts)
    ((dispute,),) = rows(parts, "SELECT id FROM disputes")
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)
    submission.put_off(parts, late, reason="connection_lost")
    run(parts, "UPDATE submissions SET due_at = '-infinity'")
    worker(parts)
    assert [(HANAKO, 1000), (TARO, 1000)] == paid(parts)


class Clinging:
    """A backend of others that lets a claim go at the second asking alone, and answers a key as it did first."""

    def __init__(self, *, refuses: bool) -> None:
        self.refuses, self.answers = refuses, dict[str, Decision | ClaimRefused]()

    def cancel(self, receipt_no: str, reason: str, *, idempotency_key: str) -> Decision:
        assert (HANAKO, "withdrawn by the applicant") == (receipt_no, reason)
        first = ClaimRefused("not_now") if self.refuses else Decision(ClaimState.ACCEPTED, amount=2000)
        then = Decision(ClaimState.CANCELLED) if self.answers else first
        answer = self.answers.setdefault(idempotency_key, then)
        if isinstance(answer, ClaimRefused):
            raise answer
        return answer


@pytest.mark.parametrize("refuses", [True, False])
def test_who_has_withdrawn_is_not_paid_when_their_backend_is_asked_again(parts: Parts, *, refuses: bool) -> None:
    import_coupons(parts.db, coupon("A00001"))
    filed(parts, 1, "A00001")
    worker(parts)
    withdraw(parts, HANAKO, b"hanako")
    outside = replace(parts, claims=cast(ClaimsBackend, Clinging(refuses=refuses)))
    worker(outside)
    assert [(HANAKO, "disputed", None)] == stands(parts)
    assert ["not_cancelled"] == [each.reason for each in disputed_applications.elsewhere(parts.db, most=10)]
    disputes.ask_again(outside, HANAKO, by=AGENT)
    worker(outside)
    assert ([(HANAKO, "cancelled", None)], []) == (stands(parts), paid(parts))
