"""`bot codes …`: the stock of codes of rewards. The group hands down (as click's obj) how settings are found."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brand", required=True, help="Its id in the campaign, for example quo.")
@click.option("--yes", is_flag=True, help="Import; without it the file is only checked.")
@click.pass_obj
def import_(settings: Callable[[], Settings], file: Path, brand: str, yes: bool) -> None:
    """Check a CSV file of codes, report every bad row, and put them on stock if told to."""
    from bot.local.codes_view import bring_codes

    sys.exit(0 if bring_codes(settings(), file, brand, really=yes) else 1)


@click.command()
@click.pass_obj
def stock(settings: Callable[[], Settings]) -> None:
    """How many codes of each brand and sum are free and given out."""
    from bot.local.codes_view import show_stock

    show_stock(settings())


COMMANDS: list[click.Command] = [import_, stock]
