"""What the built-in claims backend promises beyond the contract: what it keeps, and what a fault leaves behind."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from bot.claims import BODY
from bot.store.db import Pool, open_pool
from bot.store.vault import Vault
from dialogs.rules.campaign import load_campaign
from dialogs.rules.claim import BackendUnavailable, ClaimState, Decision, Unavailable, make_receipt_no
from tests.bot.claims_house import CAMPAIGN, VAULT_KEYS, builtin, claim, coupon, import_coupons, ref


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    with closing(open_pool(database_url, size=2)) as opened:
        yield opened


def test_personal_words_are_sealed_and_nowhere_else(pool: Pool) -> None:
    builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")
    with pool.connection() as connection:
        [(whole, body)] = connection.execute("SELECT claims::text, body FROM claims").fetchall()
    words = Vault(VAULT_KEYS).open_json(body, BODY)
    assert ("栃木 花子", {"kind": "sms", "value": "+819011112222"}) == (words["name"], words["target"])
    assert [] == [word for word in ("花子", "+8190", "hanako") if word in whole]


def test_a_claim_is_kept_as_long_as_the_campaign_says_and_not_for_ever(pool: Pool) -> None:
    builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")
    campaign = load_campaign(CAMPAIGN)
    with pool.connection() as connection:
        [(erase_at,)] = connection.execute("SELECT erase_at FROM claims").fetchall()
    years = (erase_at - campaign.dates.receive_end) / timedelta(days=365.25)
    assert campaign.retention.claims_years <= years < campaign.retention.claims_years + 0.1


def test_a_key_is_still_known_when_the_personal_words_are_erased(pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 700))
    builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")
    with pool.connection() as connection:
        connection.execute("UPDATE claims SET body = NULL")
    assert Decision(ClaimState.ACCEPTED, 700) == builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")


def test_a_new_first_secret_key_changes_neither_keys_nor_persons(pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 700))
    builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")
    rotated = builtin(pool, {"new": bytes([1]) * 32, **VAULT_KEYS})
    assert Decision(ClaimState.ACCEPTED, 700) == rotated.submit(claim(1, "A00001"), idempotency_key="k1")
    duplicate = Decision(ClaimState.DUPLICATE, existing_receipt_no=make_receipt_no(1))
    assert duplicate == rotated.submit(claim(2, "A00001"), idempotency_key="k2")


def test_a_claim_cut_off_before_its_commit_leaves_nothing(pool: Pool) -> None:
    import_coupons(pool, coupon("A00001"))
    with pool.connection() as connection:
        connection.execute(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER cut AFTER INSERT ON claim_coupons FOR EACH ROW EXECUTE FUNCTION cut()")
    with pytest.raises(BackendUnavailable) as down:
        builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")
    assert ("database", False) == (down.value.reason, down.value.surely_not_done)
    with pool.connection() as connection:
        connection.execute("DROP TRIGGER cut ON claim_coupons")
        assert [(0, 0)] == connection.execute(
            "SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM claim_coupons)"
        ).fetchall()


def test_a_coupon_freed_while_we_look_who_has_it_is_taken_after_all(pool: Pool) -> None:
    import_coupons(pool, coupon("A00001", 700))
    builtin(pool).submit(claim(1, "A00001"), idempotency_key="k1")
    with pool.connection() as connection:
        # Frees the first claim's coupon within the second's own statement, which then finds no holder.
        connection.execute(
            "CREATE FUNCTION free() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN UPDATE claim_coupons SET live = false; RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER free AFTER INSERT ON claims FOR EACH ROW EXECUTE FUNCTION free()")
    with pytest.raises(BackendUnavailable) as raced:
        builtin(pool).submit(claim(2, "A00001", applicant="taro"), idempotency_key="k2")
    assert ("raced", True) == (raced.value.reason, raced.value.surely_not_done)
    with pool.connection() as connection:
        connection.execute("DROP TRIGGER free ON claims")
        connection.execute("UPDATE claim_coupons SET live = false")
    decision = builtin(pool).submit(claim(2, "A00001", applicant="taro"), idempotency_key="k2")
    assert Decision(ClaimState.ACCEPTED, 700) == decision


@pytest.mark.filterwarnings("ignore:.*connection.*:UserWarning")
def test_without_a_database_a_lookup_is_unavailable_and_a_claim_surely_not_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.store.db.POOL_WAIT_SECONDS", 0.2)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with closing(open_pool(f"postgresql://127.0.0.1:{nobody.getsockname()[1]}/none", size=1)) as down:
            assert Unavailable("database_busy") == builtin(down).find_coupon(ref("A00001"))
            with pytest.raises(BackendUnavailable) as unavailable:
                builtin(down).submit(claim(1, "A00001"), idempotency_key="k1")
    assert unavailable.value.surely_not_done
