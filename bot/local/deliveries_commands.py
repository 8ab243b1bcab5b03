"""`bot deliveries …`: each command calls one function of the rooms beside it.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.argument("file", type=FILE)
@click.option("--yes", is_flag=True, help="Plan it; without this the list is only looked through.")
@click.option("--without-bad-rows", is_flag=True, help="Plan the good rows even if some are bad.")
@click.pass_obj
def plan(settings: Callable[[], Settings], name: str, file: Path, yes: bool, without_bad_rows: bool) -> None:
    """Make a mailing of a CSV file of balances and contacts: one right to points and one URL a person.

    Every bad row is reported, and what is left out and why. Nothing is sent before `bot deliveries start`.
    """
    from bot.local.deliveries_plan import plan_list

    sys.exit(0 if plan_list(settings(), name, file, really=yes, without_bad_rows=without_bad_rows) else 1)


@click.command("list")
@click.pass_obj
def list_(settings: Callable[[], Settings]) -> None:
    """Every mailing, its state, and how many of its messages are where."""
    from bot.local.deliveries_view import list_mailings

    list_mailings(settings())


COMMANDS: list[click.Command] = [plan, list_]
