"""The built-in claims backend: coupons imported from lists, claims decided on them, all of it in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from uuid_utils.compat import uuid7

from bot import succession
from bot.store import claims, coupons, disputed_applications
from bot.store.db import Connection, Pool, autocommit, transaction
from bot.store.vault import Vault
from dialogs.rules.campaign import Campaign
from dialogs.rules.claim import (
    Account,
    BackendUnavailable,
    Claim,
    ClaimState,
    CouponFact,
    CouponRef,
    Decision,
    MalformedClaim,
    NoMatch,
    Unavailable,
    is_receipt_no,
)
from integrations.claims.wire import (
    ClaimRefused,
    check_idempotency_key,
    claim_to_wire,
    decision_from_wire,
    decision_to_wire,
    reason_to_wire,
    ref_to_wire,
)

BODY = "claims.body"
RACES = 3

log = structlog.get_logger(__name__)


class _Raced(Exception):
    """A coupon that was taken when we came is free when we look who has it: begin again."""


class BuiltinClaims:
    """A ClaimsBackend on our own tables; any number of processes and threads may use it at once."""

    def __init__(self, pool: Pool, vault: Vault, campaigns: Mapping[str, Campaign]) -> None:
        """campaigns by id: those whose claims are taken; each names how long they are kept."""
        self._pool = pool
        self._vault = vault
        self._campaigns = campaigns

    def find_coupon(self, ref: CouponRef) -> CouponFact | NoMatch | Unavailable:
        """Facts of the coupon whose prefecture, number and trip date all match; never raises."""
        try:
            ref_to_wire(ref)
            with _database(), autocommit(self._pool) as connection:
                return coupons.find(connection, [ref]).get(ref.key, NoMatch())
        except MalformedClaim:
            return NoMatch()
        except BackendUnavailable as down:
            return Unavailable(down.reason)

    def submit(self, claim: Claim, *, idempotency_key: str) -> Decision:
        """Decide on a claim and keep it; raises BackendUnavailable, MalformedClaim, ClaimRefused.

        A coupon that another person's claim carries makes this one DISPUTED, one of the same person DUPLICATE.
        """
        check_idempotency_key(idempotency_key)
        filing = self._filing(claim, idempotency_key)
        words = _words(claim)
        with _database():
            for _ in range(RACES):
                try:
                    with transaction(self._pool) as connection:
                        return self._submit(connection, filing, words=words)
                except _Raced:
                    log.info("claims.raced", receipt_no=claim.receipt_no)
        raise BackendUnavailable("raced", surely_not_done=True)

    def status(self, receipt_no: str) -> Decision | NoMatch:
        """The decision as it stands; one that waits is decided anew on today's coupons. Raises BackendUnavailable."""
        if not is_receipt_no(receipt_no):
            return NoMatch()
        with _database(), autocommit(self._pool) as connection:
            kept = claims.load(connection, receipt_no)
            if kept is None:
                return NoMatch()
            if kept.decision.state is not ClaimState.PENDING:
                return kept.decision
            today = decide(kept.refs, coupons.find(connection, kept.refs))
            if today == kept.decision or self._settle(connection, kept, today):
                return today
            settled = claims.load(connection, receipt_no)
            return settled.decision if settled else NoMatch()

    def cancel(self, receipt_no: str, reason: str, *, idempotency_key: str) -> Decision:
        """Withdraw a live claim and free its coupons, one already ended keeps its state; raises BackendUnavailable.

        A claim that was never here is CANCELLED with the reason "no_match". Repeating it is harmless with any key.
        """
        check_idempotency_key(idempotency_key)
        reason_to_wire(reason)
        cancelled = Decision(ClaimState.CANCELLED, reason=reason)
        with _database(), autocommit(self._pool) as connection:
            while is_receipt_no(receipt_no) and (kept := claims.load(connection, receipt_no)):
                if kept.decision.state not in claims.LIVE:
                    return kept.decision
                if self._settle(connection, kept, cancelled):
                    return cancelled
        return Decision(ClaimState.CANCELLED, reason="no_match")

    def _settle(self, connection: Connection, kept: claims.Kept, decision: Decision) -> bool:
        """Give a claim another state; a coupon that it lets go passes to whoever came for it next."""
        with connection.transaction():
            succession.lock(connection, self._vault, [ref.key for ref in kept.refs])
            waited = disputed_applications.holders_waiting_for(connection, kept.id)
            if not claims.settle(connection, kept.id, decision=decision, was=kept.decision.state):
                return False
            if decision.state not in claims.LIVE:
                succession.ended(connection, kept.id, waited, at=datetime.now(UTC))
        return True

    def _filing(self, claim: Claim, idempotency_key: str) -> claims.Filing:
        document = claim_to_wire(claim).decode()
        campaign = self._campaigns.get(claim.campaign)
        if campaign is None:
            raise ClaimRefused("unknown_campaign")
        return claims.Filing(
            id=uuid7(),
            idempotency_key=idempotency_key,
            request_digest=self._vault.fingerprint("claims.request", document),
            receipt_no=claim.receipt_no,
            applicant=self._vault.fingerprint("claims.applicant", claim.applicant_key),
            campaign=claim.campaign,
            campaign_version=claim.campaign_version,
            acted_at=claim.acted_at,
            erase_at=_kept_until(campaign),
            refs=claim.coupons,
        )

    def _submit(self, connection: Connection, filing: claims.Filing, *, words: dict[str, Any]) -> Decision:
        decision = decide(filing.refs, coupons.find(connection, filing.refs))
        taken = claims.file(connection, filing, decision=decision, body=self._sealed(words, decision))
        if taken is None:
            return self._first_answer(claims.filed_before(connection, filing), filing)
        if taken == len(filing.refs):
            if decision.state not in claims.LIVE:
                claims.settle(connection, filing.id, decision=decision, was=decision.state)
            return decision
        # A holder that is read here must not pass the coupon on before the dispute with it stands.
        succession.lock(connection, self._vault, [ref.key for ref in filing.refs])
        collision = _collide(connection, filing, missing=len(filing.refs) - taken)
        body = self._sealed(words, collision)
        claims.settle(connection, filing.id, decision=collision, was=decision.state, body=body)
        return collision

    def _first_answer(self, filed: claims.Filed, filing: claims.Filing) -> Decision:
        if filed.idempotency_key != filing.idempotency_key:
            raise ClaimRefused("receipt_no_taken")
        if filed.request_digest != filing.request_digest:
            raise ClaimRefused("key_reused")
        if filed.body is None:
            return filed.decision
        return decision_from_wire(self._vault.open_json(filed.body, BODY)["answer"].encode())

    def _sealed(self, words: dict[str, Any], answer: Decision) -> bytes:
        # The first answer is kept beside the person's words, because the key must give it again after it changed.
        return self._vault.seal_json({**words, "answer": decision_to_wire(answer).decode()}, BODY)


