"""Our own backend as others see it: every answer is what openapi.yaml says, and only key holders get one."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from bot.store.db import Pool, open_pool
from bot.web.claims_api import LARGEST_BODY, PREFIX, PROBLEMS, TOKEN_SECONDS
from dialogs.rules.claim import (
    BackendUnavailable,
    Claim,
    CouponFact,
    CouponRef,
    Decision,
    NoMatch,
    Unavailable,
    make_receipt_no,
)
from integrations.claims.wire import claim_to_wire
from tests.bot.claims_house import KEY, builtin, claim, claims_app, coupon, import_coupons

DOCUMENT = Path(__file__).parents[2] / "integrations" / "claims" / "openapi.yaml"
LOOKUP = {"prefecture": "09", "number": "A00001", "trip_date": "2023-02-23"}
RECEIPT_NO = make_receipt_no(1)


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    return loaded


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = document()
    for name in node["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def assert_described(response: TestResponse, method: str, path: str) -> None:
    """The answer's status, media type, headers and body are in the document, for that operation."""
    described = resolved(document()["paths"][path][method]["responses"][str(response.status_code)])
    assert response.mimetype in described["content"]
    root = {**described["content"][response.mimetype]["schema"], "components": document()["components"]}
    assert [] == [fault.message for fault in Draft202012Validator(root).iter_errors(response.get_json(force=True))]
    for name, header in described.get("headers", {}).items():
        assert not header.get("required") or name in response.headers
        if name in response.headers:
            Draft202012Validator(header["schema"]).validate(response.headers[name])


