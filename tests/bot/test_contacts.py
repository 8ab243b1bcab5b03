"""Where a URL goes, changed by staff alone: one URL at any time, the old contact told, the backend's words kept."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from bot import contacts, rewards
from bot.asked import is_in_claim, movable
from bot.contacts import NoSuchChange
from bot.filing import open_claim
from bot.parts import Parts
from bot.staff_names import NoName
from bot.store import contact_changes, erasure, known_claims, submissions
from bot.store.contact_changes import ChangeCalledOff
from bot.store.db import transaction
from bot.store.known_claims import Known, Whose
from bot.store.submissions import NewSubmission
from bot.submission import hand_in
from dialogs.rules.claim import DeliveryTarget
from tests.bot.claims_house import TRIP
from tests.bot.refunds_house import APRIL, application, ask, counter, due, rows, settle

HANAKO = b"hanako"
KEYS = ("receipt_nos", "why")
OLD, NEW = DeliveryTarget("sms", "+819011112222"), DeliveryTarget("mail", "hanako@example.jp")
OTHER = DeliveryTarget("sms", "+819099998888")
NEW_PHONE = DeliveryTarget("sms", "+818033334444")
LETTERS = "SELECT address, body FROM outgoing WHERE purpose = %(purpose)s AND state = %(state)s ORDER BY id"
URL = re.compile(r"/r/(\w+)")


def ask_for_change(parts: Parts, row: NewSubmission, target: DeliveryTarget = NEW) -> bool:
    """As a turn asks for it; False when one waits already."""
    mine = next(each for each in contact_changes.movable(parts.db, Whose(HANAKO)) if each.receipt_no == row.receipt_no)
    change, word = contacts.asked_for(parts, mine, target, parts.campaign, at=APRIL, language="ja")
    assert word
    with transaction(parts.db) as connection:
        return contact_changes.write(connection, change)


def ask_for_another(parts: Parts, receipt_no: str) -> None:
    """The person calls off what they asked for, and asks for something else at once."""
    mine = next(each for each in contact_changes.movable(parts.db, Whose(HANAKO)) if each.receipt_no == receipt_no)
    change, _ = contacts.asked_for(parts, mine, OTHER, parts.campaign, at=APRIL, language="ja")
    with transaction(parts.db) as connection:
        assert contact_changes.write(connection, ChangeCalledOff(receipt_no, HANAKO, APRIL))
        assert contact_changes.write(connection, change)


def accepted(parts: Parts, serial: int = 1, message: str = "planned") -> NewSubmission:
    """An application with a right to points; its URL's message is in that state."""
    row = application(parts, serial)
    settle(parts, due(parts, row))
    with transaction(parts.db) as connection:
        connection.execute("UPDATE outgoing SET state = %s WHERE purpose = 'reward_url'", [message])
    return row


def letters(parts: Parts, purpose: str, state: str = "planned") -> list[tuple[DeliveryTarget, str]]:
    """Where to and what: the messages of that purpose and state, oldest first."""
    with parts.db.connection() as connection:
        found = connection.execute(LETTERS, {"purpose": purpose, "state": state}).fetchall()
    return [
        (
            DeliveryTarget(*parts.vault.open_json(address, "address")),
            parts.vault.open_json(body, "body")[0]["text"],
        )
        for address, body in found
    ]


def mark(parts: Parts) -> str:
    """Of the one change that waits."""
    (waits,) = contacts.waiting(parts)
    return waits.mark


def url(parts: Parts) -> tuple[DeliveryTarget, str]:
    """The one message that is to bring the URL, and the secret in it."""
    ((to, text),) = letters(parts, "reward_url")
    found = URL.search(text)
    assert found
    return to, found[1]


