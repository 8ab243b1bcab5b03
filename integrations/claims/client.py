"""The client of an outside claims backend that speaks openapi.yaml."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dialogs.rules.claim import (
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
from integrations.call import Answer, CallFailed, Credentials, Request, SharedKey, ask, open_http
from integrations.claims.credentials import ClientCredentials
from integrations.claims.document import Misshapen, Problem, read_model
from integrations.claims.wire import (
    ClaimRefused,
    check_idempotency_key,
    claim_to_wire,
    decision_from_wire,
    fact_from_wire,
    reason_to_wire,
    ref_to_wire,
)

REFUSALS = frozenset({400, 409, 413, 415, 422})
# Answered before anything was looked at, so there is no doubt about an effect.
TURNED_AWAY = {401: "unauthorised", 403: "forbidden", 429: "busy"}

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class HttpClaimsConfig:
    """Where the backend is and how we prove who we are: a shared key, or a token URL with id and secret.

    url has no slash at its end. Times are seconds; lookup_seconds is for find_coupon, which a person waits for.
    """

    url: str
    shared_key: str = field(default="", repr=False)
    token_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    connect_seconds: float = 2.0
    read_seconds: float = 5.0
    lookup_seconds: float = 3.0


class HttpClaims:
    """A ClaimsBackend at the other end of HTTP; all threads of a process share one. close() ends its connections."""

    def __init__(self, config: HttpClaimsConfig, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._config = config
        self._sleep = sleep
        self._http = open_http(config.connect_seconds)
        self._credentials: Credentials = SharedKey(config.shared_key)
        if config.token_url:
            client = config.client_id, config.client_secret
            self._credentials = ClientCredentials(self._http, config.token_url, client=client)

    def close(self) -> None:
        self._http.close()

    def find_coupon(self, ref: CouponRef) -> CouponFact | NoMatch | Unavailable:
        """Facts of the coupon whose prefecture, number and trip date all match; never raises."""
        try:
            body = ref_to_wire(ref)
            # A person waits for this, and the conversation goes on without it: one try.
            lookup = Request("POST", f"{self._config.url}/coupons/lookup", body, seconds=self._config.lookup_seconds)
            answer = self._ask(replace(lookup, tries=1))
            return NoMatch() if _is_no_match(answer) else _read(answer, fact_from_wire)
        except (MalformedClaim, ClaimRefused):
            return NoMatch()
        except BackendUnavailable as down:
            return Unavailable(down.reason)

    def submit(self, claim: Claim, *, idempotency_key: str) -> Decision:
        """Hand in a claim; the same key again gives the first decision again.

        Raises BackendUnavailable, MalformedClaim for what no document can carry, ClaimRefused for what the backend will
        never take.
        """
        return self._act("/claims", claim_to_wire(claim), idempotency_key=idempotency_key)

    def status(self, receipt_no: str) -> Decision | NoMatch:
        """The decision as it stands today. Raises BackendUnavailable."""
        if not is_receipt_no(receipt_no):
            return NoMatch()
        answer = self._ask(Request("GET", f"{self._config.url}/claims/{receipt_no}", seconds=self._config.read_seconds))
        return NoMatch() if _is_no_match(answer) else _read(answer, decision_from_wire)

    def cancel(self, receipt_no: str, reason: str, *, idempotency_key: str) -> Decision:
        """Withdraw a live claim and free its coupons; one already ended keeps its state.

        Raises BackendUnavailable, MalformedClaim, ClaimRefused. A claim that was never handed in is CANCELLED with the
        reason "no_match".
        """
        body = reason_to_wire(reason)
        if not is_receipt_no(receipt_no):
            return Decision(ClaimState.CANCELLED, reason="no_match")
        return self._act(f"/claims/{receipt_no}/cancellation", body, idempotency_key=idempotency_key)

    def _act(self, path: str, body: bytes, *, idempotency_key: str) -> Decision:
        check_idempotency_key(idempotency_key)
        headers = {"Idempotency-Key": idempotency_key}
        request = Request("POST", self._config.url + path, body, headers, seconds=self._config.read_seconds)
        return _read(self._ask(request), decision_from_wire)

    def _ask(self, request: Request) -> Answer:
        try:
            return ask(self._http, request, credentials=self._credentials, sleep=self._sleep)
        except CallFailed as failed:
            raise BackendUnavailable(failed.reason, surely_not_done=failed.surely_not_done) from failed


def _is_no_match(answer: Answer) -> bool:
    return answer.status == 404 and (problem := _problem(answer)) is not None and problem.word == "no-match"


def _read(answer: Answer, reader: Callable[[bytes], _Read]) -> _Read:
    if answer.status == 200 and answer.media_type == "application/json":
        try:
            return reader(answer.body)
        except Misshapen:
            raise BackendUnavailable("nonsense", surely_not_done=False) from None
    raise _failure(answer)


def _failure(answer: Answer) -> BackendUnavailable | ClaimRefused:
    problem = _problem(answer)
    if answer.status in TURNED_AWAY:
        return BackendUnavailable(TURNED_AWAY[answer.status], surely_not_done=True)
    if answer.status in REFUSALS and problem and problem.word:
        return ClaimRefused(problem.word.replace("-", "_"))
    if answer.status == 503:
        return BackendUnavailable("unavailable", surely_not_done=bool(problem and problem.surely_not_done))
    if answer.status >= 500:
        return BackendUnavailable("failed", surely_not_done=False)
    return BackendUnavailable("nonsense", surely_not_done=False)


def _problem(answer: Answer) -> Problem | None:
    if answer.media_type != "application/problem+json":
        return None
    try:
        return read_model(Problem, answer.body)
    except Misshapen:
        return None
