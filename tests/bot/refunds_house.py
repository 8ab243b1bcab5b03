"""What the tests of refunds share: a counter's parts, accepted applications, and refunds asked for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from uuid_utils.compat import uuid7

from bot import refunds, rewards
from bot.filing import PLACE, open_claim, subjects_of
from bot.parts import Parts, open_parts
from bot.refund_details import account_hash, seal_details
from bot.settings import settings_from
from bot.store import refunds as kept
from bot.store import submissions
from bot.store.clock import DemoClock
from bot.store.db import transaction
from bot.store.refunds import Corrected
from bot.store.submissions import DueSubmission, NewSubmission, Outcome
from dialogs.reading.bank import AccountType, BankAccount
from dialogs.rules.claim import make_receipt_no
from dialogs.rules.refund import RefundDetails
from integrations.claims.wire import claim_to_wire
from integrations.zengin import Sender, load_sender
from tests.bot.claims_house import claim

SETTINGS = {"SECRET_KEYS": "test:" + base64.b64encode(b"k" * 32).decode(), "CLOCK": "demo"}
APRIL = datetime.fromisoformat("2023-04-10T12:00:00+09:00")
MAY = datetime.fromisoformat("2023-05-15T16:00:00+09:00")  # the first day of payments
DETAILS = RefundDetails(
    account=BankAccount("0129", "101", AccountType.ORDINARY, "0123456"),
    bank_name="足利銀行",
    branch_name="宇都宮",
    holder="ﾄﾁｷﾞ ﾊﾅｺ",
    name="栃木 花子",
    name_kana="トチギ ハナコ",
    contact="+819011112222",
    postal_code="3200033",
    address="栃木県宇都宮市本町1-1",
    lodging_name="日光見本旅館",
    check_in=date(2023, 2, 23),
    check_out=date(2023, 2, 24),
)


@contextmanager
def counter(database_url: str, redis_url: str, **more: str) -> Iterator[Parts]:
    """The parts of a process, its clock in April 2023."""
    settings = settings_from({**SETTINGS, "DATABASE_URL": database_url, "REDIS_URL": redis_url, **more})
    with open_parts(settings, threads=2) as parts:
        move(parts, APRIL)
        yield parts


def move(parts: Parts, to: datetime) -> None:
    assert isinstance(parts.clock, DemoClock)
    parts.clock.move(to)


def sender() -> Sender:
    return load_sender(Path(__file__).parents[2] / "sample-data" / "refund-sender.toml")


def application(parts: Parts, serial: int) -> NewSubmission:
    """An application on record, not yet decided."""
    made = claim(serial, f"A{serial:05}")
    row = NewSubmission(
        id=uuid7(),
        receipt_no=made.receipt_no,
        conversation=uuid7(),
        channel="line",
        person=b"hanako",
        campaign=made.campaign,
        campaign_version=made.campaign_version,
        acted_at=APRIL,
        claim=parts.vault.seal(claim_to_wire(made), PLACE),
        subjects=subjects_of(parts, made),
        erase_at=APRIL + timedelta(days=1800),
    )
    with transaction(parts.db) as connection:
        submissions.insert(connection, row)
    return row


def accept(parts: Parts, row: NewSubmission, amount: int = 1200) -> None:
    with transaction(parts.db) as connection:
        assert submissions.settle(connection, row.id, Outcome("accepted", amount, "", None, APRIL))


def due(parts: Parts, row: NewSubmission) -> DueSubmission:
    """The application as a worker claims it."""
    with transaction(parts.db) as connection:
        return next(due for due in submissions.claim(connection, most=100) if due.id == row.id)


def settle(parts: Parts, claimed: DueSubmission, amount: int = 1200) -> None:
    """Accept it, and give the right to points, as the settling does: in one transaction."""
    with transaction(parts.db) as connection:
        assert submissions.settle(connection, claimed.id, Outcome("accepted", amount, "", None, APRIL))
        made = open_claim(parts, claimed.claim)
        rewards.entitle(parts, connection, claimed, made, amount=amount, language="ja")


def ask(parts: Parts, row: NewSubmission, **changes: Any) -> bool:
    with transaction(parts.db) as connection:
        return refunds.apply(parts, connection, replace(DETAILS, **changes), application=row, at=APRIL)


def correct(parts: Parts, receipt_no: str, **changes: Any) -> bool:
    """As its person's own turn writes it; False where it is too late."""
    details = replace(DETAILS, **changes)
    sealed, account = seal_details(parts.vault, details), account_hash(parts.vault, details)
    with transaction(parts.db) as connection:
        return kept.correct(connection, Corrected(receipt_no, sealed, account, APRIL))


def check(parts: Parts, receipt_no: str, *, by: str = "佐藤") -> int:
    """Found right by who looks at it now."""
    return refunds.check(parts, receipt_no, seen=mark(parts, receipt_no), by=by)


def mark(parts: Parts, receipt_no: str) -> str:
    with transaction(parts.db) as connection:
        return refunds.find(connection, receipt_no).mark


def checked(parts: Parts, serial: int, amount: int = 1200, **changes: Any) -> str:
    """A refund ready for a file; gives its receipt number."""
    row = application(parts, serial)
    accept(parts, row, amount)
    assert ask(parts, row, **changes)
    assert amount == check(parts, row.receipt_no)
    return make_receipt_no(serial)


def state(parts: Parts, receipt_no: str) -> str:
    with transaction(parts.db) as connection:
        return refunds.find(connection, receipt_no).state


def rows(parts: Parts, sql: str) -> list[Any]:
    with parts.db.connection() as connection:
        return connection.execute(sql.encode()).fetchall()
