"""A transfer whose coupon two people want: it waits, goes into no file, and is paid to one of them alone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from bot import case_decisions, disputes
from bot.disputes import PaidAlready
from bot.parts import Parts
from bot.refund_files import NothingToPay, drop_file, make_file, release_file
from bot.refunds import Disputed
from dialogs.rules.claim import DeliveryTarget
from dialogs.rules.disputes import Answer
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.disputes_house import AGENT, HANAKO, SUPERVISOR, TARO, filed, letters, paid, rows, settled
from tests.bot.held_house import worker
from tests.bot.refunds_house import ask, check, checked, counter, sender


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield opened


def transfer_in_dispute(parts: Parts) -> UUID:
    """Hanako has asked for her money, then Taro comes with her only coupon. Gives the dispute."""
    import_coupons(parts.db, coupon("A00001"))
    ask(parts, filed(parts, 1, "A00001", target=DeliveryTarget("mail", "hanako@example.jp")))
    worker(parts)
    filed(parts, 2, "A00001", applicant="taro")
    worker(parts)
    ((dispute,),) = rows(parts, "SELECT id FROM disputes")
    found: UUID = dispute
    return found


@pytest.mark.parametrize(
    ("answer", "loser", "winner"), [(Answer.HOLDER, TARO, HANAKO), (Answer.CHALLENGER, HANAKO, TARO)]
)
def test_who_asked_for_a_transfer_is_told_so_and_no_refund_is_left_to_be_checked(
    parts: Parts, answer: Answer, loser: str, winner: str
) -> None:
    import_coupons(parts.db, coupon("A00001"))
    for serial, applicant in ((1, "hanako"), (2, "taro")):
        target = DeliveryTarget("mail", f"{applicant}@example.jp")
        ask(parts, filed(parts, serial, "A00001", applicant=applicant, target=target))
        worker(parts)
    check(parts, HANAKO, by=AGENT)
    ((dispute,),) = rows(parts, "SELECT id FROM disputes")
    settled(parts, dispute, answer)
    (letter,) = letters(parts)
    assert (True, False) == ("返金のお振込はできません" in letter, "ポイント" in letter)
    live = "SELECT receipt_no FROM refunds WHERE state <> 'cancelled'"
    assert ([(winner,)], []) == (rows(parts, live), paid(parts))
    cancelled = "SELECT actor, subject FROM audit WHERE action = 'refund.cancelled'"
    assert [(SUPERVISOR, loser)] == rows(parts, cancelled)


def test_who_goes_on_with_another_coupon_keeps_the_transfer_for_that(parts: Parts) -> None:
    import_coupons(parts.db, coupon("A00001"), coupon("A00002"))
    target = DeliveryTarget("mail", "hanako@example.jp")
    ask(parts, filed(parts, 1, "A00001", "A00002", target=target))
    worker(parts)
    filed(parts, 2, "A00001", applicant="taro")
    worker(parts)
    ((dispute,),) = rows(parts, "SELECT id FROM disputes")
    settled(parts, dispute, Answer.CHALLENGER)
    (letter,) = letters(parts)
    assert (True, False) == ("の分は返金できません" in letter, "ポイント" in letter)
    assert [("applied",)] == rows(parts, "SELECT state FROM refunds")
    assert 1000 == check(parts, HANAKO, by=AGENT)


def test_a_transfer_waits_while_it_is_being_decided_and_not_because_somebody_else_came(parts: Parts) -> None:
    dispute = transfer_in_dispute(parts)
    disputes.propose(parts, dispute, Answer.WAIT, by=AGENT)
    with pytest.raises(Disputed):
        check(parts, HANAKO)
    disputes.refuse(parts, dispute, by=AGENT)
    assert 1000 == check(parts, HANAKO)


def test_what_was_checked_before_goes_into_no_file_while_it_is_being_decided(parts: Parts) -> None:
    dispute = transfer_in_dispute(parts)
    check(parts, HANAKO)
    disputes.propose(parts, dispute, Answer.HOLDER, by=AGENT)
    with pytest.raises(NothingToPay):
        make_file(parts, sender(), by=AGENT)
    disputes.decide(parts, dispute, Answer.HOLDER, by=SUPERVISOR)
    assert 1 == make_file(parts, sender(), by=AGENT).lines


def test_a_file_is_not_released_while_it_is_being_decided_and_dropped_pays_the_others(parts: Parts) -> None:
    dispute = transfer_in_dispute(parts)
    check(parts, HANAKO)
    other = checked(parts, 7)
    first = make_file(parts, sender(), by=AGENT).number
    disputes.propose(parts, dispute, Answer.HOLDER, by=AGENT)
    with pytest.raises(Disputed, match="drop the file"):
        release_file(parts, first, by=SUPERVISOR)
    drop_file(parts, first, by=AGENT)
    second = make_file(parts, sender(), by=AGENT).number
    release_file(parts, second, by=SUPERVISOR)
    assert [(HANAKO, "checked"), (other, "released")] == rows(parts, "SELECT receipt_no, state FROM refunds ORDER BY 2")
    disputes.refuse(parts, dispute, by=SUPERVISOR)
    assert 1 == make_file(parts, sender(), by=AGENT).lines


def test_what_only_stands_in_a_file_is_decided_once_the_file_is_dropped(parts: Parts) -> None:
    dispute = transfer_in_dispute(parts)
    check(parts, HANAKO)
    file = make_file(parts, sender(), by=AGENT).number
    disputes.propose(parts, dispute, Answer.CHALLENGER, by=AGENT)
    with pytest.raises(PaidAlready):
        disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)
    drop_file(parts, file, by=AGENT)
    disputes.decide(parts, dispute, Answer.CHALLENGER, by=SUPERVISOR)
    worker(parts)
    assert ([("cancelled",)], [(TARO, 1000)]) == (rows(parts, "SELECT state FROM refunds"), paid(parts))


def test_a_transfer_of_whom_staff_have_let_go_is_paid_although_both_were_to_wait(parts: Parts) -> None:
    dispute = transfer_in_dispute(parts)
    settled(parts, dispute, Answer.WAIT)
    with pytest.raises(Disputed):
        check(parts, HANAKO)
    case_decisions.release(parts, HANAKO, by=AGENT)
    worker(parts)
    assert 1000 == check(parts, HANAKO)
