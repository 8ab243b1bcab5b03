"""What staff do with a coupon that two people have applied with: one proposes whose it is, another decides.

open <──> proposed ──> kept | passed | waiting        (dialogs.rules.disputes.NEXT is the whole table)

Nothing is paid twice: who has had the money keeps the coupon, and what is on its way is called back first. What the
claims backend of others decides is theirs; here it is only asked again.

DisputeError
├── NoSuchDispute     none by that id, or no application that waits by that number
├── NotNow            its state does not allow that; says which state it is in
├── SameEyes          who proposed it cannot decide it
├── PaidAlready       the claim that holds the coupon has had its URL, or its money
└── Withdrawing       one of the two is being withdrawn: what is left is told by itself
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog

from bot import succession
from bot.applicant_news import news_for
from bot.parts import Parts
from bot.refunds import cancel as give_up
from bot.staff_names import staff_name
from bot.store import audit, disputed_applications, disputes, holds, outgoing, refunds, who_applied
from bot.store.db import Connection, transaction
from bot.store.disputes import Dispute, Side
from bot.store.who_applied import Applicant
from dialogs.letters import Lost, coupon_lost
from dialogs.message import Outbound
from dialogs.rules.calendar import sending_time
from dialogs.rules.claim import ClaimState, last_four
from dialogs.rules.disputes import BECOMES, OVER, Answer, DisputeState

log = structlog.get_logger(__name__)


class DisputeError(Exception):
    """Something about a dispute cannot be done; says why in a sentence, without personal data."""


class NoSuchDispute(DisputeError):
    """Nothing here is by that name."""


class NotNow(DisputeError):
    """The state of the dispute does not allow it."""


class SameEyes(DisputeError):
    """Proposed and decided by one name."""


class PaidAlready(DisputeError):
    """What has gone out cannot be called back."""


class Withdrawing(DisputeError):
    """One of the two is on its way out."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A step by a member of staff, as it is written: what it is about is held until the transaction ends."""

    connection: Connection
    dispute: Dispute
    holder: Side
    later: Side
    by: str
    at: datetime


def propose(parts: Parts, dispute: UUID, answer: Answer, *, by: str) -> None:
    """The first step: whose it is. Raises NoSuchDispute, NotNow, Withdrawing, NoName."""
    to = DisputeState.PROPOSED
    with transaction(parts.db) as connection:
        step = _held(parts, connection, dispute, by=by)
        if not disputes.move(connection, step.dispute, to, at=step.at, answer=answer, proposed_by=step.by):
            raise _not_now(step.dispute)
        _note(step, "proposed", answer=answer)
    log.info("dispute.moved", dispute=str(dispute), state=to)


def refuse(parts: Parts, dispute: UUID, *, by: str) -> None:
    """Back to what it was; who proposed it may think again as well. Raises NoSuchDispute, NotNow, NoName."""
    with transaction(parts.db) as connection:
        step = _held(parts, connection, dispute, by=by)
        to = DisputeState.WAITING if step.dispute.held_since else DisputeState.OPEN
        if not disputes.move(connection, step.dispute, to, at=step.at):
            raise _not_now(step.dispute)
        _note(step, "refused", answer=step.dispute.answer)
    log.info("dispute.moved", dispute=str(dispute), state=to)


def decide(parts: Parts, dispute: UUID, answer: Answer, *, by: str) -> DisputeState:
    """The second step, by another person, who has seen that very proposal; what it has become.

    Raises NoSuchDispute, NotNow, SameEyes, PaidAlready, Withdrawing, NoName.
    """
    to = BECOMES[answer]
    with transaction(parts.db) as connection:
        step = _held(parts, connection, dispute, by=by)
        found = step.dispute
        if found.state != DisputeState.PROPOSED or found.answer != answer:
            raise _not_now(found)
        if (found.proposed_by or "").casefold() == step.by.casefold():
            raise SameEyes(f"{found.proposed_by} proposed it; another person has to decide.")
        disputes.move(connection, found, to, at=step.at, decided_by=step.by)
        DOES[answer](parts, step)
        _note(step, to, answer=answer)
    for queue in ("submissions", "outgoing"):
        parts.bell.ring(queue)
    log.info("dispute.moved", dispute=str(dispute), state=to)
    return to


def ask_again(parts: Parts, receipt_no: str, *, by: str) -> None:
    """Ask the claims backend of others once more: what it has decided, or to let go what was withdrawn.

    Raises NoSuchDispute, NoName.
    """
    name = staff_name(by)
    with transaction(parts.db) as connection:
        if not disputed_applications.go_on(connection, [receipt_no], was=("disputed",)):
            raise NoSuchDispute("No application by that number waits for its backend.")
        audit.add(connection, actor=name, action="dispute.asked", subject=receipt_no, at=parts.clock.now())
    parts.bell.ring("submissions")


