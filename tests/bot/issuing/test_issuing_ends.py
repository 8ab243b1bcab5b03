"""What comes after the code, and without one: who waited is told, what was not chosen ends, what was is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot import rewards
from bot.parts import Parts
from bot.store import erasure
from bot.store.db import autocommit
from bot.worker import Worker, issue_codes
from dialogs.rules.campaign_versions import Campaigns
from integrations.emulator.fixture import Emulator
from tests.bot.issuing_house import chosen, hired, later, now, send_all
from tests.bot.refunds_house import APRIL, application, due, move, rows, settle

OF_A_LIST = """
INSERT INTO entitlements (id, coupon_number, campaign, campaign_version, amount, token_hash, token, created_at, state,
    brand, chosen_at, target)
SELECT gen_random_uuid(), 'AB99887766', 'tochigi-2023-02', 2, 900, sha256('2'), '', now(), 'chosen', 'edy', %s, %s
"""


def test_who_waited_long_is_told_when_the_code_is_there(parts: Parts, work: Worker, emulator: Emulator) -> None:
    right = chosen(parts)
    emulator.faults.set({"vendor.issue": [{"do": "status", "status": 429, "times": 1}]})
    issue_codes(work)
    move(parts, APRIL + timedelta(minutes=2))
    later(work)
    send_all(work)
    text = emulator.sms.wait_for("+819011112222", "コードができました")["body"]
    assert right.receipt_no[-4:] in text
    assert "http" not in text
    assert emulator.gifts.all()[0].code not in text


def test_who_never_applied_is_told_by_the_end_of_their_coupons_number(
    parts: Parts, work: Worker, emulator: Emulator
) -> None:
    target = parts.vault.seal_json(["sms", "+818011112222"], "entitlements.target")
    with autocommit(parts.db) as connection:
        connection.execute(OF_A_LIST, (APRIL - timedelta(hours=1), target))
    issue_codes(work)
    send_all(work)
    assert "お問合せ番号末尾7766の方へ" in emulator.sms.wait_for("+818011112222", "コードができました")["body"]


def test_without_a_vendor_a_choice_waits_and_is_kept(parts: Parts, work: Worker) -> None:
    right = chosen(parts)
    alone = replace(parts, rewards=None)
    with hired(alone) as without:
        issue_codes(without)
    assert ("chosen", None) == now(parts, right)
    assert "cannot_issue" == rewards.choose(alone, right, "edy", at=APRIL)
    assert {"unavailable"} == {offer.why_not for offer in rewards.offers(alone, right, at=APRIL)}
    later(work)
    assert "issued" == now(parts, right)[0]


def test_a_choice_of_the_last_second_is_issued_however_long_the_vendor_was_away(
    parts: Parts, work: Worker, emulator: Emulator
) -> None:
    move(parts, parts.campaign.dates.receive_end - timedelta(seconds=1))
    right = chosen(parts)
    move(parts, parts.campaign.dates.receive_end + timedelta(days=3))
    emulator.clock.set(parts.clock.now())
    later(work)
    assert "issued" == now(parts, right)[0]


def test_what_is_not_chosen_ends_an_hour_after_the_last_day_and_what_was_does_not(parts: Parts) -> None:
    right = chosen(parts, 1)
    settle(parts, due(parts, application(parts, 2)))
    end = parts.campaign.dates.receive_end
    for moment, expected in ((end, "planned"), (end + timedelta(hours=1), "expired")):
        move(parts, moment)
        rewards.expire(parts)
        assert [("chosen",), (expected,)] == rows(parts, "SELECT state FROM entitlements ORDER BY id")
    assert "chosen" == now(parts, right)[0]


def test_each_version_of_a_campaign_has_its_own_last_day(parts: Parts) -> None:
    settle(parts, due(parts, application(parts, 1)))
    first = parts.campaign
    later_end = replace(first.dates, receive_end=first.dates.receive_end + timedelta(days=30))
    third = replace(first, version=first.version + 1, dates=later_end)
    both = replace(parts, campaigns=Campaigns([first, third]))
    with autocommit(parts.db) as connection:
        connection.execute("UPDATE entitlements SET campaign_version = %s", (third.version,))
    move(parts, first.dates.receive_end + timedelta(hours=2))
    rewards.expire(both)
    assert [("planned",)] == rows(parts, "SELECT state FROM entitlements")


def test_a_code_is_erased_on_its_date(parts: Parts, work: Worker) -> None:
    right = chosen(parts)
    issue_codes(work)
    kept = rewards.kept_until(parts.campaign)
    for moment, left in ((kept - timedelta(days=1), 1), (kept, 0)):
        erasure.erase(parts.db, now=moment, chats_are_over=False, pages_before=moment, messages_before=APRIL)
        assert [(left,)] == rows(parts, "SELECT count(code) FROM entitlements")
    assert ("issued", None) == now(parts, right)


def test_a_url_that_has_gone_out_is_noted(parts: Parts, work: Worker) -> None:
    settle(parts, due(parts, application(parts, 1)))
    send_all(work)
    noted = rows(parts, "SELECT state, notified_at FROM entitlements")
    assert [("notified", True)] == [(state, isinstance(at, datetime)) for state, at in noted]
