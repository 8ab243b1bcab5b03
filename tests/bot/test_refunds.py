"""One refund: asked for in place of points, checked, corrected, given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import psycopg
import pytest

from bot import refund_files, refunds
from bot.parts import Parts
from bot.refund_details import PLACE, open_details
from bot.refunds import AccountChanged, NoSuchRefund, NotAccepted, NotNow
from bot.returned_transfers import take_back
from bot.staff_names import NoName
from bot.store import entitlements, erasure
from bot.store import refund_files as kept_files
from bot.store import refunds as kept
from bot.store.db import transaction
from bot.store.refund_files import NewRefundFile
from bot.store.refunds import Corrected
from dialogs.rules.claim import make_receipt_no
from dialogs.rules.refund import ReturnReason
from integrations.zengin import Unwritable
from tests.bot.refunds_house import (
    APRIL,
    DETAILS,
    MAY,
    accept,
    application,
    ask,
    check,
    checked,
    correct,
    counter,
    due,
    mark,
    move,
    rows,
    sender,
    settle,
    state,
)


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield opened


def cancel(parts: Parts, receipt_no: str) -> None:
    with transaction(parts.db) as connection:
        refunds.cancel(parts, connection, receipt_no, at=APRIL)


def cannot_come_back(parts: Parts, receipt_no: str) -> None:
    with pytest.raises(NotNow):
        take_back(parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by="佐藤")


def too_late(act: Callable[[Parts, str], object]) -> Callable[[Parts, str], str]:
    """What comes of an act on a refund, in a word."""

    def tried(parts: Parts, receipt_no: str) -> str:
        try:
            return "too late" if act(parts, receipt_no) is False else "done"
        except NotNow:
            return "too late"

    return tried


ACTS = {
    "correct": too_late(correct),
    "uncheck": too_late(lambda parts, receipt_no: refunds.uncheck(parts, receipt_no, reason="", by="佐藤")),
    "cancel": too_late(cancel),
}


def new_file(parts: Parts) -> NewRefundFile:
    return NewRefundFile(parts.campaign.id, MAY.date(), 1, 1200, "0" * 64, b"sealed", "佐藤", APRIL)


def test_bank_data_are_sealed_and_nowhere_else(parts: Parts) -> None:
    assert ask(parts, application(parts, 1))
    [(whole, details)] = rows(parts, "SELECT refunds::text, details FROM refunds")
    assert DETAILS == open_details(parts.vault, details)
    assert [] == [word for word in ("0123456", "0129", "花子", "ﾊﾅｺ", "+8190", "3200033") if word in whole]
    assert b"0123456" in parts.vault.open(details, PLACE)


def test_a_refund_is_asked_for_once(parts: Parts) -> None:
    row = application(parts, 1)
    assert [True, False] == [ask(parts, row), ask(parts, row, holder="ﾄﾁｷﾞ ﾀﾛｳ")]
    assert [(1,)] == rows(parts, "SELECT count(*) FROM refunds")


def test_a_refund_needs_its_application_on_record(parts: Parts) -> None:
    row = application(parts, 1)
    assert not ask(parts, replace(row, receipt_no=make_receipt_no(2)))


def test_what_no_transfer_can_carry_is_refused_before_it_is_kept(parts: Parts) -> None:
    row = application(parts, 1)
    with pytest.raises(Unwritable):
        ask(parts, row, holder="栃木花子")
    assert [] == rows(parts, "SELECT FROM refunds")


def test_the_sum_is_what_the_backend_decided(parts: Parts) -> None:
    row = application(parts, 1)
    assert ask(parts, row)
    with pytest.raises(NotAccepted):
        check(parts, row.receipt_no)
    accept(parts, row, 3456)
    assert 3456 == check(parts, row.receipt_no)
    assert "checked" == state(parts, row.receipt_no)
    assert [("佐藤", "refund.checked", row.receipt_no)] == rows(parts, "SELECT actor, action, subject FROM audit")


def test_a_check_has_a_name_and_happens_once(parts: Parts) -> None:
    with pytest.raises(NoSuchRefund):
        refunds.check(parts, make_receipt_no(1), seen="", by="佐藤")
    with pytest.raises(NoName):
        refunds.check(parts, make_receipt_no(1), seen="", by="　")
    receipt_no = checked(parts, 1)
    with pytest.raises(NotNow, match="checked"):
        check(parts, receipt_no)


def test_an_account_that_nobody_has_looked_at_is_not_found_right(parts: Parts) -> None:
    row = application(parts, 1)
    accept(parts, row)
    assert ask(parts, row)
    seen = mark(parts, row.receipt_no)
    assert correct(parts, row.receipt_no, holder="ﾄﾁｷﾞ ﾀﾛｳ")
    with pytest.raises(AccountChanged):
        refunds.check(parts, row.receipt_no, seen=seen, by="佐藤")
    assert "applied" == state(parts, row.receipt_no)


def test_an_account_that_is_corrected_at_that_moment_is_not_found_right(parts: Parts) -> None:
    row = application(parts, 1)
    accept(parts, row)
    assert ask(parts, row)
    seen = mark(parts, row.receipt_no)
    with ThreadPoolExecutor(1) as other, transaction(parts.db) as connection:
        assert kept.correct(connection, Corrected(row.receipt_no, b"sealed", b"", APRIL))
        late = other.submit(refunds.check, parts, row.receipt_no, seen=seen, by="佐藤")
        with pytest.raises(TimeoutError):
            late.result(timeout=0.5)
    assert isinstance(late.exception(), AccountChanged)


def test_who_asked_for_the_money_is_given_no_points(parts: Parts) -> None:
    row = application(parts, 1)
    assert ask(parts, row)
    settle(parts, due(parts, row))
    assert [] == rows(parts, "SELECT FROM entitlements")
    assert [] == rows(parts, "SELECT FROM outgoing WHERE purpose = 'reward_url'")


def test_the_url_of_who_asks_for_the_money_is_void_and_its_message_is_not_sent(parts: Parts) -> None:
    row = application(parts, 1)
    settle(parts, due(parts, row))
    [(token_hash,)] = rows(parts, "SELECT token_hash FROM entitlements")
    assert entitlements.find(parts.db, token_hash)
    assert ask(parts, row)
    assert entitlements.find(parts.db, token_hash) is None
    assert [("cancelled",)] == rows(parts, "SELECT state FROM outgoing")


def test_who_gives_the_refund_up_has_the_same_url_again(parts: Parts) -> None:
    row = application(parts, 1)
    settle(parts, due(parts, row))
    [(token_hash,)] = rows(parts, "SELECT token_hash FROM entitlements")
    assert ask(parts, row)
    cancel(parts, row.receipt_no)
    assert entitlements.find(parts.db, token_hash)
    assert [("planned",)] == rows(parts, "SELECT state FROM outgoing")
    assert ask(parts, row)


def test_who_never_had_a_url_is_given_one_when_the_refund_is_given_up(parts: Parts) -> None:
    row = application(parts, 1)
    assert ask(parts, row)
    accept(parts, row)
    cancel(parts, row.receipt_no)
    settle(parts, due(parts, row))
    assert [(1200,)] == rows(parts, "SELECT amount FROM entitlements")


def test_points_and_money_asked_for_at_once_give_one_of_them(parts: Parts) -> None:
    for serial in range(1, 21):
        row = application(parts, serial)
        both = [Thread(target=settle, args=(parts, due(parts, row))), Thread(target=ask, args=(parts, row))]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert [(20,)] == rows(parts, "SELECT count(*) FROM refunds")
    living = "SELECT FROM entitlements JOIN refunds USING (submission) WHERE voided_at IS NULL"
    assert [] == rows(parts, living)


def test_what_is_corrected_is_checked_anew(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    assert correct(parts, receipt_no, holder="ﾄﾁｷﾞ ﾀﾛｳ")
    [(details,)] = rows(parts, "SELECT details FROM refunds")
    assert "ﾄﾁｷﾞ ﾀﾛｳ" == open_details(parts.vault, details).holder
    assert "applied" == state(parts, receipt_no)


def test_money_that_was_not_sent_cannot_come_back(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    cannot_come_back(parts, receipt_no)
    number = refund_files.make_file(parts, sender(), by="佐藤").number
    cannot_come_back(parts, receipt_no)
    refund_files.release_file(parts, number, by="鈴木")
    move(parts, MAY)
    cannot_come_back(parts, receipt_no)
    assert [(True,)] == rows(parts, "SELECT live FROM refund_lines")
    refund_files.export(parts, number, by="鈴木")
    move(parts, MAY - timedelta(days=1))
    cannot_come_back(parts, receipt_no)
    move(parts, MAY)
    take_back(parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by="佐藤")
    assert [("returned", False)] == rows(parts, "SELECT state, live FROM refunds r JOIN refund_lines ON refund = r.id")


@pytest.mark.parametrize("act", ["correct", "uncheck", "cancel"])
def test_a_file_that_is_being_made_is_waited_for_and_wins(parts: Parts, act: str) -> None:
    receipt_no = checked(parts, 1)
    with ThreadPoolExecutor(1) as other:
        with transaction(parts.db) as connection:
            taken = kept_files.waiting(connection, parts.campaign.id, most=1)
            late = other.submit(ACTS[act], parts, receipt_no)
            with pytest.raises(TimeoutError):
                late.result(timeout=0.5)
            kept_files.make(connection, new_file(parts), taken)
        assert "too late" == late.result(timeout=60)
    assert "checked" == state(parts, receipt_no)


def test_a_refund_given_up_loses_its_bank_data_after_the_days_of_a_draft(parts: Parts) -> None:
    row = application(parts, 1)
    assert ask(parts, row)
    cancel(parts, row.receipt_no)
    days = parts.campaign.retention.drafts_days
    for now, left in ((APRIL + timedelta(days=days - 1), 1), (APRIL + timedelta(days=days), 0)):
        erasure.erase(parts.db, now=now, chats_are_over=False, pages_before=now, messages_before=APRIL)
        assert [(left,)] == rows(parts, "SELECT count(details) FROM refunds")


@pytest.mark.parametrize("to", ["checked", "released", "paid", "returned"])
def test_the_database_itself_wants_a_sum_and_a_name_before_money_moves(parts: Parts, to: str) -> None:
    assert ask(parts, application(parts, 1))
    with pytest.raises(psycopg.errors.CheckViolation), parts.db.connection() as connection:
        connection.execute("UPDATE refunds SET state = %s", (to,))
