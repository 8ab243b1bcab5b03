"""Files of refunds: made by one, released by another, exported as released, each refund in one of them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from hashlib import sha256

import psycopg
import pytest

from bot import refund_files, refunds
from bot.parts import Parts
from bot.refund_files import (
    FileErased,
    LineChanged,
    NoSuchFile,
    NothingToPay,
    SameEyes,
    drop_file,
    export,
    make_file,
    mark_paid,
    release_file,
)
from bot.refunds import NotNow
from bot.returned_transfers import take_back
from bot.staff_names import NoName
from bot.store import erasure
from bot.store.db import transaction
from bot.store.refund_files import RefundFile
from dialogs.reading.bank import AccountType, BankAccount
from dialogs.rules.claim import make_receipt_no
from dialogs.rules.refund import ReturnReason
from tests.bot.refunds_house import (
    APRIL,
    MAY,
    application,
    ask,
    check,
    checked,
    correct,
    counter,
    move,
    rows,
    sender,
    state,
)

MAKER, RELEASER = "佐藤", "鈴木"


@pytest.fixture
def parts(database_url: str, redis_url: str) -> Iterator[Parts]:
    with counter(database_url, redis_url) as opened:
        yield opened


def made(parts: Parts, **how: date) -> RefundFile:
    return make_file(parts, sender(), by=MAKER, **how)


def released(parts: Parts) -> RefundFile:
    return release_file(parts, made(parts).number, by=RELEASER)


def test_checked_refunds_go_to_the_bank_as_they_were_released(parts: Parts) -> None:
    checked(parts, 1, 1200)
    post = BankAccount("9900", "408", AccountType.ORDINARY, "1234567")
    checked(parts, 2, 800, account=post, holder="ﾏﾘｱ ｼﾙﾊﾞ")
    unlisted = BankAccount("0533", "001", AccountType.SAVINGS, "0000001")
    checked(parts, 3, 1, account=unlisted, bank_name="長野銀行")
    file = released(parts)
    content = export(parts, file.number, by=RELEASER)
    assert (3, 2001, sha256(content).hexdigest()) == (file.lines, file.total, file.sha256)
    header, *lines, trailer, end, rest = content.decode("cp932").split("\r\n")
    assert ("0515", "8000003000000002001", "9", "") == (header[54:58], trailer[:19], end.strip(), rest)
    assert [
        ("0129", "ｱｼｶｶﾞ", "101", "ｳﾂﾉﾐﾔ", "1", "0123456", "ﾄﾁｷﾞ ﾊﾅｺ", 1200, make_receipt_no(1)),
        ("9900", "ﾕｳﾁﾖ", "408", "ﾖﾝｾﾞﾛﾊﾁ", "1", "1234567", "ﾏﾘｱ ｼﾙﾊﾞ", 800, make_receipt_no(2)),
        ("0533", "", "001", "", "4", "0000001", "ﾄﾁｷﾞ ﾊﾅｺ", 1, make_receipt_no(3)),
    ] == [
        (
            *(line[1:5], line[5:20].strip(), line[20:23], line[23:38].strip(), line[42:43], line[43:50]),
            *(line[50:80].strip(), int(line[80:90]), line[101:111]),
        )
        for line in lines
    ]


def test_only_checked_refunds_are_put_into_a_file(parts: Parts) -> None:
    assert ask(parts, application(parts, 1))
    with pytest.raises(NothingToPay):
        made(parts)
    checked(parts, 2)
    assert 1 == made(parts).lines


def test_a_refund_stands_in_one_file_only(parts: Parts) -> None:
    checked(parts, 1)
    made(parts)
    with pytest.raises(NothingToPay):
        made(parts)


def test_files_made_at_once_share_no_refund(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    for serial in range(1, 13):
        checked(parts, serial)
    monkeypatch.setattr(refund_files, "MOST_LINES", 3)
    with ThreadPoolExecutor(4) as staff:
        files = list(staff.map(lambda _: made(parts), range(4)))
    assert [3, 3, 3, 3] == [file.lines for file in files]
    assert [(12,)] == rows(parts, "SELECT count(DISTINCT refund) FROM refund_lines")


def test_the_database_itself_refuses_a_refund_in_two_files(parts: Parts) -> None:
    checked(parts, 1)
    made(parts)
    checked(parts, 2)
    second = made(parts)
    again = (
        "INSERT INTO refund_lines (file, line, refund, amount)"
        " SELECT %(file)s, 2, refund, amount FROM refund_lines WHERE file <> %(file)s"
    )
    with pytest.raises(psycopg.errors.UniqueViolation), parts.db.connection() as connection:
        connection.execute(again, {"file": second.number})


def test_more_than_a_file_has_room_for_waits_for_the_next(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    for serial in (1, 2, 3):
        checked(parts, serial)
    monkeypatch.setattr(refund_files, "MOST_LINES", 2)
    assert [2, 1] == [made(parts).lines, made(parts).lines]


@pytest.mark.parametrize("same", ["佐藤", " 佐藤　", "佐藤 "])
def test_nobody_releases_what_they_made(parts: Parts, same: str) -> None:
    receipt_no = checked(parts, 1)
    file = made(parts)
    with pytest.raises(SameEyes):
        release_file(parts, file.number, by=same)
    assert "checked" == state(parts, receipt_no)


def test_a_name_in_other_letters_is_the_same_pair_of_eyes(parts: Parts) -> None:
    checked(parts, 1)
    file = make_file(parts, sender(), by="Ｓａｔｏ Hanako", pay_on=None)
    with pytest.raises(SameEyes):
        release_file(parts, file.number, by="SATO  hanako")


def test_the_database_itself_wants_four_eyes(parts: Parts) -> None:
    checked(parts, 1)
    made(parts)
    with pytest.raises(psycopg.errors.CheckViolation, match="four_eyes"):
        rows(parts, "UPDATE refund_files SET state = 'released', released_by = ' 佐藤' RETURNING 1")


def test_a_file_is_released_once_and_its_refunds_with_it(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    file = released(parts)
    assert ("released", RELEASER, "released") == (file.state, file.released_by, state(parts, receipt_no))
    with pytest.raises(NotNow):
        release_file(parts, file.number, by="高橋")


def test_nothing_is_exported_before_it_is_released(parts: Parts) -> None:
    checked(parts, 1)
    file = made(parts)
    with pytest.raises(NotNow):
        export(parts, file.number, by=RELEASER)


def test_every_act_on_a_file_is_in_the_audit_with_its_totals(parts: Parts) -> None:
    checked(parts, 1)
    file = released(parts)
    export(parts, file.number, by=RELEASER)
    acts = rows(parts, "SELECT actor, action, details->>'total', details->>'sha256' FROM audit ORDER BY id")
    assert [
        (MAKER, "refund_file.made", "1200", file.sha256),
        (RELEASER, "refund_file.released", "1200", file.sha256),
        (RELEASER, "refund_file.exported", "1200", file.sha256),
    ] == acts[1:]


def test_a_dropped_file_frees_its_refunds(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    first = made(parts)
    assert "dropped" == drop_file(parts, first.number, by=RELEASER).state
    with pytest.raises(NotNow):
        release_file(parts, first.number, by=RELEASER)
    assert 1 == released(parts).lines
    assert "released" == state(parts, receipt_no)


def test_what_is_released_is_neither_dropped_nor_given_up(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    file = released(parts)
    with pytest.raises(NotNow):
        drop_file(parts, file.number, by=RELEASER)
    with transaction(parts.db) as connection, pytest.raises(NotNow):
        refunds.cancel(parts, connection, receipt_no, at=APRIL)


def test_a_refund_in_a_file_is_neither_given_up_nor_corrected(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    made(parts)
    with transaction(parts.db) as connection, pytest.raises(NotNow, match="in a file"):
        refunds.cancel(parts, connection, receipt_no, at=APRIL)
    assert not correct(parts, receipt_no)


def test_a_file_whose_refund_has_changed_is_not_released_and_says_what_to_do(parts: Parts) -> None:
    checked(parts, 1)
    file = made(parts)
    rows(parts, "UPDATE refunds SET state = 'applied' RETURNING 1")
    with pytest.raises(LineChanged, match="Drop the file"):
        release_file(parts, file.number, by=RELEASER)
    assert "dropped" == drop_file(parts, file.number, by=RELEASER).state


def test_money_that_came_back_is_corrected_checked_and_paid_by_another_file(parts: Parts) -> None:
    receipt_no = checked(parts, 1)
    first = released(parts)
    export(parts, first.number, by=MAKER)
    move(parts, MAY)
    take_back(parts, receipt_no, reason=ReturnReason.NO_ACCOUNT, by=MAKER)
    assert "returned" == state(parts, receipt_no)
    with pytest.raises(NothingToPay):
        made(parts)
    assert correct(parts, receipt_no, holder="ﾄﾁｷﾞ ﾊﾅｴ")
    check(parts, receipt_no, by=MAKER)
    second = released(parts)
    assert "ﾄﾁｷﾞ ﾊﾅｴ".encode("cp932") in export(parts, second.number, by=MAKER)
    assert "ﾄﾁｷﾞ ﾊﾅｺ".encode("cp932") in export(parts, first.number, by=MAKER)


def test_paid_is_what_was_exported_and_did_not_come_back(parts: Parts) -> None:
    paid, returned = checked(parts, 1), checked(parts, 2)
    file = released(parts)
    with pytest.raises(NotNow, match="exported"):
        mark_paid(parts, file.number, by=MAKER)
    export(parts, file.number, by=MAKER)
    with pytest.raises(NotNow, match="2023-05-15"):
        mark_paid(parts, file.number, by=MAKER)
    move(parts, MAY)
    take_back(parts, returned, reason=ReturnReason.WRONG_NAME, by=MAKER)
    assert [1, 0] == [mark_paid(parts, file.number, by=MAKER), mark_paid(parts, file.number, by=MAKER)]
    assert ("paid", "returned") == (state(parts, paid), state(parts, returned))


def test_bank_data_go_ninety_days_after_the_money_and_the_totals_stay(parts: Parts) -> None:
    checked(parts, 1)
    file = released(parts)
    export(parts, file.number, by=MAKER)
    move(parts, MAY)
    mark_paid(parts, file.number, by=MAKER)
    days = timedelta(days=parts.campaign.retention.bank_data_days)
    for now, left in ((MAY + days - timedelta(hours=1), 1), (MAY + days + timedelta(hours=1), 0)):
        erasure.erase(parts.db, now=now, chats_are_over=False, pages_before=now, messages_before=MAY)
        assert [(left, left)] == rows(
            parts, "SELECT (SELECT count(details) FROM refunds), (SELECT count(content) FROM refund_files)"
        )
    with pytest.raises(FileErased):
        export(parts, file.number, by=MAKER)
    assert [(1, 1200, file.sha256)] == rows(parts, "SELECT lines, total, sha256 FROM refund_files")


def test_the_content_of_a_file_is_sealed(parts: Parts) -> None:
    checked(parts, 1)
    made(parts)
    [(content,)] = rows(parts, "SELECT content FROM refund_files")
    assert b"0123456" not in content


def test_acts_on_files_need_a_name_and_a_file(parts: Parts) -> None:
    with pytest.raises(NoSuchFile):
        release_file(parts, 7, by=RELEASER)
    with pytest.raises(NoName):
        make_file(parts, sender(), by=" ")