def _held(parts: Parts, connection: Connection, dispute: UUID, *, by: str) -> _Step:
    """It and both its claims as they stand, all their coupons locked and neither application withdrawn meanwhile."""
    name, now = staff_name(by), parts.clock.now()
    seen = disputes.read(connection, dispute)
    if seen is None:
        raise NoSuchDispute("There is no such dispute.")
    coupons = disputes.coupons_of(connection, [seen.claim, seen.held_by])
    succession.lock(connection, parts.vault, coupons)
    found = disputes.hold(connection, dispute)
    if found is None or found.held_by != seen.held_by:
        raise _not_now(found or seen)
    disputed_applications.lock(connection, [side.receipt_no for side in disputes.sides(connection, found)])
    holder, later = disputes.sides(connection, found)
    if found.state not in OVER and "withdrawing" in (holder.submission_state, later.submission_state):
        raise Withdrawing("One of the two is being withdrawn. Look again in a minute.")
    return _Step(connection, found, holder, later, name, now)


def _keep(parts: Parts, step: _Step) -> None:
    _loses(parts, step, step.later)
    disputed_applications.go_on(step.connection, [step.holder.receipt_no], was=("held",))


def _pass_on(parts: Parts, step: _Step) -> None:
    dispute, later = step.dispute, step.later
    if not _can_be_taken_back(step):
        raise PaidAlready("The application that holds the coupon has had its URL or its money.")
    _loses(parts, step, step.holder)
    disputes.win(step.connection, later.claim, dispute.prefecture, dispute.number)
    succession.goes_on(step.connection, later.claim, at=step.at)


def _wait(parts: Parts, step: _Step) -> None:
    """What is accepted is called back where it can be; the rest is held when it is looked at next."""
    accepted = step.holder.submission if step.holder.submission_state == "accepted" else None
    if accepted and holds.take_back(step.connection, accepted, at=step.at):
        disputed_applications.say_why(step.connection, accepted)


DOES = {Answer.HOLDER: _keep, Answer.CHALLENGER: _pass_on, Answer.WAIT: _wait}


def _can_be_taken_back(step: _Step) -> bool:
    """Of a claim that another counter brought nobody here knows what that has paid."""
    holder = step.holder
    if holder.submission is None:
        return not holder.was_accepted
    if holder.submission_state != "accepted":
        return True
    return holds.take_back(step.connection, holder.submission, at=step.at)


def _loses(parts: Parts, step: _Step, loser: Side) -> None:
    """The claim goes on without that coupon, or ends, and a wish for a transfer with it; its person is told."""
    connection = step.connection
    disputes.lose(connection, loser.claim, step.dispute)
    rest = succession.goes_on(connection, loser.claim, at=step.at) is not ClaimState.REJECTED
    by_transfer = refunds.live(connection, loser.receipt_no) is not None
    if by_transfer and not rest:
        give_up(parts, connection, loser.receipt_no, at=step.at)
        audit.add(connection, actor=step.by, action="refund.cancelled", subject=loser.receipt_no, at=step.at)
    if loser.submission:  # what came by another counter is told there
        lost = Lost(loser.receipt_no, last_four(step.dispute.number), rest, by_transfer)
        _tell(parts, step, who_applied.of_application(connection, loser.submission), lost)


def _tell(parts: Parts, step: _Step, applicant: Applicant, lost: Lost) -> None:
    campaign = parts.campaigns.seen_by(applicant)

    def letter(language: str, channel: str) -> Outbound:
        return coupon_lost(lost, campaign, language, channel=channel)

    message = news_for(parts, step.connection, applicant, letter, purpose="dispute_decided")
    if message:
        once, due = f"dispute_decided:{step.dispute.id}", sending_time(campaign, step.at)
        outgoing.insert(step.connection, replace(message, once_key=once, not_before=due))


def _note(step: _Step, what: str, *, answer: str | None) -> None:
    details: dict[str, str | int] = {"before": step.dispute.state, "answer": answer or ""}
    subject, action = f"dispute:{step.dispute.id}", f"dispute.{what}"
    audit.add(step.connection, actor=step.by, action=action, subject=subject, at=step.at, details=details)


def _not_now(dispute: Dispute) -> NotNow:
    return NotNow(f"That cannot be done: the dispute is {dispute.state} by now.")
