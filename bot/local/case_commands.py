"""`bot cases …`: each command calls one function of bot.local.cases_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.local.by_staff import by_staff, signed
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
@click.option(
    "--by",
    callback=signed,
    help="Your name: then all that was told is shown, and that you saw it stands in the audit.",
)
@click.pass_obj
def show(settings: Callable[[], Settings], number: str, by: str | None) -> None:
    """One case by its number; what was told is masked unless you say who you are."""
    from bot.local.cases_view import show_case

    show_case(settings(), number, by=by)


@click.command()
@click.argument("number")
@by_staff
@click.pass_obj
def take(settings: Callable[[], Settings], number: str, by: str) -> None:
    """Take a case up: the shop is asked. From here on its person cannot change it."""
    _move(settings, number, CaseState.CHECKING, by=by)


@click.command("put-back")
@click.argument("number")
@by_staff
@click.pass_obj
def put_back(settings: Callable[[], Settings], number: str, by: str) -> None:
    """Leave a case that you took up to the others."""
    _move(settings, number, CaseState.OPENED, by=by)


@click.command()
@click.argument("number")
@click.argument("outcome", type=click.Choice(["found", "not-found", "answered"]))
@by_staff
@click.pass_obj
def decide(settings: Callable[[], Settings], number: str, outcome: str, by: str) -> None:
    """Say whether it was so: found, not-found, or answered (nothing is given back for that kind of trouble).

    NUMBER is the case's, or the receipt number of an application with its coupon. After found somebody else says with
    `restore` how much is given back; the others end it, its person is told, and what waited for it goes on.
    """
    _move(settings, number, CaseState(outcome.replace("-", "_")), by=by)


@click.command()
@click.argument("number")
@click.option("--amount", type=int, required=True, help="Yen that are given back.")
@by_staff
@click.pass_obj
def restore(settings: Callable[[], Settings], number: str, amount: int, by: str) -> None:
    """Give back what was found, by another person than who found it; its person is told.

    As long as coupons can be used the balance is restored and the coupon extended at the issuing system by you; later
    the sum comes as points, with what was applied for.
    """
    from bot.local.deciding import give_back

    give_back(settings(), number, amount, by=by)


@click.command()
@click.argument("number")
@by_staff
@click.pass_obj
def reopen(settings: Callable[[], Settings], number: str, by: str) -> None:
    """Look once more into a case that was not found or answered; what has not gone out waits for it again."""
    _move(settings, number, CaseState.CHECKING, by=by)


@click.command()
@click.argument("number")
@by_staff
@click.pass_obj
def close(settings: Callable[[], Settings], number: str, by: str) -> None:
    """Close a decided case: nothing is left to do."""
    _move(settings, number, CaseState.CLOSED, by=by)


def _move(settings: Callable[[], Settings], number: str, to: CaseState, *, by: str) -> None:
    from bot.local.deciding import move_case

    move_case(settings(), number, to, by=by)


COMMANDS: list[click.Command] = [list_, show, take, put_back, decide, restore, reopen, close]
