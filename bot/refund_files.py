"""Files of refunds for the bank: made by one, released by another, exported as they were made (rules.md §6, refunds).

made ──> released ──> paid  (exported in between; bot.store.refund_files.MOVES is the whole table)
  └────> dropped      (its refunds are free for another file)

RefundError
├── NothingToPay      no checked refund waits for a file
├── NoSuchFile        no file by that number
├── SameEyes          a file cannot be released by whoever made it
├── PayDayPassed      transfers cannot be ordered for today or earlier
├── TooEarly          the campaign's transfers begin later
├── FileErased        the content went on its date; the totals stay
├── LineChanged       a refund in it is not as it was put there; the file is dropped, and made anew
└── Disputed          whose the coupon of a refund in it is, is being decided; the file waits, or is dropped
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256

import structlog

from bot.parts import Parts
from bot.refund_details import open_details, transfer_of
from bot.refunds import Disputed, NotNow, RefundError
from bot.staff_names import staff_name
from bot.store import audit, refund_files
from bot.store.db import Connection, transaction
from bot.store.refund_files import NewRefundFile, RefundFile, Waiting
from bot.store.refund_history import Standing
from dialogs.rules.calendar import next_business_day
from dialogs.rules.campaign import JST, Campaign
from integrations.zengin import MOST_LINES, Sender, totals, write_file

PLACE = "refund_files.content"
EXPORTED = ("released", "paid")

log = structlog.get_logger(__name__)


class NothingToPay(RefundError):
    """Every checked refund stands in a file."""


class NoSuchFile(RefundError):
    """No file by that number."""


class SameEyes(RefundError):
    """Made and released by one name."""


class PayDayPassed(RefundError):
    """The file has no year: a day gone by would be taken for one of next year."""


class TooEarly(RefundError):
    """Before the day from which on the campaign pays (5月中旬以降)."""


class FileErased(RefundError):
    """Its personal content is gone."""


class LineChanged(RefundError):
    """A refund is not what the file pays any more."""


def first_pay_day(campaign: Campaign, at: datetime) -> date:
    """The first day for transfers ordered at this instant: 5月中旬以降, tomorrow at the earliest, and banks work."""
    tomorrow = at.astimezone(JST).date() + timedelta(days=1)
    return next_business_day(max(tomorrow, campaign.dates.refund_pay_from))


def make_file(parts: Parts, sender: Sender, *, by: str, pay_on: date | None = None) -> RefundFile:
    """Put the oldest checked refunds, up to MOST_LINES, into a file, and lock them in it; more wait for the next one.

    Raises NothingToPay, PayDayPassed, TooEarly, NotABankDay, NoName, Unopenable.
    """
    name, now, campaign = staff_name(by), parts.clock.now(), parts.campaign
    pay_on = pay_on or first_pay_day(campaign, now)
    if pay_on <= now.astimezone(JST).date():
        raise PayDayPassed(f"Transfers cannot be ordered for {pay_on}: the earliest day is tomorrow.")
    if pay_on < campaign.dates.refund_pay_from:
        raise TooEarly(f"Transfers begin on {campaign.dates.refund_pay_from}: people were told so.")
    with transaction(parts.db) as connection:
        taken = refund_files.waiting(connection, campaign.id, most=MOST_LINES)
        if not taken:
            raise NothingToPay("No checked refund waits for a file.")
        content = _written(parts, sender, taken, pay_on)
        whole = totals(content)
        row = NewRefundFile(
            campaign=campaign.id,
            pay_on=pay_on,
            lines=whole.count,
            total=whole.amount,
            sha256=whole.sha256,
            content=parts.vault.seal(content, PLACE),
            made_by=name,
            made_at=now,
        )
        file = _load(connection, refund_files.make(connection, row, taken))
        _note(connection, file, actor=name, action="refund_file.made", at=now)
    log.info("refund_file.made", number=file.number, lines=file.lines)
    return file


def make_files(parts: Parts, sender: Sender, *, by: str, pay_on: date | None = None) -> Iterator[RefundFile]:
    """Files until no checked refund waits any more; raises as make_file does, NothingToPay only for the first."""
    yield make_file(parts, sender, by=by, pay_on=pay_on)
    with suppress(NothingToPay):
        while True:
            yield make_file(parts, sender, by=by, pay_on=pay_on)


def find(parts: Parts, number: int) -> RefundFile:
    """A file and its totals; raises NoSuchFile."""
    with transaction(parts.db) as connection:
        return _load(connection, number)


def release_file(parts: Parts, number: int, *, by: str) -> RefundFile:
    """Let a file go; its refunds are released with it.

    Raises NoSuchFile, SameEyes, NotNow, Disputed, LineChanged, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        file = _load(connection, number)
        if file.made_by.casefold() == name.casefold():
            raise SameEyes(f"File {number} was made by {file.made_by}; another person has to release it.")
        if file.state == "made" and refund_files.stopped_in(connection, number):
            raise Disputed(
                f"Whose the coupon of a refund in file {number} is, is being decided."
                " Wait until it is, or drop the file and make another one, which leaves that refund out."
            )
        released = refund_files.release(connection, number, by=name, at=now)
        if released is None:
            raise NotNow(f"File {number} cannot be released: it is {file.state}.")
        if released != file.lines:
            raise LineChanged(
                f"A refund has changed since file {number} was made. Drop the file, and make another one."
            )
        file = _load(connection, number)
        _note(connection, file, actor=name, action="refund_file.released", at=now)
    log.info("refund_file.released", number=number, lines=file.lines)
    return file


