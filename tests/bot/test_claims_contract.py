"""The promises of every claims backend: the built-in one directly, and an outside one over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.store import coupons
from bot.store.coupons import Row
from bot.store.db import Pool, transaction
from dialogs.rules.claim import (
    Account,
    ClaimsBackend,
    ClaimState,
    CouponFact,
    Decision,
    MalformedClaim,
    NoMatch,
    make_receipt_no,
)
from integrations.claims.wire import ClaimRefused
from tests.bot.claims_house import EXPIRY, KINDS, claim, claims_backend, coupon, import_coupons, opened, ref

PENDING, ACCEPTED, REJECTED = ClaimState.PENDING, ClaimState.ACCEPTED, ClaimState.REJECTED
DISPUTED, DUPLICATE, CANCELLED = ClaimState.DISPUTED, ClaimState.DUPLICATE, ClaimState.CANCELLED


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with opened(database_url) as pool:
        yield pool


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, pool: Pool) -> Iterator[ClaimsBackend]:
    with claims_backend(request.param, pool) as backend:
        yield backend


def test_a_coupon_is_found_by_prefecture_number_and_trip_date(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 700, charged=True, account="withdrawn"))
    fact = CouponFact(
        expiry=EXPIRY,
        balance_after_extension=2000,
        balance_at_snapshot=700,
        charged_to_app=True,
        account=Account.WITHDRAWN,
    )
    assert fact == backend.find_coupon(ref("A00001"))


def test_a_coupon_that_was_restored_says_until_when_it_can_be_used(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"), coupon("A00002"))
    with transaction(pool) as connection:
        coupons.put_back(connection, "09", "A00001", amount=500, extended_to=date(2023, 3, 31))
    facts = [
        fact for number in ("A00001", "A00002") if isinstance(fact := backend.find_coupon(ref(number)), CouponFact)
    ]
    assert [(2500, EXPIRY, date(2023, 3, 31)), (2000, EXPIRY, None)] == [
        (fact.balance_after_extension, fact.expiry, fact.extended_to) for fact in facts
    ]


def test_unknown_wrong_date_and_impossible_coupons_look_alike(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"))
    guesses = [ref("A00002"), ref("A00001", date(2023, 2, 22)), replace(ref("A00001"), prefecture="10")]
    impossible = [ref("A\x00B"), ref("\ud800A"), ref("9" * 41)]
    assert [NoMatch()] * 6 == [backend.find_coupon(guess) for guess in guesses + impossible]


def test_a_claim_on_coupons_with_a_balance_is_accepted_with_their_sum(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 1), coupon("A00002", 1999))
    decision = backend.submit(claim(1, "A00001", "A00002"), idempotency_key="k1")
    assert Decision(ACCEPTED, 2000) == decision == backend.status(make_receipt_no(1))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (coupon("A00001", 0), Decision(REJECTED, reason="no_balance")),
        (coupon("A00001", 500, charged=True, account="active"), Decision(REJECTED, reason="app_user")),
        (coupon("A00001", None, charged=True, account="active"), Decision(REJECTED, reason="app_user")),
        (coupon("A00001", 500, charged=True, account="withdrawn"), Decision(ACCEPTED, 500)),
        (coupon("A00001", 500, charged=False, account="active"), Decision(ACCEPTED, 500)),
        (coupon("A00001", None), Decision(PENDING, reason="balance_unknown")),
        (coupon("B00009", 500), Decision(PENDING, reason="no_match")),
    ],
)
def test_the_rule_decides(backend: ClaimsBackend, pool: Pool, facts: Row, expected: Decision) -> None:
    import_coupons(pool, facts)
    assert expected == backend.submit(claim(1, "A00001"), idempotency_key="k1")


def test_one_coupon_without_a_balance_rejects_the_claim_and_frees_the_others(
    backend: ClaimsBackend, pool: Pool
) -> None:
    import_coupons(pool, coupon("A00001", 500), coupon("A00002", 0))
    rejected = backend.submit(claim(1, "A00001", "A00002"), idempotency_key="k1")
    again = backend.submit(claim(2, "A00001"), idempotency_key="k2")
    assert [Decision(REJECTED, reason="no_balance"), Decision(ACCEPTED, 500)] == [rejected, again]


def test_a_pending_claim_is_decided_when_the_coupon_and_its_balance_come(backend: ClaimsBackend, pool: Pool) -> None:
    first = backend.submit(claim(1, "A00001"), idempotency_key="k1")
    import_coupons(pool, coupon("A00001", None))
    second = backend.status(make_receipt_no(1))
    import_coupons(pool, coupon("A00001", 800))
    expected = [
        Decision(PENDING, reason="no_match"),
        Decision(PENDING, reason="balance_unknown"),
        Decision(ACCEPTED, 800),
    ]
    assert expected == [first, second, backend.status(make_receipt_no(1))]


def test_a_pending_claim_that_is_rejected_later_frees_its_coupons(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 500), coupon("A00002", None))
    backend.submit(claim(1, "A00001", "A00002"), idempotency_key="k1")
    import_coupons(pool, coupon("A00002", 0))
    assert Decision(REJECTED, reason="no_balance") == backend.status(make_receipt_no(1))
    assert Decision(ACCEPTED, 500) == backend.submit(claim(2, "A00001", applicant="taro"), idempotency_key="k2")


def test_the_same_key_gives_the_first_decision_again_even_when_it_changed(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", None))
    first = backend.submit(claim(1, "A00001"), idempotency_key="k1")
    import_coupons(pool, coupon("A00001", 800))
    assert Decision(ACCEPTED, 800) == backend.status(make_receipt_no(1))
    assert first == backend.submit(claim(1, "A00001"), idempotency_key="k1")


@pytest.mark.parametrize("applicant", ["hanako", "taro"])
def test_the_same_key_gives_a_duplicate_or_dispute_again(backend: ClaimsBackend, pool: Pool, applicant: str) -> None:
    import_coupons(pool, coupon("A00001"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    first = backend.submit(claim(2, "A00001", applicant=applicant), idempotency_key="k2")
    assert first == backend.submit(claim(2, "A00001", applicant=applicant), idempotency_key="k2")
    assert first == backend.status(make_receipt_no(2))


def test_the_same_key_with_another_claim_is_refused_and_changes_nothing(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"), coupon("A00002"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    with pytest.raises(ClaimRefused) as refused:
        backend.submit(claim(2, "A00002"), idempotency_key="k1")
    assert ("key_reused", NoMatch()) == (refused.value.reason, backend.status(make_receipt_no(2)))


def test_a_receipt_number_names_one_claim_only(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"), coupon("A00002"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    with pytest.raises(ClaimRefused) as refused:
        backend.submit(claim(1, "A00002"), idempotency_key="k2")
    assert ("receipt_no_taken", Decision(ACCEPTED, 1000)) == (refused.value.reason, backend.status(make_receipt_no(1)))


def test_a_claim_of_an_unknown_campaign_is_refused(backend: ClaimsBackend) -> None:
    with pytest.raises(ClaimRefused) as refused:
        backend.submit(claim(1, "A00001", campaign="elsewhere-2023"), idempotency_key="k1")
    assert "unknown_campaign" == refused.value.reason


def test_a_key_that_no_header_can_carry_is_malformed(backend: ClaimsBackend) -> None:
    for key in ("", "two words", "鍵", "k" * 201, "a\nb"):
        with pytest.raises(MalformedClaim):
            backend.submit(claim(1, "A00001"), idempotency_key=key)
        with pytest.raises(MalformedClaim):
            backend.cancel(make_receipt_no(1), "", idempotency_key=key)


def test_a_claim_that_no_document_can_carry_is_malformed(backend: ClaimsBackend) -> None:
    for changes in ({"name": ""}, {"contact": "x" * 321}, {"channel": "Line!"}, {"name": "\ud800"}):
        with pytest.raises(MalformedClaim):
            backend.submit(claim(1, "A00001", **changes), idempotency_key="k1")


def test_a_second_claim_of_the_same_person_shows_the_first(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"), coupon("A00002"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    second = backend.submit(claim(2, "A00001", "A00002", channel="sms"), idempotency_key="k2")
    free = backend.submit(claim(3, "A00002", applicant="taro"), idempotency_key="k3")
    assert [Decision(DUPLICATE, existing_receipt_no=make_receipt_no(1)), Decision(ACCEPTED, 1000)] == [second, free]


def test_a_second_claim_of_another_person_is_disputed_and_reveals_nothing(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    assert Decision(DISPUTED, reason="taken") == backend.submit(
        claim(2, "A00001", applicant="taro"), idempotency_key="k2"
    )
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT claim.receipt_no, d.number, holder.receipt_no FROM disputes d"
            " JOIN claims claim ON claim.id = d.claim JOIN claims holder ON holder.id = d.held_by"
        )
        assert [(make_receipt_no(2), "A00001", make_receipt_no(1))] == rows.fetchall()


def test_who_is_in_a_dispute_already_is_shown_that_claim_and_opens_no_second_dispute(
    backend: ClaimsBackend, pool: Pool
) -> None:
    import_coupons(pool, coupon("A00001"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    backend.submit(claim(2, "A00001", applicant="taro"), idempotency_key="k2")
    third = backend.submit(claim(3, "A00001", applicant="taro"), idempotency_key="k3")
    assert Decision(DUPLICATE, existing_receipt_no=make_receipt_no(2)) == third


def test_a_disputed_claim_keeps_its_other_coupons(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"), coupon("A00002"))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    backend.submit(claim(2, "A00001", "A00002", applicant="taro"), idempotency_key="k2")
    third = backend.submit(claim(3, "A00002", applicant="jiro"), idempotency_key="k3")
    assert Decision(DISPUTED, reason="taken") == third


def test_cancelling_frees_the_coupons_and_can_be_repeated(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 300))
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    cancelled = Decision(CANCELLED, reason="withdrawn")
    assert [cancelled] * 2 == [backend.cancel(make_receipt_no(1), "withdrawn", idempotency_key="c1") for _ in range(2)]
    assert cancelled == backend.status(make_receipt_no(1))
    assert Decision(ACCEPTED, 300) == backend.submit(claim(2, "A00001", applicant="taro"), idempotency_key="k2")


def test_cancelling_a_disputed_claim_closes_the_dispute(backend: ClaimsBackend, pool: Pool) -> None:
    backend.submit(claim(1, "A00001"), idempotency_key="k1")
    backend.submit(claim(2, "A00001", applicant="taro"), idempotency_key="k2")
    backend.cancel(make_receipt_no(2), "", idempotency_key="c1")
    with pool.connection() as connection:
        assert [(False,)] == connection.execute("SELECT closed_at IS NULL FROM disputes").fetchall()


def test_cancelling_leaves_what_has_ended_as_it_is(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 0))
    rejected = backend.submit(claim(1, "A00001"), idempotency_key="k1")
    assert rejected == backend.cancel(make_receipt_no(1), "withdrawn", idempotency_key="c1")


def test_what_was_never_handed_in_is_no_match_and_nothing_to_withdraw(backend: ClaimsBackend) -> None:
    for receipt_no in (make_receipt_no(9), "1234567890", "x/../../token", ""):
        assert NoMatch() == backend.status(receipt_no)
        assert Decision(CANCELLED, reason="no_match") == backend.cancel(receipt_no, "", idempotency_key="c1")