class Broken:
    """A backend whose trouble is given to it."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def find_coupon(self, ref: CouponRef) -> CouponFact | NoMatch | Unavailable:
        if isinstance(self.trouble, BackendUnavailable):
            return Unavailable(self.trouble.reason)
        raise self.trouble

    def submit(self, claim: Claim, *, idempotency_key: str) -> Decision:
        raise self.trouble

    def status(self, receipt_no: str) -> Decision | NoMatch:
        raise self.trouble

    def cancel(self, receipt_no: str, reason: str, *, idempotency_key: str) -> Decision:
        raise self.trouble


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with closing(open_pool(database_url, size=8)) as opened:
        import_coupons(opened, coupon("A00001"))
        yield opened


@pytest.fixture
def caller(pool: Pool) -> FlaskClient:
    return claims_app(builtin(pool)).test_client()


def ask(caller: FlaskClient, method: str, path: str, **changes: Any) -> TestResponse:
    bodies: dict[str, Any] = {
        "/coupons/lookup": LOOKUP,
        "/claims": json.loads(claim_to_wire(claim(1, "A00001"))),
        "/claims/{receipt_no}/cancellation": {"reason": "withdrawn"},
    }
    sent: dict[str, Any] = {"headers": {"X-Api-Key": KEY, "Idempotency-Key": "k1"}, "json": bodies.get(path)}
    sent |= changes
    if sent["json"] is None:
        del sent["json"]
    return caller.open(PREFIX + path.replace("{receipt_no}", RECEIPT_NO), method=method.upper(), **sent)


OPERATIONS = [
    ("post", "/coupons/lookup"),
    ("post", "/claims"),
    ("get", "/claims/{receipt_no}"),
    ("post", "/claims/{receipt_no}/cancellation"),
]


def test_every_path_of_the_document_is_served_and_no_other(caller: FlaskClient) -> None:
    rules = {
        (method.lower(), rule.rule.removeprefix(PREFIX).replace("<", "{").replace(">", "}"))
        for rule in caller.application.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith("claims_api") and method in ("GET", "POST")
    }
    assert {*OPERATIONS, ("post", "/token")} == rules


def test_a_whole_case_is_answered_as_described(caller: FlaskClient) -> None:
    ask(caller, "post", "/claims")
    found = {operation: ask(caller, *operation) for operation in OPERATIONS}
    for operation, response in found.items():
        assert_described(response, *operation)
    assert [1000, "accepted", "accepted", "cancelled"] == [
        answer.get("balance_at_snapshot", answer.get("state"))
        for answer in (each.get_json() for each in found.values())
    ]
    assert {"no-store"} == {response.headers["Cache-Control"] for response in found.values()}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize(
    ("trouble", "status", "retry_after"),
    [
        (BackendUnavailable("database_busy", surely_not_done=True), 503, "1"),
        (BackendUnavailable("database", surely_not_done=False), 503, None),
        (RuntimeError("栃木 花子"), 500, None),
    ],
)
def test_trouble_is_a_problem_that_repeats_nothing(
    method: str, path: str, trouble: Exception, status: int, retry_after: str | None
) -> None:
    response = ask(claims_app(Broken(trouble)).test_client(), method, path)
    assert_described(response, method, path)
    assert (status, False) == (response.status_code, "花子" in response.get_data(as_text=True))
    # A lookup has no effect, so it is surely not done whatever happened.
    assert response.headers.get("Retry-After") == ("1" if path == "/coupons/lookup" and status == 503 else retry_after)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": ""},
        {"X-Api-Key": KEY[:-1]},
        {"X-Api-Key": "鍵".encode().decode("latin-1")},
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": "Bearer ="},
        {"Authorization": f"Basic {b64encode(KEY.encode()).decode()}"},
        {"Authorization": f"Bearer {b64encode(b'9999999999.' + bytes(32)).decode()}"},
    ],
)
def test_nobody_enters_without_a_key_or_a_token(method: str, path: str, headers: dict[str, str]) -> None:
    caller = claims_app(Broken(AssertionError("the backend was asked"))).test_client()
    response = ask(caller, method, path, headers={**headers, "Idempotency-Key": "k1"})
    assert_described(response, method, path)
    assert 401 == response.status_code


def test_a_token_opens_until_it_ends(pool: Pool) -> None:
    now = [1_000_000.0]
    caller = claims_app(builtin(pool), clock=lambda: now[0]).test_client()
    issued = token(caller, data={"grant_type": "client_credentials", "client_id": "madoguchi", "client_secret": KEY})
    assert_described(issued, "post", "/token")
    headers = {"Authorization": f"Bearer {issued.get_json()['access_token']}"}
    statuses = []
    for later in (0, TOKEN_SECONDS - 1, 1):
        now[0] += later
        statuses.append(ask(caller, "post", "/coupons/lookup", headers=headers).status_code)
    assert [200, 200, 401] == statuses


@pytest.mark.parametrize(
    "secret", [KEY, KEY.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D").replace(" ", "+")]
)
def test_a_client_may_prove_itself_by_basic_form_encoded_or_not(caller: FlaskClient, secret: str) -> None:
    basic = b64encode(f"madoguchi:{secret}".encode()).decode()
    issued = token(caller, data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"})
    assert (200, "no-store") == (issued.status_code, issued.headers["Cache-Control"])


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": KEY}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "madoguchi", "client_secret": "鍵"}, 401, "invalid_client"),
    ],
)
def test_a_token_is_refused_as_rfc_6749_says(
    caller: FlaskClient, form: dict[str, str], status: int, error: str
) -> None:
    response = token(caller, data=form)
    assert_described(response, "post", "/token")
    assert (status, error) == (response.status_code, response.get_json()["error"])


def token(caller: FlaskClient, **sent: Any) -> TestResponse:
    return caller.post(f"{PREFIX}/token", **sent)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"headers": {"X-Api-Key": KEY}}, "malformed"),
        ({"headers": {"X-Api-Key": KEY, "Idempotency-Key": "two words"}}, "malformed"),
        ({"json": None, "data": b"{", "content_type": "application/json"}, "malformed"),
        ({"json": None, "data": b"[" * 50_000, "content_type": "application/json"}, "malformed"),
        ({"json": None, "data": b"reason=x", "content_type": "application/x-www-form-urlencoded"}, "not-json"),
        ({"json": {"reason": "x" * LARGEST_BODY}}, "too-large"),
        ({"json": {}}, "invalid"),
        ({"json": [1]}, "invalid"),
        ({"json": {"reason": "", "more": 1}}, "invalid"),
    ],
)
@pytest.mark.parametrize("path", ["/claims", "/claims/{receipt_no}/cancellation"])
def test_a_request_that_cannot_be_is_told_why(path: str, changes: dict[str, Any], word: str) -> None:
    caller = claims_app(Broken(AssertionError("the backend was asked"))).test_client()
    response = ask(caller, "post", path, **changes)
    assert_described(response, "post", path)
    assert (f"urn:madoguchi:claims:{word}", PROBLEMS[word][0]) == (response.get_json()["type"], response.status_code)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"receipt_no": "1234567890"}, ""),
        ({"coupons": []}, ""),
        ({"coupons": [LOOKUP, LOOKUP]}, ""),
        ({"coupons": [{**LOOKUP, "trip_date": "24.2."}]}, "/coupons/0/trip_date"),
        ({"acted_at": "2023-04-05T10:00:00"}, "/acted_at"),
        ({"name": ""}, "/name"),
        ({"target": {"kind": "fax", "value": "1"}}, "/target/kind"),
    ],
)
def test_every_fault_of_a_claim_is_pointed_at(caller: FlaskClient, changes: dict[str, Any], pointer: str) -> None:
    body = {**json.loads(claim_to_wire(claim(1, "A00001"))), **changes}
    response = ask(caller, "post", "/claims", json=body)
    assert_described(response, "post", "/claims")
    assert (422, [pointer]) == (response.status_code, [error["pointer"] for error in response.get_json()["errors"]])


def test_conflicts_and_misses_are_as_described(caller: FlaskClient) -> None:
    ask(caller, "post", "/claims")
    other = json.loads(claim_to_wire(claim(2, "A00002")))
    elsewhere = json.loads(claim_to_wire(claim(3, "A00003", campaign="elsewhere")))
    answers = [
        ("post", "/claims", ask(caller, "post", "/claims", json=other)),
        ("post", "/claims", ask(caller, "post", "/claims", headers={"X-Api-Key": KEY, "Idempotency-Key": "k2"})),
        ("post", "/claims", ask(caller, "post", "/claims", json=elsewhere)),
        ("post", "/coupons/lookup", ask(caller, "post", "/coupons/lookup", json={**LOOKUP, "trip_date": "2023-02-22"})),
    ]
    for method, path, response in answers:
        assert_described(response, method, path)
    words = ["key-reused", "receipt-no-taken", "unknown-campaign", "no-match"]
    assert words == [response.get_json()["type"].rpartition(":")[2] for _, _, response in answers]


@settings(suppress_health_check=list(HealthCheck), max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([operation for operation in OPERATIONS if operation[0] == "post"]))
def test_any_bytes_get_an_answer_of_the_document(body: bytes, operation: tuple[str, str]) -> None:
    caller = claims_app(Broken(AssertionError("the backend was asked"))).test_client()
    response = ask(caller, *operation, json=None, data=body, content_type="application/json")
    assert_described(response, *operation)