def test_before_staff_agree_nothing_changes_and_the_old_contact_is_warned(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        mine = contact_changes.movable(parts.db, Whose(HANAKO))[0]
        _, word = contacts.asked_for(parts, mine, NEW, parts.campaign, at=APRIL, language="ja")
        assert word
        assert ["sms", OLD.value] == parts.vault.open_json(word.address, "address")
        assert "お心当たりがなければ" in parts.vault.open_json(word.body, "body")[0]["text"]
        assert ask_for_change(parts, row)
        assert OLD == url(parts)[0]
        (waits,) = contacts.waiting(parts)
        assert (row.receipt_no, "090-****-2222", "h***@example.jp") == (waits.receipt_no, waits.old, waits.new)


def test_a_url_that_waits_goes_to_the_new_contact_as_it_is(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        _, secret = url(parts)
        assert ask_for_change(parts, row)
        contacts.approve(parts, row.receipt_no, seen=mark(parts), by="佐藤")
        assert (NEW, secret) == url(parts)
        assert [OLD] == [to for to, _ in letters(parts, "reward_url", "cancelled")]
        assert rewards.find(parts, secret) is not None


@pytest.mark.parametrize("state", ["sending", "sent", "delivered", "undelivered", "unknown", "refused"])
def test_a_url_that_is_out_dies_and_one_other_takes_its_place(database_url: str, redis_url: str, state: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        _, old_secret = url(parts)
        with transaction(parts.db) as connection:
            connection.execute("UPDATE outgoing SET state = %s", [state])
        assert ask_for_change(parts, row)
        contacts.approve(parts, row.receipt_no, seen=mark(parts), by="佐藤")
        to, secret = url(parts)
        assert NEW == to
        assert (None, True) == (rewards.find(parts, old_secret), rewards.find(parts, secret) is not None)
        assert [(1,)] == rows(parts, "SELECT count(*) FROM entitlements")


def test_both_contacts_are_told_and_staff_stand_in_the_audit(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        assert ask_for_change(parts, row)
        contacts.approve(parts, row.receipt_no, seen=mark(parts), by="　佐藤 ")
        told = letters(parts, "contact_change")
        assert [OLD, NEW] == [to for to, _ in told]
        assert all(row.receipt_no[-4:] in text for _, text in told)
        assert [("佐藤", "contact_change.approved", row.receipt_no)] == rows(
            parts, "SELECT actor, action, subject FROM audit"
        )
        assert [] == contacts.waiting(parts)


@pytest.mark.parametrize("filed_there", [True, False])
def test_after_the_move_whoever_has_the_old_number_next_finds_nothing(
    database_url: str, redis_url: str, filed_there: bool
) -> None:
    with counter(database_url, redis_url) as parts:
        row, old = accepted(parts), Whose(parts.vault.fingerprint("sms", OLD.value))
        with transaction(parts.db) as connection:
            if filed_there:
                connection.execute("UPDATE submissions SET person = %s", [old.person])
            else:
                known_claims.know(connection, Known(old.person, row.id, APRIL))
        mine = contact_changes.movable(parts.db, old)[0]
        change, _ = contacts.asked_for(parts, mine, NEW_PHONE, parts.campaign, at=APRIL, language="ja")
        with transaction(parts.db) as connection:
            assert contact_changes.write(connection, change)
        contacts.approve(parts, row.receipt_no, seen=mark(parts), by="佐藤")
        theirs = Whose(parts.vault.fingerprint("sms", NEW_PHONE.value) if filed_there else HANAKO)
        assert [] == submissions.of_person(parts.db, old)
        assert [row.receipt_no] == [each.receipt_no for each in submissions.of_person(parts.db, theirs)]
        with transaction(parts.db) as connection:
            assert not submissions.withdraw(connection, submissions.Withdrawal(row.receipt_no, old.person, APRIL))


def test_the_backend_reads_the_application_as_it_was_filed_and_the_url_goes_where_it_goes_now(
    database_url: str, redis_url: str
) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        hand_in(parts, due(parts, row))
        assert ask_for_change(parts, row)
        contacts.approve(parts, row.receipt_no, seen=mark(parts), by="佐藤")
        with transaction(parts.db) as connection:
            connection.execute("UPDATE submissions SET state = 'filed', lease_until = '-infinity', due_at = now()")
        handed_in = due(parts, row)
        assert (OLD, NEW) == (
            open_claim(parts, handed_in.as_filed).target,
            open_claim(parts, handed_in.claim).target,
        )
        hand_in(parts, handed_in)
        assert [("pending", "no_match")] == rows(parts, "SELECT state, reason FROM submissions")
        assert [(parts.vault.fingerprint("mail", NEW.value),)] == rows(parts, "SELECT target FROM submissions")


def test_one_change_is_open_at_a_time_and_its_person_may_call_it_off(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        assert ask_for_change(parts, row)
        assert not ask_for_change(parts, row)
        assert [row.receipt_no] == movable(parts, Whose(HANAKO), parts.campaign, APRIL)["asked"]
        with transaction(parts.db) as connection:
            assert not contact_changes.write(connection, ChangeCalledOff(row.receipt_no, b"taro", APRIL))
            assert contact_changes.write(connection, ChangeCalledOff(row.receipt_no, HANAKO, APRIL))
            assert not contact_changes.write(connection, ChangeCalledOff(row.receipt_no, HANAKO, APRIL))
        assert [] == movable(parts, Whose(HANAKO), parts.campaign, APRIL)["asked"]
        with pytest.raises(NoSuchChange):
            contacts.approve(parts, row.receipt_no, seen="", by="佐藤")
        assert ask_for_change(parts, row)


def test_a_refused_change_changes_nothing_and_the_person_is_told(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        before = url(parts)
        assert ask_for_change(parts, row)
        with pytest.raises(NoName):
            contacts.refuse(parts, row.receipt_no, seen=mark(parts), reason="電話に出ない", by=" ")
        contacts.refuse(parts, row.receipt_no, seen=mark(parts), reason="電話に出ない", by="鈴木")
        assert before == url(parts)
        ((to, text),) = letters(parts, "contact_change")
        assert (NEW, False) == (to, "電話に出ない" in text)
        assert OLD == open_claim(parts, due_claim(parts)).target


def due_claim(parts: Parts) -> bytes:
    ((claim,),) = rows(parts, "SELECT claim FROM submissions")
    return bytes(claim)


def test_only_what_can_still_bring_a_url_can_go_elsewhere(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        assert [row.receipt_no] == movable(parts, Whose(HANAKO), parts.campaign, APRIL)["receipt_nos"]
        assert [] == movable(parts, Whose(b"taro"), parts.campaign, APRIL)["receipt_nos"]
        over = datetime.fromisoformat("2023-06-01T00:00:00+09:00")
        assert "over" == movable(parts, Whose(HANAKO), parts.campaign, over)["why"]
        assert ask(parts, row)
        assert ([], "refund") == tuple(movable(parts, Whose(HANAKO), parts.campaign, APRIL)[key] for key in KEYS)
        assert ([], "none") == tuple(movable(parts, Whose(b"taro"), parts.campaign, APRIL)[key] for key in KEYS)


def test_a_coupon_is_known_by_number_and_day_together(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = application(parts, 1)
        number = open_claim(parts, row.claim).coupons[0].number
        assert is_in_claim(parts, Whose(HANAKO), row.receipt_no, number, TRIP)
        assert not is_in_claim(parts, Whose(HANAKO), row.receipt_no, number, TRIP - timedelta(days=1))
        assert not is_in_claim(parts, Whose(HANAKO), row.receipt_no, "A99999", TRIP)
        assert not is_in_claim(parts, Whose(b"taro"), row.receipt_no, number, TRIP)


def test_the_new_contact_is_erased_on_its_date(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        assert ask_for_change(parts, row)
        for at, kept in (("2023-08-29", 1), ("2023-08-31", 0)):
            erase_on(parts, datetime.fromisoformat(f"{at}T12:00:00+09:00"))
            assert [(kept,)] == rows(parts, "SELECT count(*) FROM contact_changes WHERE target IS NOT NULL")


def erase_on(parts: Parts, day: datetime) -> None:
    long_ago = day - timedelta(days=900)
    erasure.erase(parts.db, now=day, chats_are_over=False, pages_before=long_ago, messages_before=long_ago)


def test_who_withdraws_afterwards_calls_back_the_url_that_waits(database_url: str, redis_url: str) -> None:
    with counter(database_url, redis_url) as parts:
        row = accepted(parts)
        assert ask_for_change(parts, row)
        contacts.approve(parts, row.receipt_no, seen=mark(parts), by="佐藤")
        with transaction(parts.db) as connection:
            assert submissions.withdraw(connection, submissions.Withdrawal(row.receipt_no, HANAKO, APRIL))
        assert [] == letters(parts, "reward_url")
