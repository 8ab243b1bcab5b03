"""What the commands of `bot refunds` do and print; personal data is masked."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import refund_files, refunds, returned_transfers
from bot.local import typed
from bot.local.opened import opened
from bot.parts import Parts
from bot.refund_details import open_details
from bot.settings import Settings
from bot.store import refund_files as files
from bot.store import refund_lists
from bot.store.db import autocommit
from bot.store.refund_files import RefundFile
from bot.store.refunds import Refund
from dialogs.reading.contacts import mask_name
from dialogs.rules.campaign import JST
from dialogs.rules.claim import show_receipt_no
from dialogs.rules.refund import ReturnReason
from integrations.zengin import load_sender

MOST_LISTED = 200
FOR_STAFF = ("applied", "returned")


def list_refunds(settings: Settings) -> None:
    """Print counts, the refunds that wait for staff, and the newest files; raises psycopg.Error, Unopenable."""
    with opened(settings) as (parts, screen), autocommit(parts.db) as connection:
        campaign = parts.campaign.id
        counts = refund_lists.counts(connection, campaign)
        if not counts:
            screen.print("No refund was asked for yet.")
            return
        table = Table("State", "Refunds", "Yen", box=None)
        for count in counts:
            table.add_row(count.state, f"{count.count:,}", f"{count.amount:,}")
        screen.print(table)
        for state in FOR_STAFF:
            waiting = refund_lists.listed(connection, campaign, states=(state,), most=MOST_LISTED)
            if waiting:
                screen.print("", _waiting_table(parts, state, waiting), sep="\n")
        newest = files.newest(connection, campaign, most=MOST_LISTED)
        if newest:
            screen.print("", _file_table(newest), sep="\n")


def show_file(settings: Settings, number: int) -> None:
    """Print the totals and the hash of a file; raises NoSuchFile."""
    with opened(settings) as (parts, screen):
        _show(screen, refund_files.find(parts, number))


def check_refund(settings: Settings, receipt_no: str, *, seen: str, by: str) -> None:
    """Raises NoReceiptNo, and what bot.refunds.check raises."""
    number = typed.receipt_no(receipt_no)
    with opened(settings) as (parts, screen):
        amount = refunds.check(parts, number, seen=seen, by=by)
        screen.print(f"Checked: {show_receipt_no(number)}, {amount:,} yen. It goes into the next file.")


def make_files(settings: Settings, sender: Path, *, by: str, pay_on: date | None) -> None:
    """As many files as all checked refunds need; raises BadSender, OSError, and what make_file raises."""
    payer = load_sender(sender)
    with opened(settings) as (parts, screen):
        for made in refund_files.make_files(parts, payer, by=by, pay_on=pay_on):
            _show(screen, made)
            screen.print(f"Made. Somebody else releases it: bot refunds release {made.number} --by NAME")


def release_file(settings: Settings, number: int, *, by: str) -> None:
    """Raises what bot.refund_files.release_file raises."""
    with opened(settings) as (parts, screen):
        refund_files.release_file(parts, number, by=by)
        screen.print(f"Released. Write it for the bank: bot refunds export {number} --by NAME")


def drop_file(settings: Settings, number: int, *, by: str) -> None:
    """Raises what bot.refund_files.drop_file raises."""
    with opened(settings) as (parts, screen):
        dropped = refund_files.drop_file(parts, number, by=by)
        screen.print(f"File {number} is dropped; its {dropped.lines:,} refunds are free for another one.")


def export_file(settings: Settings, number: int, *, by: str, to: Path) -> None:
    """Show the totals, then write the file; never over one that is there. Raises OSError, and what export raises."""
    with opened(settings) as (parts, screen):
        _show(screen, refund_files.find(parts, number))
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            try:
                written.write(refund_files.export(parts, number, by=by))
            except BaseException:
                to.unlink()
                raise
        screen.print(f"Written to {to}. It holds account numbers: give it to the bank, then delete it.", soft_wrap=True)


def mark_paid(settings: Settings, number: int, *, by: str) -> None:
    """Raises what bot.refund_files.mark_paid raises."""
    with opened(settings) as (parts, screen):
        screen.print(f"{refund_files.mark_paid(parts, number, by=by):,} refunds of file {number} are paid.")


def take_back(settings: Settings, receipt_no: str, *, reason: ReturnReason, by: str) -> None:
    """Raises NoReceiptNo, and what bot.returned_transfers.take_back raises."""
    number = typed.receipt_no(receipt_no)
    with opened(settings) as (parts, screen):
        returned_transfers.take_back(parts, number, reason=reason, by=by)
        screen.print(f"The refund of {show_receipt_no(number)} came back. Its person is told how to correct it.")


def _show(screen: Console, file: RefundFile) -> None:
    table = Table.grid(padding=(0, 2))
    for label, value in {
        "File": f"{file.number}, {file.state}",
        "Transfers": f"{file.lines:,}",
        "Total": f"{file.total:,} yen",
        "Paid on": file.pay_on.isoformat(),
        "Made by": file.made_by,
        "Released by": file.released_by or "nobody yet",
        "SHA-256": file.sha256,
    }.items():
        table.add_row(label, value)
    screen.print(table)


def _waiting_table(parts: Parts, state: str, waiting: list[Refund]) -> Table:
    table = Table("Receipt number", "Mark", "State", "Asked", "Holder", "Bank", "Why it came back", box=None)
    for refund in waiting:
        details = open_details(parts.vault, refund.details) if refund.details else None
        table.add_row(
            show_receipt_no(refund.receipt_no),
            refund.mark,
            state,
            f"{refund.acted_at.astimezone(JST):%Y-%m-%d %H:%M}",
            mask_name(details.holder) if details else "(erased)",
            f"{details.bank_name} {details.branch_name}" if details else "(erased)",
            refund.reason,
        )
    return table


def _file_table(newest: list[RefundFile]) -> Table:
    table = Table("File", "State", "Transfers", "Yen", "Paid on", "Made by", "Released by", "SHA-256", box=None)
    for file in newest:
        table.add_row(
            *(str(file.number), file.state, f"{file.lines:,}", f"{file.total:,}", file.pay_on.isoformat()),
            *(file.made_by, file.released_by or "", f"{file.sha256[:16]}…"),
        )
    return table
