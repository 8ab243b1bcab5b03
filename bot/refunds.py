"""Refunds to bank accounts, for those who do not want points (notice, 返金; rules.md §1.2 row 11, §1.4(4)).

applied ──> checked ──> released ──> paid
  ^ ^──────────┘           │           │   (corrected, or the check is taken back)
  │                        v           │
  └─────────────────── returned <──────┘   the bank sent it back; it is corrected, and checked anew
applied | checked | returned ──> cancelled: points after all; not while it stands in a file

bot.store.refunds.MOVES is the whole table.

RefundError
├── NoSuchRefund      no application by that number has a live refund
├── NotNow            its state does not allow that; says which state it is in
├── NotAccepted       the application itself is not accepted, so there is no sum yet
├── AccountChanged    its person has given another account since it was looked at
├── Disputed          whose its coupon is, is being decided
└── (of files: see refund_files)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from bot.parts import Parts
from bot.refund_details import account_hash, open_details, seal_details, transfer_of
from bot.staff_names import staff_name
from bot.store import audit, disputes, refunds
from bot.store.db import Connection, transaction
from bot.store.refunds import NewRefund, Refund
from dialogs.rules.campaign import JST, Campaign
from dialogs.rules.claim import show_receipt_no
from dialogs.rules.refund import RefundDetails, ReturnReason
from integrations.zengin import check_transfer

DAYS_A_YEAR = 366  # kept a day or two longer rather than shorter


class RefundError(Exception):
    """Something about refunds cannot be done; says why in a sentence, without personal data."""


class NoSuchRefund(RefundError):
    """No live refund by that receipt number."""


class NotNow(RefundError):
    """The state of the refund, or of the file, does not allow it."""


class NotAccepted(RefundError):
    """The application is not accepted (yet), or has no sum."""


class AccountChanged(RefundError):
    """The account is not the one that was looked at."""


class Disputed(RefundError):
    """Staff are deciding whose its coupon is."""


class Application(Protocol):
    """What the refund is of: an application's row, new or as it stands."""

    @property
    def id(self) -> UUID: ...
    @property
    def receipt_no(self) -> str: ...
    @property
    def campaign(self) -> str: ...
    @property
    def campaign_version(self) -> int: ...


def apply(
    parts: Parts, connection: Connection, details: RefundDetails, *, application: Application, at: datetime
) -> bool:
    """Ask for the money in place of points, in the transaction of the turn; False if it was asked for already, or a
    reward is chosen.

    The application's row is in the database by then, and its URL is void from then on. `at` is the person's own act.
    Raises Unwritable for what no transfer can carry.
    """
    return refunds.apply(connection, asked_for(parts, details, application=application, at=at))


def asked_for(parts: Parts, details: RefundDetails, *, application: Application, at: datetime) -> NewRefund:
    """The row that apply() writes, for who writes it later. Raises Unwritable for what no transfer can carry."""
    check_transfer(transfer_of(details, amount=1, receipt_no=application.receipt_no))
    return NewRefund(
        id=uuid7(),
        submission=application.id,
        receipt_no=application.receipt_no,
        campaign=application.campaign,
        campaign_version=application.campaign_version,
        acted_at=at,
        details=seal_details(parts.vault, details),
        account=account_hash(parts.vault, details),
        erase_at=_kept_until(parts.campaigns.seen_by(application), at),
    )


def cancel(parts: Parts, connection: Connection, receipt_no: str, *, at: datetime) -> None:
    """Points after all: the URL lives again, or will be given. Raises NoSuchRefund, NotNow (it stands in a file)."""
    refund = find(connection, receipt_no)
    until = at + timedelta(days=parts.campaigns.seen_by(refund).retention.drafts_days)
    if not refunds.cancel(connection, refund, at=at, erase_at=until):
        raise NotNow(f"{_named(refund)} cannot be cancelled: it is {_standing(refund)}.")


def check(parts: Parts, receipt_no: str, *, seen: str, by: str) -> int:
    """A person of the staff finds it right; gives the sum in yen. `seen` is the mark of the account that they saw.

    Raises NoSuchRefund, NotNow, AccountChanged, Disputed, NotAccepted, NoName.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        refunds.hold(connection, find(connection, receipt_no))
        refund = find(connection, receipt_no)
        if refund.state != "applied":
            raise NotNow(f"{_named(refund)} cannot be checked: it is {_standing(refund)}.")
        if refund.mark != seen:
            raise AccountChanged(f"The account of {_named(refund)} was corrected meanwhile: look at it again.")
        # A dispute that is merely open stops nothing: else anybody with a number and a day could stop a payment.
        if any(each.stops for each in disputes.undecided(connection, receipt_no)):
            raise Disputed(f"Whose the coupon of {_named(refund)} is, is being decided: check it after that.")
        account = account_hash(parts.vault, open_details(parts.vault, refund.details)) if refund.details else None
        amount = refunds.check(connection, refund, account=account, by=name, at=now)
        if amount is None:
            raise NotAccepted(f"The application of {_named(refund)} is not accepted, so there is no sum to pay.")
        audit.add(connection, actor=name, action="refund.checked", subject=receipt_no, at=now)
    return amount


def uncheck(parts: Parts, receipt_no: str, *, reason: str, by: str) -> None:
    """It was not right after all: it is to be checked anew. Raises NoSuchRefund, NotNow, NoName.

    `reason` is for colleagues; it is kept unsealed, so it names no person.
    """
    name, now = staff_name(by), parts.clock.now()
    with transaction(parts.db) as connection:
        refund = find(connection, receipt_no)
        if not refunds.uncheck(connection, refund, reason=reason):
            raise NotNow(f"The check of {_named(refund)} cannot be taken back: it is {_standing(refund)}.")
        details = {"reason": reason}
        audit.add(connection, actor=name, action="refund.unchecked", subject=receipt_no, at=now, details=details)


def take_back(parts: Parts, connection: Connection, receipt_no: str, *, reason: ReturnReason, by: str) -> Refund:
    """The bank sent the money back: the refund, free for another file, as it was. Raises NoSuchRefund, NotNow.

    What the bank cannot have paid yet cannot come back: once its person had corrected it, both files would pay it.
    """
    now, refund = parts.clock.now(), find(connection, receipt_no)
    until = _kept_until(parts.campaigns.seen_by(refund), refund.acted_at)
    today = now.astimezone(JST).date()
    if not refunds.take_back(connection, refund.id, reason=reason, today=today, erase_at=until):
        raise NotNow(
            f"{_named(refund)} cannot have come back: it is {_standing(refund)}."
            " The bank pays it once its file is exported, on the day of the file."
        )
    details = {"reason": f"{reason}"}
    audit.add(connection, actor=by, action="refund.returned", subject=receipt_no, at=now, details=details)
    return refund


def find(connection: Connection, receipt_no: str) -> Refund:
    """The live refund of an application; raises NoSuchRefund."""
    refund = refunds.live(connection, receipt_no)
    if refund is None:
        raise NoSuchRefund(f"No refund was asked for under {show_receipt_no(receipt_no)}.")
    return refund


def _kept_until(campaign: Campaign, since: datetime) -> datetime:
    """Until it is settled; in any case no longer than the claim itself."""
    return since + timedelta(days=DAYS_A_YEAR * campaign.retention.claims_years)


def _named(refund: Refund) -> str:
    return f"The refund of {show_receipt_no(refund.receipt_no)}"


def _standing(refund: Refund) -> str:
    return f"{refund.state} and stands in a file" if refund.in_file else refund.state
