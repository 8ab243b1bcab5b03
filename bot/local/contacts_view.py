"""What the commands of `bot contacts` do and print; personal data is masked."""

from __future__ import annotations

from rich.table import Table

from bot import contacts
from bot.local import typed
from bot.local.opened import opened
from bot.settings import Settings
from dialogs.rules.campaign import JST
from dialogs.rules.claim import show_receipt_no


def list_changes(settings: Settings) -> None:
    """Print what waits for staff; raises psycopg.Error, Unopenable."""
    with opened(settings) as (parts, screen):
        waiting = contacts.waiting(parts)
        if not waiting:
            screen.print("No change of contact waits.")
            return
        table = Table("Receipt number", "Mark", "Asked", "From", "To", box=None)
        for change in waiting:
            asked = f"{change.requested_at.astimezone(JST):%Y-%m-%d %H:%M}"
            table.add_row(show_receipt_no(change.receipt_no), change.mark, asked, change.old or "(erased)", change.new)
        screen.print(table)


def approve_change(settings: Settings, receipt_no: str, *, seen: str, by: str) -> None:
    """Raises NoReceiptNo, and what bot.contacts.approve raises."""
    number = typed.receipt_no(receipt_no)
    with opened(settings) as (parts, screen):
        contacts.approve(parts, number, seen=seen, by=by)
        screen.print(f"The URL of {show_receipt_no(number)} goes to the new contact. Both contacts are told.")


def refuse_change(settings: Settings, receipt_no: str, *, seen: str, reason: str, by: str) -> None:
    """Raises NoReceiptNo, and what bot.contacts.refuse raises."""
    number = typed.receipt_no(receipt_no)
    with opened(settings) as (parts, screen):
        contacts.refuse(parts, number, seen=seen, reason=reason, by=by)
        screen.print(f"Nothing of {show_receipt_no(number)} changes. Its person is asked to call.")