def drop_file(parts: Parts, number: int, *, by: str) -> RefundFile:
    """Give up a file that was not released. Raises NoSuchFile, NotNow, NoName."""
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        file = _load(connection, number)
        if not refund_files.drop(connection, number):
            raise NotNow(f"File {number} cannot be dropped: it is {file.state}.")
        file = _load(connection, number)
        _note(connection, file, actor=name, action="refund_file.dropped", at=now)
    return file


def export(parts: Parts, number: int, *, by: str) -> bytes:
    """The bytes for the bank, of the hash that was released; every export is noted.

    Raises NoSuchFile, NotNow (not released), FileErased, NoName, Unopenable.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        file = _load(connection, number)
        if file.state not in EXPORTED:
            raise NotNow(f"File {number} cannot be exported: it is {file.state}, not released.")
        sealed = refund_files.export(connection, number, at=now)
        if sealed is None:
            raise FileErased(f"The content of file {number} was erased on its date; its totals are kept.")
        content = parts.vault.open(sealed, PLACE)
        assert sha256(content).hexdigest() == file.sha256, "not the file that was released"  # noqa: S101 - see above
        _note(connection, file, actor=name, action="refund_file.exported", at=now)
    return content


def mark_paid(parts: Parts, number: int, *, by: str) -> int:
    """The bank has paid all of the file that did not come back; gives how many refunds that are, 0 the second time.

    From here on the days until the bank data are erased count. Raises NoSuchFile, NotNow, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        file = _load(connection, number)
        until = now + timedelta(days=parts.campaigns[file.campaign].retention.bank_data_days)
        if not may_be_paid(file, now):
            raise NotNow(f"File {number} cannot be paid: it is exported first, and paid on {file.pay_on}.")
        paid = refund_files.pay(connection, number, at=now, erase_at=until)
        _note(connection, file, actor=name, action="refund_file.paid", at=now)
    return paid


def may_be_paid(file: RefundFile | Standing, at: datetime) -> bool:
    """Whether the bank can have paid it by then: it has the file, and the day has come."""
    return file.exported_at is not None and at.astimezone(JST).date() >= file.pay_on


def _written(parts: Parts, sender: Sender, taken: Sequence[Waiting], pay_on: date) -> bytes:
    transfers = [
        transfer_of(open_details(parts.vault, one.details), amount=one.amount, receipt_no=one.receipt_no)
        for one in taken
    ]
    return write_file(sender.originator, transfers, pay_on=pay_on, dialect=sender.dialect)


def _load(connection: Connection, number: int) -> RefundFile:
    file = refund_files.load(connection, number)
    if file is None:
        raise NoSuchFile(f"There is no file {number}.")
    return file


def _note(connection: Connection, file: RefundFile, *, actor: str, action: str, at: datetime) -> None:
    details: dict[str, str | int] = {"lines": file.lines, "total": file.total, "sha256": file.sha256}
    audit.add(connection, actor=actor, action=action, subject=str(file.number), at=at, details=details)
