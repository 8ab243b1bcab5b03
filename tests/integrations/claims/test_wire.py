"""Our dataclasses and the document's JSON are the same thing, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from dialogs.rules.claim import (
    Account,
    Claim,
    ClaimState,
    CouponFact,
    CouponRef,
    Decision,
    DeliveryTarget,
    MalformedClaim,
    make_receipt_no,
    normalise_number,
)
from integrations.claims.document import Misshapen
from integrations.claims.wire import (
    claim_from_wire,
    claim_to_wire,
    decision_from_wire,
    decision_to_wire,
    fact_from_wire,
    fact_to_wire,
    reason_from_wire,
    reason_to_wire,
    ref_from_wire,
    ref_to_wire,
)

DOCUMENT = Path(__file__).parents[3] / "integrations" / "claims" / "openapi.yaml"

receipt_nos = st.integers(0, 10**9 - 1).map(make_receipt_no)
prefectures = st.integers(1, 47).map("{:02d}".format)
numbers = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=40)
    .map(normalise_number)
    .filter(lambda number: 1 <= len(number) <= 40 and number == normalise_number(number))
)
refs = st.builds(CouponRef, prefectures, numbers, st.dates())
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=320)
words = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)
yen = st.integers(0, 2**31 - 1)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(2001, 1, 1), datetime(2098, 1, 1), timezones=offsets)  # noqa: DTZ001 - bounds are naive
facts = st.builds(
    CouponFact,
    expiry=st.none() | st.dates(),
    balance_after_extension=st.none() | yen,
    balance_at_snapshot=st.none() | yen,
    charged_to_app=st.none() | st.booleans(),
    account=st.none() | st.sampled_from(Account),
    extended_to=st.none() | st.dates(),
)
reasons = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=200)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    prefecture = draw(prefectures)
    carried = draw(st.lists(numbers, min_size=1, max_size=10, unique=True))
    return Claim(
        receipt_no=draw(receipt_nos),
        coupons=tuple(CouponRef(prefecture, number, draw(st.dates())) for number in carried),
        name=draw(texts),
        contact=draw(texts),
        target=DeliveryTarget(draw(st.sampled_from(["sms", "mail"])), draw(texts)),
        campaign=draw(words),
        campaign_version=draw(yen),
        acted_at=draw(instants),
        channel=draw(words),
        applicant_key=draw(texts),
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    state = draw(st.sampled_from(ClaimState))
    amount = draw(st.integers(1, 2**31 - 1) if state is ClaimState.ACCEPTED else st.none() | yen)
    existing = draw(receipt_nos) if state is ClaimState.DUPLICATE else None
    return Decision(state, amount, draw(reasons), existing)


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    return loaded


def faults(schema: str, body: bytes) -> list[str]:
    root = {"$ref": f"#/components/schemas/{schema}", "components": document()["components"]}
    checker = Draft202012Validator(root, format_checker=FormatChecker())
    return [fault.message for fault in checker.iter_errors(json.loads(body))]


def test_the_document_is_openapi_3_1() -> None:
    validate(document())
    assert "3.1.0" == document()["openapi"]


def test_every_example_of_the_document_is_what_it_describes() -> None:
    checked = 0
    for path in document()["paths"].values():
        for operation in path.values():
            for described in _examples(operation):
                schema, value = described
                assert [] == faults(schema, json.dumps(value).encode())
                checked += 1
    assert 4 == checked


def _examples(operation: dict[str, Any]) -> list[tuple[str, Any]]:
    bodies = [operation.get("requestBody", {}), operation["responses"]["200"]]
    contents = [content for body in bodies for content in body.get("content", {}).values()]
    return [
        (content["schema"]["$ref"].rpartition("/")[2], content["example"])
        for content in contents
        if "example" in content
    ]


@given(refs)
def test_a_coupon_comes_back_as_it_went(ref: CouponRef) -> None:
    body = ref_to_wire(ref)
    assert (ref, []) == (ref_from_wire(body), faults("CouponRef", body))


@given(claims())
def test_a_claim_comes_back_as_it_went(claim: Claim) -> None:
    body = claim_to_wire(claim)
    assert (claim, []) == (claim_from_wire(body), faults("Claim", body))
    assert body == claim_to_wire(claim_from_wire(body))


@given(facts)
def test_a_fact_comes_back_as_it_went(fact: CouponFact) -> None:
    body = fact_to_wire(fact)
    assert (fact, []) == (fact_from_wire(body), faults("CouponFact", body))


@given(decisions())
def test_a_decision_comes_back_as_it_went(decision: Decision) -> None:
    body = decision_to_wire(decision)
    assert (decision, []) == (decision_from_wire(body), faults("Decision", body))


@given(reasons)
def test_a_reason_comes_back_as_it_went(reason: str) -> None:
    body = reason_to_wire(reason)
    assert (reason, []) == (reason_from_wire(body), faults("Cancellation", body))


READERS: list[Callable[[bytes], object]] = [
    ref_from_wire,
    claim_from_wire,
    fact_from_wire,
    decision_from_wire,
    reason_from_wire,
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["accepted", "0000000000"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["state", "amount", "reason", "prefecture", "number", "trip_date", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"9" * 100_000)
@example(b'{"reason": "\\ud800"}')
@example("<html>メンテナンス中</html>".encode())
def test_rubbish_is_malformed_and_nothing_else(body: bytes) -> None:
    for reader in READERS:
        try:
            reader(body)
        except MalformedClaim:
            continue
        assert isinstance(json.loads(body), dict)


GOOD = {"state": "accepted", "amount": 5, "reason": "", "existing_receipt_no": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "won"},
        {"state": "ACCEPTED"},
        {"state": None},
        {"amount": "5"},
        {"amount": 5.0},
        {"amount": True},
        {"amount": -1},
        {"amount": 0},
        {"amount": None},
        {"amount": 2**31},
        {"reason": None},
        {"reason": "x" * 201},
        {"existing_receipt_no": "0000000000"},
        {"state": "duplicate"},
        {"state": "duplicate", "existing_receipt_no": "0000000001"},
    ],
)
def test_a_decision_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Misshapen):
        decision_from_wire(json.dumps({**GOOD, **changes}).encode())


def test_an_answer_may_hold_more_than_we_know_and_a_request_may_not() -> None:
    assert Decision(ClaimState.ACCEPTED, 5) == decision_from_wire(json.dumps({**GOOD, "note": "new"}).encode())
    with pytest.raises(Misshapen) as wrong:
        reason_from_wire(b'{"reason": "", "note": "new"}')
    assert ["/note"] == [fault.pointer for fault in wrong.value.faults]


def test_what_is_wrong_is_told_without_the_words_of_the_person() -> None:
    claim = json.dumps({"name": 12345, "contact": ["secret"], "receipt_no": "x", "target": {"kind": "fax"}})
    with pytest.raises(Misshapen) as wrong:
        claim_from_wire(claim.encode())
    told = str(wrong.value)
    assert [] == [word for word in ("12345", "secret", "fax'") if word in told.replace("'sms' or 'mail'", "")]
    assert {"/name", "/contact", "/target/kind", "/target/value"} <= {fault.pointer for fault in wrong.value.faults}


def test_one_instant_in_two_offsets_is_one_request() -> None:
    claim = Claim(
        receipt_no=make_receipt_no(1),
        coupons=(CouponRef("09", "A00001", datetime(2023, 2, 23, tzinfo=UTC).date()),),
        name="栃木 花子",
        contact="+819011112222",
        target=DeliveryTarget("mail", "hanako@example.jp"),
        campaign="tochigi-2023-02",
        campaign_version=1,
        acted_at=datetime(2023, 4, 5, 10, tzinfo=timezone(timedelta(hours=9))),
        channel="web",
        applicant_key="hanako",
    )
    body = json.loads(claim_to_wire(claim))
    assert "2023-04-05T01:00:00+00:00" == body["acted_at"]
    body["acted_at"] = "2023-04-05T10:00:00+09:00"
    assert claim_to_wire(claim) == claim_to_wire(claim_from_wire(json.dumps(body).encode()))
