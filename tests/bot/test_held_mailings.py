"""What a mailing brings waits for a case of (B) too, and a list brings what the case gave back (rules.md §1.4(2))."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.case_decisions import is_by_hand
from bot.deliveries import running
from bot.deliveries.planning import Source, Told, look_through, plan
from bot.parts import Parts
from bot.store import cases
from bot.store.db import autocommit
from dialogs.rules.cases import CaseState
from tests.bot.claims_house import coupon, import_coupons
from tests.bot.held_house import decide, found, number_of, told_of, worker
from tests.bot.mailing_house import a_list
from tests.bot.refunds_house import counter, rows
from tests.bot.test_held_for_a_case import RIGHTS, STATES, URLS, accepted
from tests.bot.test_mailing_applicants import move_to

# Mailings plan by the ways that there are; nothing here is sent.
SENDERS = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "office@counter.example.jp",
}
LISTED = "SELECT e.amount, d.reason FROM deliveries d JOIN entitlements e ON e.id = d.entitlement ORDER BY e.amount"
DUE = """
SELECT e.amount FROM deliveries d JOIN entitlements e ON e.id = d.entitlement
WHERE d.state = 'planned' AND d.due_at <= now() ORDER BY e.amount
"""


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url, **SENDERS) as opened:
        opened.redis.flushdb()
        yield opened


def test_what_a_mailing_was_to_bring_is_called_back_and_held_from_the_next_one(parts: Parts) -> None:
    accepted(parts)
    april = Source(accepted_claims=True)
    assert 1 == plan(parts, april, "april", Told(), without_bad_rows=False).planned
    case = told_of(parts, number_of(1))
    assert [("held", 1000)] == rows(parts, STATES)
    assert [("cancelled", "held")] == rows(parts, "SELECT state, reason FROM deliveries")
    assert None is plan(parts, april, "may", Told(), without_bad_rows=False).planned
    found(parts, case, 500)
    worker(parts)
    assert ([("planned", 1500)], [("cancelled",), ("planned",)]) == (rows(parts, RIGHTS), rows(parts, URLS))


def test_what_was_held_after_a_cancelled_mailing_goes_by_itself_alone(parts: Parts) -> None:
    accepted(parts)
    source = Source(accepted_claims=True)
    plan(parts, source, "april", Told(), without_bad_rows=False)
    running.cancel(parts, "april", by="佐藤")
    found(parts, told_of(parts, number_of(1)), 500)
    worker(parts)
    assert [("cancelled",), ("planned",)] == rows(parts, URLS)
    assert None is plan(parts, source, "may", Told(), without_bad_rows=False).planned
    assert [("cancelled",)] == rows(parts, "SELECT state FROM deliveries")


def test_what_a_mailing_has_begun_to_bring_cannot_be_held(parts: Parts) -> None:
    accepted(parts)
    plan(parts, Source(accepted_claims=True), "april", Told(), without_bad_rows=False)
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE deliveries SET state = 'sending', attempts = 1")
    told_of(parts, number_of(1))
    assert [("accepted", 1000)] == rows(parts, STATES)


def test_a_url_that_is_out_and_goes_elsewhere_by_now_still_goes_there(parts: Parts) -> None:
    row = accepted(parts)
    plan(parts, Source(accepted_claims=True), "april", Told(), without_bad_rows=False)
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE deliveries SET state = 'accepted', attempts = 1")
    move_to(parts, row, "+819033334444")
    told_of(parts, number_of(1))
    assert ([("accepted", 1000)], [("cancelled",), ("planned",)]) == (rows(parts, STATES), rows(parts, URLS))


def test_a_list_leaves_out_whoever_has_an_open_case_until_it_is_decided(parts: Parts, tmp_path: Path) -> None:
    listed = a_list(
        tmp_path,
        "09,A00001,2023-02-23,1500,090-1234-5678,hanako@docomo.ne.jp,active,,",
        "09,A00002,2023-02-23,700,090-1234-5678,hanako@docomo.ne.jp,active,,",
        "09,A00003,2023-02-23,900,,taro@example.jp,active,,",
    )
    case = told_of(parts, number_of(1))
    looked = look_through(parts, Source(listed), Told())
    assert (1, [2, 3]) == (looked.people, list(looked.left_out["case_open"].lines))
    decide(parts, case, CaseState.CHECKING, CaseState.NOT_FOUND)
    assert 2 == look_through(parts, Source(listed), Told()).people


def test_what_a_list_has_planned_waits_for_a_case_that_comes_later(parts: Parts, tmp_path: Path) -> None:
    listed = a_list(
        tmp_path,
        "09,A00001,2023-02-23,1000,090-1234-5678,,active,M1,",
        "09,A00002,2023-02-23,700,090-1234-5678,,active,M1,",
        "09,A00003,2023-02-23,900,,taro@example.jp,active,M2,",
    )
    plan(parts, Source(listed), "april", Told(), without_bad_rows=False)
    first, second = told_of(parts, number_of(1)), told_of(parts, number_of(2))
    assert [(900, ""), (1700, "held")] == rows(parts, LISTED)
    assert [(900,)] == rows(parts, DUE)
    found(parts, first, 500)
    assert [(900,)] == rows(parts, DUE)
    decide(parts, second, CaseState.CHECKING, CaseState.NOT_FOUND)
    assert [(900,), (2200,)] == rows(parts, DUE)
    assert [(900, ""), (2200, "")] == rows(parts, LISTED)
    assert not is_by_hand_now(parts, first)


def test_what_a_list_has_begun_to_send_is_not_held_and_keeps_its_sum(parts: Parts, tmp_path: Path) -> None:
    listed = a_list(tmp_path, "09,A00001,2023-02-23,1000,090-1234-5678,,active,,")
    plan(parts, Source(listed), "april", Told(), without_bad_rows=False)
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE deliveries SET state = 'sending', attempts = 1")
    case = told_of(parts, number_of(1))
    found(parts, case, 500)
    assert [(1000, "")] == rows(parts, LISTED)
    assert is_by_hand_now(parts, case)


def is_by_hand_now(parts: Parts, case_no: str) -> bool:
    case = cases.by_no(parts.db, case_no)
    assert case
    return is_by_hand(parts, case)


def test_a_list_brings_what_was_given_back_though_its_own_balance_is_none(parts: Parts, tmp_path: Path) -> None:
    import_coupons(parts.db, coupon(number_of(1), 0, charged=True), coupon(number_of(2), 700, charged=True))
    for serial in (1, 2):
        found(parts, told_of(parts, number_of(serial)), 500)
    listed = a_list(
        tmp_path,
        "09,A00001,2023-02-23,0,090-1234-5678,,active,,",
        "09,A00002,2023-02-23,700,,taro@example.jp,active,,",
        "09,A00003,2023-02-23,0,,jiro@example.jp,active,,",
    )
    planned = plan(parts, Source(listed), "april", Told(), without_bad_rows=False)
    assert (2, [4]) == (planned.planned, list(planned.left_out["no_balance"].lines))
    assert [(500,), (1200,)] == rows(parts, "SELECT amount FROM entitlements ORDER BY amount")
