"""`bot cases …`: each command calls one function of bot.local.cases_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from dialogs.rules.cases import CaseState

if TYPE_CHECKING:
    from bot.settings import Settings


@click.command("list")
@click.option("--state", type=click.Choice([f"{state}" for state in CaseState]), help="Only those that stand so.")
@click.pass_obj
def list_(settings: Callable[[], Settings], state: str | None) -> None:
    """The cases, what has waited longest first; nothing of what was told is shown."""
    from bot.local.cases_view import list_cases

    list_cases(settings(), state)


@click.command()
@click.argument("number")
@click.option("--by", help="Your name: then all that was told is shown, and that you saw it stands in the audit.")
@click.pass_obj
def show(settings: Callable[[], Settings], number: str, by: str | None) -> None:
    """One case by its number; what was told is masked unless you say who you are."""
    from bot.local.cases_view import show_case

    show_case(settings(), number, by=by)


COMMANDS: list[click.Command] = [list_, show]
