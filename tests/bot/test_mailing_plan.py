"""A list of balances and contacts becomes one right and one delivery a person, as a whole, and never twice."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import rewards
from bot.deliveries.planning import CannotPlan, Found, Source, Told, look_through, plan
from bot.parts import Parts
from bot.store import erasure, mailings
from bot.store.db import autocommit
from dialogs.rules.claim import ClaimState, Decision
from tests.bot.claims_house import claim, coupon, import_coupons
from tests.bot.mailing_house import a_list, opened, people, planned, rows

HANAKO = "09,4401-0012,2023-02-23,1500,090-1234-5678,hanako@docomo.ne.jp,active,,"
SECOND = "09,4401-0020,2023-02-23,700,090-1234-5678,hanako@docomo.ne.jp,active,,"
TARO = '栃木県,TG100001,2023/2/23,"2,000円",,taro@example.jp,会員,,en'


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with opened(database_url, redis_url) as found:
        yield found


def left_out(found: Found) -> dict[str, tuple[int, list[int]]]:
    return {why: (finding.rows, list(finding.lines)) for why, finding in found.left_out.items() if finding.rows}


def test_each_person_gets_one_right_for_the_sum_of_their_coupons(parts: Parts, tmp_path: Path) -> None:
    assert 2 == planned(parts, tmp_path, HANAKO, SECOND, TARO).planned
    assert [(2200, "44010012", "ja"), (2000, "TG100001", "en")] == rows(
        parts, "SELECT amount, coupon_number, language FROM entitlements ORDER BY amount DESC"
    )
    assert [("44010012", 1500), ("44010020", 700), ("TG100001", 2000)] == rows(
        parts, "SELECT number, amount FROM entitled_coupons ORDER BY number"
    )


def test_each_delivery_knows_the_ways_to_its_person(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, HANAKO, TARO)
    found = rows(parts, "SELECT ways, mail_group, state, contacts FROM deliveries ORDER BY cardinality(ways)")
    assert [(["mail"], "other", "planned"), (["sms", "mail", "sms_plain"], "docomo", "planned")] == [
        row[:3] for row in found
    ]
    contacts = [parts.vault.open_json(row[3], "deliveries.contacts") for row in found]
    assert [{"mail": "taro@example.jp"}, {"sms": "+819012345678", "mail": "hanako@docomo.ne.jp"}] == contacts


def test_the_url_of_a_planned_right_opens_it(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, HANAKO)
    [(sealed,)] = rows(parts, "SELECT token FROM entitlements")
    right = rewards.find(parts, parts.vault.open(sealed, "entitlements.token").decode())
    assert right
    assert 1500 == right.amount


def test_a_coupon_that_a_mailing_pays_cannot_be_applied_for(parts: Parts, tmp_path: Path) -> None:
    import_coupons(parts.db, coupon("44010012", 1500))
    planned(parts, tmp_path, HANAKO)
    refused = Decision(ClaimState.REJECTED, reason="app_user")
    assert refused == parts.claims.submit(claim(1, "44010012"), idempotency_key="k1")


def test_a_coupon_applied_for_while_its_list_is_planned_stops_the_plan(parts: Parts, tmp_path: Path) -> None:
    import_coupons(parts.db, coupon("44010012", 1500))

    def apply(done: int, total: int) -> None:
        parts.claims.submit(claim(1, "44010012"), idempotency_key="k1")

    with pytest.raises(CannotPlan, match="applied for meanwhile: 1"):
        plan(parts, Source(a_list(tmp_path, HANAKO, TARO)), "april", Told(brought_in=apply), without_bad_rows=False)
    assert [] == rows(parts, "SELECT id FROM mailings UNION SELECT id FROM entitlements")
    assert 1 == planned(parts, tmp_path, HANAKO, TARO).planned


def test_nothing_is_kept_of_a_list_that_was_only_looked_through(parts: Parts, tmp_path: Path) -> None:
    found = look_through(parts, Source(a_list(tmp_path, HANAKO, SECOND, TARO)), Told())
    assert (2, 1, None) == (found.people, found.with_several, found.planned)
    assert [] == rows(
        parts, "SELECT id FROM mailings UNION SELECT id FROM deliveries UNION SELECT id FROM entitlements"
    )


def test_every_bad_row_is_named_and_nothing_is_planned_with_one(parts: Parts, tmp_path: Path) -> None:
    bad = [
        "13,4401-0038,2023-02-23,1000,0901234567,hanako@,active,,fr",
        "09,4401-0038,2023-02-23,1000,,,active,,",
        "09,4401-0012,2023-02-24,1000,080-1234-5678,,active,,",
        "09,4401-0046,2023-02-23,,03-1234-5678,,,,",
    ]
    found = planned(parts, tmp_path, HANAKO, *bad)
    assert [
        (3, "prefecture", "a prefecture of this campaign, as a code or a name expected"),
        (3, "phone", "a Japanese mobile number expected, for example 090-1234-5678"),
        (3, "mail", "a mail address expected, for example hanako@example.jp"),
        (3, "language", "ja, ja-easy or en expected"),
        (4, "phone", "is empty, and so is mail: nobody could be reached"),
        (5, "number", "stands in line 2 already"),
        (6, "balance", "is empty"),
        (6, "phone", "a Japanese mobile number expected, for example 090-1234-5678"),
    ] == [(problem.line, problem.column, problem.reason) for problem in found.problems]
    assert (None, []) == (found.planned, rows(parts, "SELECT FROM mailings"))


def test_the_good_rows_are_planned_without_the_bad_ones_when_that_is_said(parts: Parts, tmp_path: Path) -> None:
    listed = a_list(tmp_path, HANAKO, "09,4401-0038,2023-02-23,1000,,,active,,")
    assert 1 == plan(parts, Source(listed), "april", Told(), without_bad_rows=True).planned


def test_who_is_due_nothing_is_left_out_with_the_reason(parts: Parts, tmp_path: Path) -> None:
    found = planned(
        parts,
        tmp_path,
        HANAKO,
        "09,4401-0038,2023-02-23,0,090-1111-1111,,active,,",
        "09,4401-0046,2023-02-23,500,090-1111-2222,,退会,,",
    )
    assert {"no_balance": (1, [3]), "account_given_up": (1, [4])} == left_out(found)


def test_a_list_that_is_brought_in_again_plans_nobody_twice(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, HANAKO, TARO)
    again = planned(parts, tmp_path, HANAKO.replace("1500", "1400"), TARO, SECOND, *people(1), name="again")
    assert {
        "planned_before": (1, [3]),
        "planned_with_another_sum": (1, [2]),
        "has_a_right_already": (1, [4]),
    } == left_out(again)
    assert (1, [(3,)]) == (again.planned, rows(parts, "SELECT count(*) FROM deliveries"))


def test_a_coupon_that_somebody_has_applied_for_is_left_out(parts: Parts, tmp_path: Path) -> None:
    with autocommit(parts.db) as connection:
        connection.execute(CLAIMED)
    assert {"applied_for": (1, [2])} == left_out(planned(parts, tmp_path, HANAKO, TARO))


def test_members_with_unlike_contacts_are_left_out_and_shared_telephones_are_shown(
    parts: Parts, tmp_path: Path
) -> None:
    found = planned(
        parts,
        tmp_path,
        "09,TG100001,2023-02-23,500,090-1111-1111,,active,m1,",
        "09,TG100002,2023-02-23,500,090-2222-2222,,active,m1,",
        "09,TG100003,2023-02-23,500,090-3333-3333,,active,m2,",
        "09,TG100004,2023-02-23,500,090-3333-3333,,active,m3,",
    )
    assert {"unlike_contacts": (2, [2, 3]), "shared_phone": (2, [4, 5])} == left_out(found)
    assert 2 == found.planned


def test_two_lists_at_the_same_moment_plan_nobody_twice(parts: Parts, tmp_path: Path) -> None:
    listed, found = a_list(tmp_path, *people(300)), []

    def bring_in(name: str) -> None:
        found.append(plan(parts, Source(listed), name, Told(), without_bad_rows=False).planned)

    threads = [threading.Thread(target=bring_in, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([300], [(300,)]) == ([each for each in found if each], rows(parts, "SELECT count(*) FROM deliveries"))


def test_a_name_that_is_taken_is_refused(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, HANAKO)
    with pytest.raises(CannotPlan, match="april"):
        planned(parts, tmp_path, TARO)


def test_how_many_are_where_is_known_without_counting_rows(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, *people(50))
    mailing = mailings.by_name(parts.db, "april")
    assert mailing
    with autocommit(parts.db) as connection:
        connection.execute(SEVEN_CANCELLED)
        connection.execute("UPDATE deliveries SET due_at = now() WHERE state = 'planned'")
    assert {"planned": 43, "cancelled": 7} == mailings.counts(parts.db, mailing.id)
    this_minute = mailing.created_at.replace(second=0, microsecond=0)
    assert [("cancelled", 7)] == [each[1:] for each in mailings.minutes(parts.db, mailing.id, since=this_minute)]


def test_a_long_list_needs_no_more_memory_than_a_short_one(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, *people(100))
    listed = a_list(tmp_path, *people(6_000, first=20_000_001))
    tracemalloc.start()
    try:
        assert 6_000 == plan(parts, Source(listed), "long", Told(), without_bad_rows=False).planned
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_contacts_are_erased_when_the_chats_are(parts: Parts, tmp_path: Path) -> None:
    planned(parts, tmp_path, HANAKO)
    now = parts.clock.now()
    for over in (False, True):
        erasure.erase(parts.db, now=now, chats_are_over=over, pages_before=now, messages_before=now)
        assert [(not over,)] == rows(parts, "SELECT contacts IS NOT NULL FROM deliveries")


SEVEN_CANCELLED = """
UPDATE deliveries SET state = 'cancelled', due_at = NULL WHERE id IN (SELECT id FROM deliveries LIMIT 7)
"""

CLAIMED = """
WITH claim AS (
    INSERT INTO claims (id, idempotency_key, request_digest, receipt_no, applicant, campaign, campaign_version, state,
        acted_at)
    VALUES (gen_random_uuid(), 'k', '', '1234567897', '', 'tochigi-2023-02', 2, 'accepted', now()) RETURNING id
)
INSERT INTO claim_coupons (claim, prefecture, number, trip_date, live)
SELECT id, '09', '44010012', '2023-02-23', true FROM claim
"""
