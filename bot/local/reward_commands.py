"""`bot rewards …`: each command calls one function of bot.local.rewards_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.local.by_staff import by_staff

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("list")
@click.pass_obj
def list_(settings: Callable[[], Settings]) -> None:
    """The rewards that the vendor refused, what has waited longest first."""
    from bot.local.rewards_view import list_refused

    list_refused(settings())


@click.command()
@click.argument("number")
@by_staff
@click.pass_obj
def retry(settings: Callable[[], Settings], number: str, by: str) -> None:
    """Ask for the same reward once more, when the vendor can issue it now. NUMBER: of the receipt, or the coupon."""
    from bot.local.rewards_view import retry_refused

    retry_refused(settings(), number, by=by)


@click.command()
@click.argument("number")
@by_staff
@click.pass_obj
def cancel(settings: Callable[[], Settings], number: str, by: str) -> None:
    """Undo the choice: its person chooses another reward on their page. NUMBER: of the receipt, or the coupon."""
    from bot.local.rewards_view import cancel_refused

    cancel_refused(settings(), number, by=by)


COMMANDS: list[click.Command] = [list_, retry, cancel]
