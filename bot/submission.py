"""Handing applications in: the backend is asked until it has answered, however often it is down, and never twice.

filed ──> accepted | rejected | disputed | duplicate
  │  │    held (a case of (B) about one of its coupons is open) ──> pending, once it is decided
  │  └──> pending ──> (asked after until decided)
  │  withdrawing ──> cancelled (whatever it was before, once the backend has let it go)
  └─ no answer: the same idempotency key again, later
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot import rewards
from bot.filing import idempotency_key, open_claim, standing_of
from bot.letterbox import message_to, to_chat
from bot.parts import Parts
from bot.store import conversations, disputed_applications, holds, outgoing, submissions
from bot.store.conversations import Conversation
from bot.store.db import Connection, transaction
from bot.store.submissions import DueSubmission, Filed, Outcome
from dialogs.letters import addressed, decided
from dialogs.reaction import PRIVATE_DOORS
from dialogs.rules.calendar import sending_time
from dialogs.rules.claim import BackendUnavailable, Claim, ClaimsError, ClaimState, Decision, NoMatch

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0  # seconds between tries, doubled each time
UNDECIDED = (ClaimState.PENDING,)
# A dispute reveals nothing; an acceptance brings its URL.
TOLD = (ClaimState.REJECTED, ClaimState.DUPLICATE, ClaimState.CANCELLED)

log = structlog.get_logger(__name__)


def hand_in(parts: Parts, due: DueSubmission) -> None:
    """One try of one claimed application. Raises psycopg.Error; the lease then brings it back."""
    claim = open_claim(parts, due.claim)
    if due.state == "pending" and _waits_for_a_case(parts, due):
        return
    try:
        decision = _decision(parts, due)
    except BackendUnavailable as away:
        log.warning("submission.no_answer", submission=str(due.id), reason=away.reason, tries=due.tries)
        put_off(parts, due, reason=away.reason)
        return
    except ClaimsError as refused:
        log.error("submission.refused", submission=str(due.id), error=type(refused).__name__)
        why = "not_cancelled" if due.state == "withdrawing" else "refused_by_backend"
        decision = Decision(ClaimState.DISPUTED, reason=why)
    if decision.state in UNDECIDED:
        submissions.later(parts.db, due, seconds=_pause(due), state="pending", reason=decision.reason)
        return
    _settle(parts, due, claim, decision)


def put_off(parts: Parts, due: DueSubmission, *, reason: str) -> None:
    """Try it again later, after a pause that grows with each try."""
    submissions.later(parts.db, due, seconds=_pause(due), state=due.state, reason=reason)


def _waits_for_a_case(parts: Parts, due: DueSubmission) -> bool:
    """Held instead of asked after: what is decided before its case is may be wrong (rules.md §1.4(2))."""
    with transaction(parts.db) as connection:
        why = _held_for(connection, due)
        return bool(why) and submissions.settle(connection, due.id, _held(parts, why, None), tries=due.tries)


def _held_for(connection: Connection, due: DueSubmission) -> str:
    """A case about one of its coupons, or a dispute for which staff let it wait; "" for neither."""
    holds.lock_of(connection, due.id)
    if holds.held_by(connection, due.id):
        return "open_case"
    return "dispute" if disputed_applications.holds_up(connection, due.id) else ""


def _held(parts: Parts, why: str, amount: int | None) -> Outcome:
    return Outcome("held", amount, why, None, parts.clock.now())


def _decision(parts: Parts, due: DueSubmission) -> Decision:
    """Asked after once it was taken; one that the backend does not know after all is handed in again."""
    if due.state == "withdrawing":
        return _let_go(parts, due)
    if due.state == "pending":
        decision = parts.claims.status(due.receipt_no)
        if not isinstance(decision, NoMatch):
            return decision
    return parts.claims.submit(open_claim(parts, due.as_filed), idempotency_key=idempotency_key(due.id))


def _let_go(parts: Parts, due: DueSubmission) -> Decision:
    """One that the backend does not let go is for staff: its URL was called back already."""
    # A key of its own for each try: under the first one, what it did not let go would be its answer for ever. Letting
    # go twice is harmless.
    key = f"{idempotency_key(due.id)}:withdraw:{due.tries}"
    decision = parts.claims.cancel(due.receipt_no, "withdrawn by the applicant", idempotency_key=key)
    return decision if decision.state in TOLD else Decision(ClaimState.DISPUTED, reason="not_cancelled")


def _settle(parts: Parts, due: DueSubmission, claim: Claim, decision: Decision) -> None:
    """The decision, the right to points and the message about it: one transaction."""
    outcome = Outcome(
        str(decision.state), decision.amount, decision.reason, decision.existing_receipt_no, parts.clock.now()
    )
    conversation = conversations.by_id(parts.db, due.conversation) if due.conversation else None
    language = conversation.language if conversation else "ja"
    with transaction(parts.db) as connection:
        if decision.state is ClaimState.ACCEPTED and (why := _held_for(connection, due)):
            submissions.settle(connection, due.id, _held(parts, why, decision.amount), tries=due.tries)
            return
        withdrawn = due.state == "withdrawing"
        if not submissions.settle(connection, due.id, outcome, withdrawn=withdrawn, tries=due.tries):
            return
        if decision.state is ClaimState.ACCEPTED and decision.amount:
            rewards.entitle(parts, connection, due, claim, amount=decision.amount, language=language)
        elif decision.state in TOLD and conversation and conversation.channel not in PRIVATE_DOORS:
            _tell(parts, connection, due, conversation, decision)
    parts.bell.ring("outgoing")
    log.info("submission.settled", submission=str(due.id), state=str(decision.state))


def _tell(
    parts: Parts, connection: Connection, due: DueSubmission, conversation: Conversation, decision: Decision
) -> None:
    filed = Filed(
        due.receipt_no,
        str(decision.state),
        decision.amount,
        parts.clock.now(),
        decision.existing_receipt_no,
        due.campaign,
        due.campaign_version,
        None,
        None,
    )
    campaign = parts.campaigns.seen_by(due)
    letter = decided(standing_of(parts, filed), conversation.language)
    message = to_chat(parts.vault, conversation, [letter], purpose="decided")
    if due.person != conversation.person:
        # Moved by staff: whoever has the number of that chat now is nobody of this application's.
        target = open_claim(parts, due.claim).target
        moved = addressed(letter, target.kind, due.receipt_no, campaign, language=conversation.language)
        message = message_to(parts.vault, target.kind, target.value, moved, purpose="decided")
    due_at = sending_time(campaign, parts.clock.now())  # nobody is to be woken by it
    outgoing.insert(connection, replace(message, once_key=f"decided:{due.id}", not_before=due_at))


def _pause(due: DueSubmission) -> float:
    return min(LONGEST_PAUSE, FIRST_PAUSE * float(1 << min(due.tries - 1, 10)))
