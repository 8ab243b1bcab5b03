"""`bot contacts …`: each command calls one function of bot.local.contacts_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.local.by_staff import as_seen, by_staff

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("list")
@click.pass_obj
def list_(settings: Callable[[], Settings]) -> None:
    """The changes that wait, the oldest first; both contacts are masked."""
    from bot.local.contacts_view import list_changes

    list_changes(settings())


@click.command()
@click.argument("receipt_no")
@as_seen
@by_staff
@click.pass_obj
def approve(settings: Callable[[], Settings], receipt_no: str, seen: str, by: str) -> None:
    """You have made sure who asks: the URL goes to the new contact, the old URL works no more, both are told."""
    from bot.local.contacts_view import approve_change

    approve_change(settings(), receipt_no, seen=seen, by=by)


@click.command()
@click.argument("receipt_no")
@as_seen
@click.option("--reason", required=True, help="For your colleagues, without names; the person is not told it.")
@by_staff
@click.pass_obj
def refuse(settings: Callable[[], Settings], receipt_no: str, seen: str, reason: str, by: str) -> None:
    """You could not make sure who asks: nothing changes, and the person is asked to call."""
    from bot.local.contacts_view import refuse_change

    refuse_change(settings(), receipt_no, seen=seen, reason=reason, by=by)


COMMANDS: list[click.Command] = [list_, approve, refuse]
