"""`bot refunds …`: each command calls one function of bot.local.refunds_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.local.by_staff import as_seen, by_staff

if TYPE_CHECKING:
    from bot.settings import Settings

# dialogs.rules.refund.ReturnReason, which --help need not load.
RETURN_REASONS = ("no_account", "wrong_name", "closed", "other")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("list")
@click.pass_obj
def list_(settings: Callable[[], Settings]) -> None:
    """How many refunds are in each state, those that wait for staff, and the files."""
    from bot.local.refunds_view import list_refunds

    list_refunds(settings())


@click.command()
@click.argument("receipt_no")
@as_seen
@by_staff
@click.pass_obj
def check(settings: Callable[[], Settings], receipt_no: str, seen: str, by: str) -> None:
    """Find a refund right, after a look at it: it goes into the next file."""
    from bot.local.refunds_view import check_refund

    check_refund(settings(), receipt_no, seen=seen, by=by)


@click.command()
@by_staff
@click.option(
    "--sender", type=FILE, help="Whose account pays, as sample-data/refund-sender.toml  [default: REFUND_SENDER_FILE]"
)
@click.option("--pay-on", type=click.DateTime(["%Y-%m-%d"]), help="[default: mid-May, and a day of banks]")
@click.pass_obj
def make(settings: Callable[[], Settings], by: str, sender: Path | None, pay_on: datetime | None) -> None:
    """Put all checked refunds into a file for the bank (several above 9,999), to be released by somebody else."""
    from bot.local.refunds_view import make_files

    day: date | None = pay_on.date() if pay_on else None
    found = settings()
    file = sender or found.refund_sender_file
    if file is None:
        raise click.UsageError("Say whose account pays: --sender FILE, or the setting REFUND_SENDER_FILE.")
    make_files(found, file, by=by, pay_on=day)


@click.command()
@click.argument("number", type=int)
@by_staff
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def release(settings: Callable[[], Settings], number: int, by: str, yes: bool) -> None:
    """Let a file go that somebody else made, after a look at its totals."""
    from bot.local.refunds_view import release_file, show_file

    found = settings()
    show_file(found, number)
    if not yes:
        click.confirm("Are these the totals, and may the file go to the bank?", abort=True)
    release_file(found, number, by=by)


@click.command()
@click.argument("number", type=int)
@by_staff
@click.pass_obj
def drop(settings: Callable[[], Settings], number: int, by: str) -> None:
    """Give up a file that was not released; its refunds are free for another one."""
    from bot.local.refunds_view import drop_file

    drop_file(settings(), number, by=by)


@click.command()
@click.argument("number", type=int)
@by_staff
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="[default: refunds-NUMBER.txt]")
@click.pass_obj
def export(settings: Callable[[], Settings], number: int, by: str, to: Path | None) -> None:
    """Write a released file for the bank, readable by you alone; its totals and hash are shown first."""
    from bot.local.refunds_view import export_file

    export_file(settings(), number, by=by, to=to or Path(f"refunds-{number}.txt"))


@click.command()
@click.argument("number", type=int)
@by_staff
@click.pass_obj
def paid(settings: Callable[[], Settings], number: int, by: str) -> None:
    """The bank has paid a file, all but what came back."""
    from bot.local.refunds_view import mark_paid

    mark_paid(settings(), number, by=by)


@click.command()
@click.argument("receipt_no")
@click.option("--reason", required=True, type=click.Choice(RETURN_REASONS), help="What the bank says.")
@by_staff
@click.pass_obj
def returned(settings: Callable[[], Settings], receipt_no: str, reason: str, by: str) -> None:
    """The bank sent a refund back: its person is told, and can correct the account."""
    from bot.local.refunds_view import take_back
    from dialogs.rules.refund import ReturnReason

    take_back(settings(), receipt_no, reason=ReturnReason(reason), by=by)


COMMANDS: list[click.Command] = [list_, check, make, release, drop, export, paid, returned]
