"""Staff decide whose a coupon is: by two persons, nothing paid twice, nothing lost, and the other one is told."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from bot import case_decisions, disputes
from bot.disputes import NoSuchDispute, NotNow, PaidAlready, SameEyes
from bot.parts import Parts
from bot.store import disputes as kept
from bot.store.db import transaction
from dialogs.rules.claim import show_receipt_no
from dialogs.rules.disputes import NEXT, Answer, DisputeState
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
from tests.bot.held_house import found, told_of, worker
from tests.bot.refunds_house import counter

BEFORE = "UPDATE disputes SET state = %s, answer = 'holder', proposed_by = 'x', decided_by = NULL, closed_at = NULL"


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield opened


def state(parts: Parts) -> str:
    return str(rows(parts, "SELECT state FROM disputes ORDER BY opened_at, id")[0][0])


def test_the_first_keeps_it_and_the_other_is_rejected_and_told(parts: Parts) -> None:
    dispute = quarrel(parts)
    assert [(HANAKO, "accepted", 2000), (TARO, "disputed", None)] == stands(parts)
    settled(parts, dispute, Answer.HOLDER)
    assert ("kept", [(HANAKO, 2000)]) == (state(parts), paid(parts))
    assert [(HANAKO, "accepted", 2000), (TARO, "rejected", None)] == stands(parts)
    (letter,) = letters(parts)
    for said in (show_receipt_no(TARO), "0001", "0120-479-249", "10:00～18:00"):
        assert said in letter


def test_the_later_one_gets_it_the_first_is_called_back_and_goes_on_with_the_rest(parts: Parts) -> None:
    dispute = quarrel(parts, "A00003")
    settled(parts, dispute, Answer.CHALLENGER)
    assert [(HANAKO, "accepted", 1000), (TARO, "accepted", 2000)] == stands(parts)
    assert [(HANAKO, 1000), (TARO, 2000)] == paid(parts)
    (letter,) = letters(parts)
    assert (True, True) == (show_receipt_no(HANAKO) in letter, "残りの手続きは続けます" in letter)


def test_whose_only_coupon_goes_is_rejected_and_no_url_of_theirs_is_left(parts: Parts) -> None:
    import_coupons(parts.db, coupon("A00001"))
    filed(parts, 1, "A00001")
    worker(parts)
    filed(parts, 2, "A00001", applicant="taro")
    worker(parts)
    ((dispute,),) = rows(parts, "SELECT id FROM disputes")
    settled(parts, dispute, Answer.CHALLENGER)
    assert [(HANAKO, "rejected", None), (TARO, "accepted", 1000)] == stands(parts)
    assert [(TARO, 1000)] == paid(parts)
    planned = "SELECT count(*) FROM outgoing WHERE purpose = 'reward_url' AND state = 'planned'"
    assert [(1,)] == rows(parts, planned)


def test_who_has_had_the_url_or_stands_in_a_file_for_the_bank_keeps_the_coupon(parts: Parts) -> None:
    dispute = quarrel(parts)
    run(parts, "UPDATE outgoing SET state = 'sent' WHERE purpose = 'reward_url'")
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    with pytest.raises(PaidAlready):
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)
    assert ("proposed", [(HANAKO, 2000)], []) == (state(parts), paid(parts), letters(parts))
    disputes.refuse(parts, dispute, by=SUPERVISOR)
    settled(parts, dispute, Answer.HOLDER)
    assert [(HANAKO, 2000)] == paid(parts)


def test_a_claim_that_another_counter_brought_and_may_have_paid_keeps_the_coupon(parts: Parts) -> None:
    dispute = quarrel(parts)
    run(parts, "UPDATE submissions SET receipt_no = '9999999999' WHERE receipt_no = %s", HANAKO)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    with pytest.raises(PaidAlready):
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)


def test_a_claim_that_another_counter_may_have_paid_keeps_the_coupon_when_money_came_back_to_it(parts: Parts) -> None:
    dispute = quarrel(parts)
    run(parts, "UPDATE submissions SET receipt_no = '9999999999' WHERE receipt_no = %s", HANAKO)
    found(parts, told_of(parts, "A00001"), 500)
    assert [("given_back",)] == rows(parts, "SELECT reason FROM claims WHERE state = 'pending'")
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    with pytest.raises(PaidAlready):
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)


def test_both_wait_until_more_is_known_and_then_go_on(parts: Parts) -> None:
    dispute = quarrel(parts)
    settled(parts, dispute, Answer.WAIT)
    assert ("waiting", [], []) == (state(parts), paid(parts), letters(parts))
    assert [(HANAKO, "held", 2000), (TARO, "disputed", None)] == stands(parts)
    run(parts, "UPDATE submissions SET state = 'pending', due_at = now() WHERE state = 'held'")
    worker(parts)
    assert (HANAKO, "held") == stands(parts)[0][:2]
    settled(parts, dispute, Answer.HOLDER)
    assert ([(HANAKO, 2000)], "kept") == (paid(parts), state(parts))


def test_staff_may_let_a_waiting_one_go(parts: Parts) -> None:
    settled(parts, quarrel(parts), Answer.WAIT)
    case_decisions.release(parts, HANAKO, by=AGENT)
    worker(parts)
    assert [(HANAKO, 2000)] == paid(parts)


def test_who_waits_goes_on_waiting_when_a_new_proposal_is_refused(parts: Parts) -> None:
    dispute = quarrel(parts)
    settled(parts, dispute, Answer.WAIT)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    disputes.refuse(parts, dispute, by=SUPERVISOR)
    assert ("waiting", (HANAKO, "held")) == (state(parts), stands(parts)[0][:2])


def test_whom_staff_have_let_go_is_not_held_again_by_a_proposal_that_is_refused(parts: Parts) -> None:
    dispute = quarrel(parts)
    settled(parts, dispute, Answer.WAIT)
    case_decisions.release(parts, HANAKO, by=AGENT)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    disputes.refuse(parts, dispute, by=SUPERVISOR)
    worker(parts)
    assert ("waiting", [(HANAKO, 2000)]) == (state(parts), paid(parts))


def test_what_is_not_accepted_yet_waits_as_well(parts: Parts) -> None:
    dispute = quarrel(parts, balance=None)
    settled(parts, dispute, Answer.WAIT)
    import_coupons(parts.db, coupon("A00001"), coupon("A00002"))
    run(parts, "UPDATE submissions SET due_at = now() WHERE state = 'pending'")
    worker(parts)
    assert ((HANAKO, "held"), []) == (stands(parts)[0][:2], paid(parts))


@pytest.mark.parametrize("name", [AGENT, f" {AGENT}　", AGENT.replace(" ", "　")])
def test_who_proposed_it_cannot_decide_it(parts: Parts, name: str) -> None:
    dispute = quarrel(parts)
    disputes.propose(parts, dispute, Answer.HOLDER, by=AGENT)
    with pytest.raises(SameEyes):
        disputes.decide(parts, dispute, Answer.HOLDER, by=name)
    with transaction(parts.db) as connection:
        found = kept.hold(connection, dispute)
        assert found
        with pytest.raises(psycopg.errors.CheckViolation):
            kept.move(connection, found, DisputeState.KEPT, at=parts.clock.now(), decided_by=AGENT)
    assert "proposed" == state(parts)


def test_what_is_decided_is_the_very_proposal_that_was_seen(parts: Parts) -> None:
    dispute = quarrel(parts)
    disputes.propose(parts, dispute, Answer.HOLDER, by=AGENT)
    disputes.refuse(parts, dispute, by=AGENT)
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    with pytest.raises(NotNow, match="proposed"):
        disputes.decide(parts, dispute, Answer.HOLDER, by=SUPERVISOR)
    assert [(HANAKO, 2000)] == paid(parts)


@pytest.mark.parametrize("before", list(DisputeState))
def test_a_dispute_moves_along_its_table_and_no_other_way(parts: Parts, before: DisputeState) -> None:
    dispute = quarrel(parts)
    run(parts, BEFORE, before)
    doings = {
        DisputeState.PROPOSED: lambda: disputes.propose(parts, dispute, Answer.HOLDER, by=AGENT),
        DisputeState.OPEN: lambda: disputes.refuse(parts, dispute, by=AGENT),
        DisputeState.KEPT: lambda: disputes.decide(parts, dispute, Answer.HOLDER, by=AGENT),
    }
    for to, do in doings.items():
        if to in NEXT[before]:
            do()
            assert to == state(parts)
            run(parts, BEFORE, before)
        else:
            with pytest.raises(NotNow):
                do()
            assert before == state(parts)


def test_each_step_stands_in_the_audit(parts: Parts) -> None:
    dispute = quarrel(parts)
    disputes.propose(parts, dispute, Answer.WAIT, by=AGENT)
    disputes.refuse(parts, dispute, by=SUPERVISOR)
    settled(parts, dispute, Answer.HOLDER)
    noted = rows(
        parts, "SELECT actor, action, details ->> 'answer' FROM audit WHERE subject LIKE 'dispute:%' ORDER BY id"
    )
    assert [
        (AGENT, "dispute.proposed", "wait"),
        (SUPERVISOR, "dispute.refused", "wait"),
        (AGENT, "dispute.proposed", "holder"),
        (SUPERVISOR, "dispute.kept", "holder"),
    ] == noted


def test_a_dispute_that_is_not_there_is_told(parts: Parts) -> None:
    missing: UUID = uuid4()
    with pytest.raises(NoSuchDispute):
        disputes.propose(parts, missing, Answer.HOLDER, by=AGENT)