def told(vault: Vault, body: bytes | None) -> dict[str, Any]:
    """What was said with a claim, by name: name, contact, target and channel; nothing of it once it is erased."""
    return vault.open_json(body, BODY) if body else {}


def decide(refs: Sequence[CouponRef], facts: Mapping[tuple[str, str], CouponFact]) -> Decision:
    """The built-in rule: every coupon is known and had a yen or more at the snapshot, then the sum is due.

    What ends a claim is said before what it waits for. A coupon charged to an app with a live account is paid to the
    app's user without asking (notice, A②), so it cannot be claimed.
    """
    known = [facts[ref.key] for ref in refs if ref.key in facts]
    if any(fact.charged_to_app and fact.account is Account.ACTIVE for fact in known):
        return Decision(ClaimState.REJECTED, reason="app_user")
    if any(fact.balance_at_snapshot == 0 for fact in known):
        return Decision(ClaimState.REJECTED, reason="no_balance")
    if len(known) < len(refs):
        return Decision(ClaimState.PENDING, reason="no_match")
    balances = [fact.balance_at_snapshot for fact in known if fact.balance_at_snapshot is not None]
    if len(balances) < len(refs):
        return Decision(ClaimState.PENDING, reason="balance_unknown")
    return Decision(ClaimState.ACCEPTED, amount=sum(balances))


def _collide(connection: Connection, filing: claims.Filing, *, missing: int) -> Decision:
    holders = claims.holders(connection, filing)
    own = [holder for holder in holders if holder.same_applicant]
    held = {holder.key: holder for holder in holders if holder.live}
    if len(held) < missing:
        raise _Raced
    if held.keys() <= {holder.key for holder in own}:
        return Decision(ClaimState.DUPLICATE, existing_receipt_no=own[0].receipt_no)
    claims.dispute(connection, filing.id, {ref: held[ref.key] for ref in filing.refs if ref.key in held})
    return Decision(ClaimState.DISPUTED, reason="taken")


def _words(claim: Claim) -> dict[str, Any]:
    target = {"kind": claim.target.kind, "value": claim.target.value}
    return {"name": claim.name, "contact": claim.contact, "target": target, "channel": claim.channel}


def _kept_until(campaign: Campaign) -> datetime:
    return campaign.dates.receive_end + timedelta(days=366 * campaign.retention.claims_years)


@contextmanager
def _database() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as busy:
        raise BackendUnavailable("database_busy", surely_not_done=True) from busy
    except psycopg.OperationalError as down:
        raise BackendUnavailable("database", surely_not_done=False) from down
