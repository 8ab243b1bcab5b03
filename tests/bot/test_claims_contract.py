"""The promises of every claims backend: the built-in one directly, and an outside one over HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import count
from threading import Barrier

import pytest

from bot.store.coupons import Row
from bot.store.db import Pool, open_pool
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
from integrations.claims.client import HttpClaims, HttpClaimsConfig
from integrations.claims.wire import ClaimRefused
from tests.bot.claims_house import EXPIRY, KEY, builtin, claim, claims_app, coupon, import_coupons, ref, served

PENDING, ACCEPTED, REJECTED = ClaimState.PENDING, ClaimState.ACCEPTED, ClaimState.REJECTED
DISPUTED, DUPLICATE, CANCELLED = ClaimState.DISPUTED, ClaimState.DUPLICATE, ClaimState.CANCELLED


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with closing(open_pool(database_url, size=8)) as opened:
        yield opened


@pytest.fixture(params=["builtin", "http-key", "http-token"])
def backend(request: pytest.FixtureRequest, pool: Pool) -> Iterator[ClaimsBackend]:
    own = builtin(pool)
    if request.param == "builtin":
        yield own
        return
    with served(claims_app(own)) as url:
        credentials = {
            "http-key": HttpClaimsConfig(url, shared_key=KEY),
            "http-token": HttpClaimsConfig(url, token_url=f"{url}/token", client_id="madoguchi", client_secret=KEY),
        }
        with closing(HttpClaims(credentials[request.param])) as client:
            yield client


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


def test_forty_people_at_once_for_one_coupon_leave_one_live_claim(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"))
    together = Barrier(40)

    def submit(serial: int) -> ClaimState:
        together.wait()
        made = claim(serial, "A00001", applicant=f"person {serial}")
        return backend.submit(made, idempotency_key=f"k{serial}").state

    with ThreadPoolExecutor(40) as threads:
        states = Counter(threads.map(submit, range(40)))
    assert {ACCEPTED: 1, DISPUTED: 39} == states
    assert 1 == _live(pool)


def test_one_person_forty_times_at_once_has_one_claim(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"))
    serials = count()

    def submit(key: str) -> Decision:
        return backend.submit(claim(next(serials), "A00001"), idempotency_key=key)

    with ThreadPoolExecutor(40) as threads:
        decisions = list(threads.map(submit, (f"k{number}" for number in range(40))))
    shown = {decision.existing_receipt_no for decision in decisions if decision.state is DUPLICATE}
    assert {ACCEPTED: 1, DUPLICATE: 39} == Counter(decision.state for decision in decisions)
    assert (1, 1) == (len(shown), _live(pool))


def test_one_act_sent_forty_times_at_once_is_one_claim_with_one_answer(backend: ClaimsBackend, pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 700))
    with ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(lambda _: backend.submit(claim(1, "A00001"), idempotency_key="k1"), range(40)))
    assert [Decision(ACCEPTED, 700)] * 40 == answers
    assert 1 == _live(pool)


def test_families_with_shared_coupons_in_every_order_never_block_each_other(backend: ClaimsBackend, pool: Pool) -> None:
    numbers = [f"A{number:05d}" for number in range(6)]
    import_coupons(pool, *map(coupon, numbers))

    def submit(serial: int) -> ClaimState:
        turned = numbers[serial % 6 :] + numbers[: serial % 6]
        made = claim(serial, *turned, applicant=f"person {serial}")
        return backend.submit(made, idempotency_key=f"k{serial}").state

    with ThreadPoolExecutor(12) as threads:
        states = Counter(threads.map(submit, range(24)))
    assert ({ACCEPTED: 1, DISPUTED: 23}, 6) == (states, _live(pool))


def _live(pool: Pool) -> int:
    with pool.connection() as connection:
        row = connection.execute("SELECT count(*) FROM claim_coupons WHERE live").fetchone()
    assert row
    return int(row[0])
