"""`bot disputes …`: each command calls one function of bot.local.disputes_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.local.by_staff import by_staff
from dialogs.rules.disputes import Answer, DisputeState

if TYPE_CHECKING:
    from bot.settings import Settings

whose = click.option(
    "--whose", required=True, type=click.Choice([f"{answer}" for answer in Answer]), help="Whose the coupon is."
)


@click.command("list")
@click.option("--state", type=click.Choice([f"{state}" for state in DisputeState]), help="Only those that stand so.")
@click.pass_obj
def list_(settings: Callable[[], Settings], state: str | None) -> None:
    """The disputes, what has waited longest first; a dispute is named by the later application's receipt number."""
    from bot.local.disputes_view import list_disputes

    list_disputes(settings(), state)


@click.command()
@click.argument("receipt_no")
@click.option("--coupon", default="", help="The end of the coupon's number, where an application has several.")
@whose
@by_staff
@click.pass_obj
def propose(settings: Callable[[], Settings], receipt_no: str, coupon: str, whose: str, by: str) -> None:
    """The first step: say whose the coupon is (holder came first, challenger later), or that both wait."""
    from bot.local.disputes_view import propose_answer

    propose_answer(settings(), receipt_no, coupon, Answer(whose), by=by)


@click.command()
@click.argument("receipt_no")
@click.option("--coupon", default="", help="The end of the coupon's number, where an application has several.")
@whose
@by_staff
@click.pass_obj
def confirm(settings: Callable[[], Settings], receipt_no: str, coupon: str, whose: str, by: str) -> None:
    """The second step, by another person: decide so. Name the proposal that you mean; another one changes nothing."""
    from bot.local.disputes_view import confirm_answer

    confirm_answer(settings(), receipt_no, coupon, Answer(whose), by=by)


COMMANDS: list[click.Command] = [list_, propose, confirm]
