"""Applicants in mailings: their URL goes once, whichever way it went first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from psycopg import Rollback
from uuid_utils.compat import uuid7

from bot import contacts, refunds, rewards
from bot.deliveries import running
from bot.deliveries.planning import CannotPlan, Found, Source, Told, look_through, plan
from bot.deliveries.preview import of_mailing
from bot.filing import open_claim, seal_claim, standings
from bot.parts import Parts
from bot.store import contact_changes, overview, submissions
from bot.store.db import autocommit, transaction
from bot.store.known_claims import Whose
from bot.store.submissions import DueSubmission, NewSubmission, Outcome, Withdrawal
from dialogs.rules.claim import DeliveryTarget
from integrations.emulator.fixture import Emulator
from tests.bot.claims_house import claim
from tests.bot.issuing_house import hired, send_all
from tests.bot.mailing_house import a_list, rows
from tests.bot.refunds_house import DETAILS
from tests.bot.test_mailing_send import at_work, counts, start, until

APRIL = datetime.fromisoformat("2023-04-05T10:00:00+09:00")
HANAKO, MAIL = "+819011112222", "hanako@example.jp"


def accepted(parts: Parts, serial: int = 1, *, target: str = HANAKO, contact: str = MAIL) -> NewSubmission:
    """An application that was accepted just now, its URL planned as ever."""
    kind: Literal["sms", "mail"] = "mail" if "@" in target else "sms"
    made = claim(serial, f"A{serial:05}", contact=contact, target=DeliveryTarget(kind, target))
    row = NewSubmission(
        id=uuid7(),
        receipt_no=made.receipt_no,
        conversation=uuid7(),
        channel="web",
        person=f"person {serial}".encode(),
        campaign=made.campaign,
        campaign_version=made.campaign_version,
        acted_at=APRIL,
        claim=seal_claim(parts, made),
        target=parts.vault.fingerprint(kind, target),
        erase_at=APRIL + timedelta(days=1800),
    )
    with transaction(parts.db) as connection:
        submissions.insert(connection, row)
        assert submissions.settle(connection, row.id, Outcome("accepted", 1200, "", None, APRIL))
        due = DueSubmission(
            row.id, row.receipt_no, None, "web", row.person, row.campaign, 1, row.claim, "accepted", 1, row.claim
        )
        rewards.entitle(parts, connection, due, made, amount=1200, language="ja")
    return row


def planned(parts: Parts, name: str = "april", *, path: Path | None = None) -> Found:
    return plan(parts, Source(path, accepted_claims=True), name, Told(), without_bad_rows=False)


def send_singly(parts: Parts) -> None:
    with hired(parts) as worker:
        send_all(worker)


def url_of(parts: Parts, row: NewSubmission) -> str:
    [one] = standings(parts, Whose(row.person))
    return one.url


def test_accepted_claims_go_with_a_list_each_once_and_with_the_words_for_who_applied(
    sending: tuple[Parts, Emulator], tmp_path: Path
) -> None:
    parts, emulator = sending
    row = accepted(parts)
    listed = a_list(tmp_path, "09,TG10000001,2023-02-23,1000,090-1000-0001,,active,,")
    assert (2, 1, None) == _figures(look_through(parts, Source(listed, accepted_claims=True), Told()))
    assert [] == rows(parts, "SELECT FROM mailings")
    assert (2, 1, 2) == _figures(planned(parts, path=listed))
    assert "planned" == url_of(parts, row)
    [mine, _] = sorted(of_mailing(parts, running.found(parts, "april")).lines, key=lambda line: -line.share.applied)
    assert ("sms", True, 1) == (mine.share.way, mine.share.applied, mine.share.people)
    start(parts)
    with at_work(parts):
        until(lambda: {"delivered": 2} == counts(parts))
    send_singly(parts)
    [text] = emulator.sms.inbox(HANAKO)
    assert row.receipt_no[-4:] in text["body"]
    assert [("cancelled", "by_mailing")] == rows(
        parts, "SELECT state, error FROM outgoing WHERE purpose = 'reward_url'"
    )
    assert "sent" == url_of(parts, row)
    right = overview.right_of(parts.db, row.id)
    assert right
    assert "april, delivered" == right.mailing


def _figures(found: Found) -> tuple[int, int, int | None]:
    return found.people, found.applied.count, found.planned


def test_whose_url_has_touched_the_wire_is_not_planned(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    accepted(parts)
    send_singly(parts)
    assert 1 == len(emulator.sms.inbox(HANAKO))
    assert (0, 0, None) == _figures(planned(parts))
    assert [] == rows(parts, "SELECT FROM deliveries")


def test_the_delivery_target_comes_first_and_the_other_contact_where_it_fails(
    sending: tuple[Parts, Emulator],
) -> None:
    parts, _ = sending
    accepted(parts, 1, target=MAIL, contact=HANAKO)
    accepted(parts, 2, target="+15005550009", contact="taro@example.jp")
    accepted(parts, 3, contact="028-600-0000")
    planned(parts)
    ways = "SELECT ways FROM deliveries d JOIN entitlements e ON e.id = d.entitlement ORDER BY e.id"
    assert [(["mail", "sms", "sms_plain"],), (["sms", "mail", "sms_plain"],), (["sms", "sms_plain"],)] == rows(
        parts, ways
    )


def test_what_a_cancelled_mailing_had_not_sent_goes_with_another_one(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    accepted(parts)
    planned(parts)
    assert 1 == running.cancel(parts, "april", by="佐藤")
    assert 1 == planned(parts, "may").applied.count
    start(parts, "may")
    with at_work(parts):
        until(lambda: {"delivered": 1} == counts(parts, "may"))
    assert ({}, 1) == (counts(parts), len(emulator.sms.inbox(HANAKO)))
    with pytest.raises(CannotPlan):
        planned(parts, "may")


def test_an_application_is_withdrawn_only_while_its_mailing_has_not_sent_it(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    waits, gone = accepted(parts, 1), accepted(parts, 2, target=MAIL)
    planned(parts)
    with autocommit(parts.db) as connection:
        connection.execute(
            "UPDATE deliveries SET attempts = 1, state = 'accepted' WHERE mail_group <> '' AND ways[1] = 'mail'"
        )
    assert [(waits.receipt_no, True)] == submissions.withdrawable(parts.db, Whose(waits.person))
    assert [(gone.receipt_no, False)] == submissions.withdrawable(parts.db, Whose(gone.person))
    with transaction(parts.db) as connection:
        assert submissions.withdraw(connection, Withdrawal(waits.receipt_no, waits.person, APRIL))
    with transaction(parts.db) as connection:
        assert not submissions.withdraw(connection, Withdrawal(gone.receipt_no, gone.person, APRIL))
        raise Rollback
    assert {"cancelled": 1, "accepted": 1} == counts(parts)
    assert [] == emulator.sms.inbox(HANAKO)


def test_who_asked_for_money_meanwhile_gets_no_url_and_gets_it_when_the_refund_is_taken_back(
    sending: tuple[Parts, Emulator],
) -> None:
    parts, emulator = sending
    row = accepted(parts)
    planned(parts)
    with transaction(parts.db) as connection:
        assert refunds.apply(parts, connection, DETAILS, application=row, at=APRIL)
    start(parts)
    with at_work(parts):
        until(lambda: {"cancelled": 1} == counts(parts))
    assert [] == emulator.sms.inbox(HANAKO)
    with transaction(parts.db) as connection:
        refunds.cancel(parts, connection, row.receipt_no, at=APRIL)
    send_singly(parts)
    assert 1 == len(emulator.sms.inbox(HANAKO))
    assert "sent" == url_of(parts, row)


@pytest.mark.parametrize("out", [False, True])
def test_a_change_of_contact_stops_what_the_mailing_has_in_hand(sending: tuple[Parts, Emulator], out: bool) -> None:
    parts, emulator = sending
    row = accepted(parts)
    planned(parts)
    start(parts)
    if out:
        emulator.faults.set({"twilio.callback": [{"do": "drop"}]})
        with at_work(parts):
            until(lambda: {"accepted": 1} == counts(parts))
    move_to(parts, row, "+819033334444")
    with at_work(parts):
        until(lambda: {"cancelled": 1} == counts(parts))
        send_singly(parts)
    assert int(out) == sum("/r/" in text["body"] for text in emulator.sms.inbox(HANAKO))
    [there] = [text["body"] for text in emulator.sms.inbox("+819033334444") if "/r/" in text["body"]]
    assert "/r/" in there
    assert 0 == planned(parts, "later").applied.count


def test_what_goes_by_itself_after_a_cancelled_mailing_goes_with_no_other_one(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    row = accepted(parts)
    planned(parts)
    running.cancel(parts, "april", by="佐藤")
    move_to(parts, row, "+819033334444")
    assert 0 == planned(parts, "may").applied.count
    send_singly(parts)
    assert 1 == sum("/r/" in text["body"] for text in emulator.sms.inbox("+819033334444"))
    assert {"cancelled": 1} == counts(parts)


def move_to(parts: Parts, row: NewSubmission, number: str) -> None:
    """Staff approve that the URL of an application goes to that number."""
    [mine] = contact_changes.movable(parts.db, Whose(row.person))
    target = DeliveryTarget("sms", number)
    change, _ = contacts.asked_for(parts, mine, target, parts.campaign, at=APRIL, language="ja")
    with transaction(parts.db) as connection:
        contact_changes.write(connection, change)
    contacts.approve(parts, row.receipt_no, seen=change.mark, by="佐藤")
    assert target == open_claim(parts, _claim(parts, row)).target


def _claim(parts: Parts, row: NewSubmission) -> bytes:
    [(sealed,)] = rows(parts, "SELECT claim FROM submissions WHERE id = %s", row.id)
    return bytes(sealed)


def test_two_plans_at_once_and_a_worker_beside_them_send_each_url_once(sending: tuple[Parts, Emulator]) -> None:
    parts, emulator = sending
    numbers = [f"+8190{serial}" for serial in range(10_000_001, 10_000_031)]
    for serial, number in enumerate(numbers, 1):
        accepted(parts, serial, target=number, contact=number)
    with ThreadPoolExecutor(3) as pool:
        tries = [pool.submit(planned, parts, "one"), pool.submit(planned, parts, "two")]
        pool.submit(send_singly, parts).result()
        found = [each.result().applied.count for each in tries]
    for name, count in zip(("one", "two"), found, strict=True):
        if count:
            start(parts, name)
    with at_work(parts):
        until(lambda: [1] * 30 == [len(emulator.sms.inbox(number)) for number in numbers])
