"""The promises of every claims backend when many come at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from bot.store.db import Pool
from dialogs.rules.claim import ClaimsBackend, ClaimState, Decision
from tests.bot.claims_house import KINDS, claim, claims_backend, coupon, import_coupons, opened

ACCEPTED, DISPUTED, DUPLICATE = ClaimState.ACCEPTED, ClaimState.DISPUTED, ClaimState.DUPLICATE


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with opened(database_url) as pool:
        yield pool


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, pool: Pool) -> Iterator[ClaimsBackend]:
    with claims_backend(request.param, pool) as backend:
        yield backend


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
