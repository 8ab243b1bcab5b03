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

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog

from bot import succession
from bot.applicant_news import news_for
from bot.parts import Parts
from bot.refunds import staff_name
from bot.store import audit, disputes, holds, outgoing
from bot.store.db import Connection, transaction
from bot.store.disputes import Dispute, Side
from dialogs.letters import coupon_lost
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


def propose(parts: Parts, dispute: UUID, answer: Answer, *, by: str) -> None:
    """The first step: whose it is. Raises NoSuchDispute, NotNow, Withdrawing, NoName."""
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        found, _ = _held(parts, connection, dispute)
        to = DisputeState.PROPOSED
        if not disputes.move(connection, found, to, at=now, answer=answer, proposed_by=name):
            raise _not_now(found)
        _note(connection, found, "proposed", by=name, at=now, answer=answer)
    log.info("dispute.moved", dispute=str(dispute), state=to)


def refuse(parts: Parts, dispute: UUID, *, by: str) -> None:
    """Back to what it was; who proposed it may think again as well. Raises NoSuchDispute, NotNow, NoName."""
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        found, _ = _held(parts, connection, dispute)
        to = DisputeState.WAITING if found.held_since else DisputeState.OPEN
        if not disputes.move(connection, found, to, at=now):
            raise _not_now(found)
        _note(connection, found, "refused", by=name, at=now, answer=found.answer)
    log.info("dispute.moved", dispute=str(dispute), state=to)


def decide(parts: Parts, dispute: UUID, answer: Answer, *, by: str) -> DisputeState:
    """The second step, by another person, who has seen that very proposal; what it has become.

    Raises NoSuchDispute, NotNow, SameEyes, PaidAlready, Withdrawing, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    to = BECOMES[answer]
    with transaction(parts.db) as connection:
        found, sides = _held(parts, connection, dispute)
        if found.state != DisputeState.PROPOSED or found.answer != answer:
            raise _not_now(found)
        if (found.proposed_by or "").casefold() == name.casefold():
            raise SameEyes(f"{found.proposed_by} proposed it; another person has to decide.")
        disputes.move(connection, found, to, at=now, decided_by=name)
        DOES[answer](parts, connection, found, sides, now)
        _note(connection, found, to, by=name, at=now, answer=answer)
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
        if not disputes.go_on(connection, [receipt_no], was=("disputed",)):
            raise NoSuchDispute("No application by that number waits for its backend.")
        audit.add(connection, actor=name, action="dispute.asked", subject=receipt_no, at=parts.clock.now())
    parts.bell.ring("submissions")


def _held(parts: Parts, connection: Connection, dispute: UUID) -> tuple[Dispute, list[Side]]:
    """It and both its claims as they stand, all their coupons locked and neither application withdrawn meanwhile."""
    seen = disputes.read(connection, dispute)
    if seen is None:
        raise NoSuchDispute("There is no such dispute.")
    coupons = disputes.coupons_of(connection, [seen.claim, seen.held_by])
    succession.lock(connection, parts.vault, coupons)
    found = disputes.hold(connection, dispute)
    if found is None or found.held_by != seen.held_by:
        raise _not_now(found or seen)
    sides = disputes.sides(connection, found)
    disputes.lock_submissions(connection, sides)
    sides = disputes.sides(connection, found)
    if found.state not in OVER and any(side.submission_state == "withdrawing" for side in sides):
        raise Withdrawing("One of the two is being withdrawn. Look again in a minute.")
    return found, sides


def _keep(parts: Parts, connection: Connection, dispute: Dispute, sides: list[Side], now: datetime) -> None:
    holder, later = sides
    disputes.lose(connection, later.claim, dispute)
    _tell(parts, connection, dispute, later, becomes=succession.goes_on(connection, later.claim, at=now), now=now)
    disputes.go_on(connection, [holder.receipt_no], was=("held",))


def _pass_on(parts: Parts, connection: Connection, dispute: Dispute, sides: list[Side], now: datetime) -> None:
    holder, later = sides
    if not _can_be_taken_back(connection, holder, now):
        raise PaidAlready("The application that holds the coupon has had its URL or its money.")
    disputes.lose(connection, holder.claim, dispute)
    disputes.win(connection, later.claim, dispute.prefecture, dispute.number)
    _tell(parts, connection, dispute, holder, becomes=succession.goes_on(connection, holder.claim, at=now), now=now)
    succession.goes_on(connection, later.claim, at=now)


def _wait(parts: Parts, connection: Connection, dispute: Dispute, sides: list[Side], now: datetime) -> None:
    """What is accepted is called back where it can be; the rest is held when it is looked at next."""
    holder = sides[0]
    accepted = holder.submission if holder.submission_state == "accepted" else None
    if accepted and holds.take_back(connection, accepted, at=now):
        disputes.say_why(connection, accepted)


DOES = {Answer.HOLDER: _keep, Answer.CHALLENGER: _pass_on, Answer.WAIT: _wait}


def _can_be_taken_back(connection: Connection, holder: Side, now: datetime) -> bool:
    """Of a claim that another counter brought nobody here knows what that has paid."""
    if holder.submission is None:
        return not holder.was_accepted
    if holder.submission_state != "accepted":
        return True
    return holds.take_back(connection, holder.submission, at=now)


def _tell(
    parts: Parts, connection: Connection, dispute: Dispute, loser: Side, *, becomes: ClaimState, now: datetime
) -> None:
    if loser.submission is None:  # it came by another counter, which tells its own people
        return
    applicant = disputes.applicant_of(connection, loser.submission)
    campaign, rest = parts.campaigns.seen_by(applicant), becomes is not ClaimState.REJECTED

    def letter(language: str, channel: str) -> Outbound:
        return coupon_lost(
            applicant.receipt_no, last_four(dispute.number), campaign, language, rest=rest, channel=channel
        )

    message = news_for(parts, connection, applicant, letter, purpose="dispute_decided")
    if message:
        once = f"dispute_decided:{dispute.id}"
        outgoing.insert(connection, replace(message, once_key=once, not_before=sending_time(campaign, now)))


def _note(connection: Connection, dispute: Dispute, what: str, *, by: str, at: datetime, answer: str | None) -> None:
    details: dict[str, str | int] = {"before": dispute.state, "answer": answer or ""}
    audit.add(connection, actor=by, action=f"dispute.{what}", subject=f"dispute:{dispute.id}", at=at, details=details)


def _not_now(dispute: Dispute) -> NotNow:
    return NotNow(f"That cannot be done: the dispute is {dispute.state} by now.")
