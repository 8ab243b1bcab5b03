"""A claims backend served over HTTP to holders of a key: the server side of integrations/claims/openapi.yaml."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from dialogs.rules.claim import BackendUnavailable, ClaimsBackend, MalformedClaim, NoMatch, Unavailable
from integrations.claims.document import PROBLEM_TYPE, Misshapen
from integrations.claims.wire import (
    ClaimRefused,
    check_idempotency_key,
    claim_from_wire,
    decision_to_wire,
    fact_to_wire,
    reason_from_wire,
    ref_from_wire,
)

PREFIX = "/api/claims/v1"
CLIENT_ID = "madoguchi"
LARGEST_BODY = 64 * 1024
TOKEN_SECONDS = 600
RETRY_SECONDS = 1

PROBLEMS = {  # word: (status, title)
    "malformed": (400, "The request cannot be read"),
    "unauthorised": (401, "A valid token or key is needed"),
    "no-match": (404, "Nothing by that reference"),
    "key-reused": (409, "This Idempotency-Key was used for another body"),
    "receipt-no-taken": (409, "This receipt number was used for another claim"),
    "too-large": (413, "The body is larger than 64 KiB"),
    "not-json": (415, "A body of application/json is needed"),
    "invalid": (422, "The body is not what the document allows"),
    "unknown-campaign": (422, "No such campaign here"),
    "unavailable": (503, "It cannot be done just now"),
    "failed": (500, "A fault of the server"),
}

log = structlog.get_logger(__name__)


class Access:
    """Who may call: holders of the key, shown as it is or turned into a token. Tokens need no memory, so every process
    of every machine with the same key takes those of the others."""

    def __init__(self, key: str, *, clock: Callable[[], float] = time.time) -> None:
        self._key = key.encode()
        self._clock = clock

    def token(self) -> str:
        """One that holds for TOKEN_SECONDS."""
        until = str(int(self._clock()) + TOKEN_SECONDS).encode()
        return urlsafe_b64encode(until + b"." + self._signature(until)).decode()

    def is_key(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(errors="replace"), self._key)

    def is_token(self, shown: str) -> bool:
        """Made here with this key, and not yet over."""
        try:
            until, _, signature = urlsafe_b64decode(shown.encode(errors="replace")).partition(b".")
        except ValueError:
            return False
        return hmac.compare_digest(signature, self._signature(until)) and self._clock() < int(until)

    def _signature(self, until: bytes) -> bytes:
        return hmac.digest(self._key, b"claims token " + until, sha256)


def claims_api(backend: ClaimsBackend, access: Access) -> Blueprint:
    """The blueprint, to be registered under PREFIX."""
    api = Blueprint("claims_api", __name__)

    @api.before_request
    def guard() -> Response | None:
        request.max_content_length = LARGEST_BODY
        if request.endpoint == "claims_api.token" or _may_enter(access):
            return None
        return _problem("unauthorised")

    @api.post("/coupons/lookup")
    def find_coupon() -> Response:
        found = backend.find_coupon(ref_from_wire(_json_body()))
        if isinstance(found, Unavailable):
            raise BackendUnavailable(found.reason, surely_not_done=True)
        return _problem("no-match") if isinstance(found, NoMatch) else _json(fact_to_wire(found))

    @api.post("/claims")
    def submit() -> Response:
        key = _idempotency_key()
        return _json(decision_to_wire(backend.submit(claim_from_wire(_json_body()), idempotency_key=key)))

    @api.get("/claims/<receipt_no>")
    def status(receipt_no: str) -> Response:
        found = backend.status(receipt_no)
        return _problem("no-match") if isinstance(found, NoMatch) else _json(decision_to_wire(found))

    @api.post("/claims/<receipt_no>/cancellation")
    def cancel(receipt_no: str) -> Response:
        key = _idempotency_key()
        reason = reason_from_wire(_json_body())
        return _json(decision_to_wire(backend.cancel(receipt_no, reason, idempotency_key=key)))

    @api.post("/token")
    def token() -> Response:
        return _token(access)

    _answer_errors(api)
    return api


class _BadRequest(Exception):
    """The request cannot even be read; problem is a word of the table, detail a sentence."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


def _answer_errors(api: Blueprint) -> None:
    handlers: dict[type[Exception], Callable[[Any], Response]] = {
        _BadRequest: lambda wrong: _problem(wrong.problem, detail=wrong.detail),
        RequestEntityTooLarge: lambda _: _problem("too-large"),
        MalformedClaim: _invalid,
        ClaimRefused: _refused,
        BackendUnavailable: _unavailable,
        Exception: _failed,
    }
    for error, handler in handlers.items():
        api.register_error_handler(error, handler)


def _invalid(wrong: MalformedClaim) -> Response:
    if isinstance(wrong, Misshapen):
        errors = [{"pointer": fault.pointer, "detail": fault.sentence} for fault in wrong.faults]
    else:
        errors = [{"pointer": "", "detail": str(wrong)}]
    return _problem("invalid", detail="Every fault of the body is listed under errors.", errors=errors)


def _refused(refused: ClaimRefused) -> Response:
    word = refused.reason.replace("_", "-")
    return _problem(word if word in PROBLEMS else "invalid")


def _unavailable(down: BackendUnavailable) -> Response:
    log.warning("claims.served_unavailable", reason=down.reason, surely_not_done=down.surely_not_done)
    response = _problem("unavailable", surely_not_done=down.surely_not_done)
    if down.surely_not_done:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _failed(fault: Exception) -> Response:
    # Only the kind: the text of an unforeseen exception may hold what the person wrote.
    log.error("claims.served_fault", kind=type(fault).__name__)
    return _problem("failed")


def _may_enter(access: Access) -> bool:
    if access.is_key(request.headers.get("X-Api-Key", "")):
        return True
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and access.is_token(token.strip())


def _json_body() -> bytes:
    if request.mimetype != "application/json":
        raise _BadRequest("not-json", "Say Content-Type: application/json.")
    body = request.get_data()
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        raise _BadRequest("malformed", "The body is no JSON in UTF-8.") from None
    return body


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    try:
        check_idempotency_key(key)
    except MalformedClaim:
        detail = "Say Idempotency-Key with 1 to 200 visible ASCII characters, another one for every act."
        raise _BadRequest("malformed", detail) from None
    return key


def _json(body: bytes) -> Response:
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _problem(word: str, **members: object) -> Response:
    status, title = PROBLEMS[word]
    problem = {"type": PROBLEM_TYPE + word, "title": title, "status": status, **members}
    response = Response(json.dumps(problem), status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="claims"'
    return response


def _token(access: Access) -> Response:
    if request.form.get("grant_type") != "client_credentials":
        return _token_error(400, "unsupported_grant_type" if "grant_type" in request.form else "invalid_request")
    shown = request.authorization
    if shown and shown.type == "basic":
        client, secret = shown.get("username") or "", shown.get("password") or ""
    else:
        client, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    # RFC 6749 §2.3.1 form-encodes the secret within Basic; many clients do not.
    if client != CLIENT_ID or not (access.is_key(secret) or access.is_key(unquote_plus(secret))):
        return _token_error(401, "invalid_client")
    token = {"access_token": access.token(), "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
    return _json(json.dumps(token).encode())


def _token_error(status: int, error: str) -> Response:
    response = _json(json.dumps({"error": error}).encode())
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="claims"'
    return response
