"""`bot deliveries …`: each command calls one function of the rooms beside it.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.local.by_staff import by_staff

if TYPE_CHECKING:
    from types import ModuleType

    from bot.parts import Parts
    from bot.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@click.argument("file", type=FILE, required=False)
@click.option(
    "--accepted-claims", is_flag=True, help="Bring the URL to the applicants to whom nothing has gone out yet, too."
)
@click.option("--yes/--dry-run", default=False, help="Plan it; without --yes everything is only looked through.")
@click.option("--without-bad-rows", is_flag=True, help="Plan the good rows even if some are bad.")
@click.option(
    *("--bad-rows", "told_in"),
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything that is wrong with the list to this file, as CSV.",
)
@click.pass_obj
def plan(settings: Callable[[], Settings], /, name: str, file: Path | None, **how: Any) -> None:
    """Make a mailing of a CSV file of balances and contacts, of accepted claims, or of both: one URL a person.

    Every bad row is reported, and what is left out and why. Nothing is sent before `bot deliveries start`.
    """
    from bot.deliveries.planning import Source
    from bot.local.deliveries_plan import Wanted, plan_source

    if file is None and not how["accepted_claims"]:
        raise click.UsageError("Whom is it for? Name a FILE, or --accepted-claims, or both.")
    source = Source(file, how["accepted_claims"])
    wanted = Wanted(really=how["yes"], without_bad_rows=how["without_bad_rows"], told_in=how["told_in"])
    sys.exit(0 if plan_source(settings(), name, source, wanted) else 1)


@click.command("list")
@click.pass_obj
def list_(settings: Callable[[], Settings]) -> None:
    """Every mailing, its state, and how many of its messages are where."""
    from bot.local.deliveries_view import list_mailings

    list_mailings(settings())


one_group = click.option("--mail", "group", help="Only its mail to this carrier: docomo, au, softbank …")


@click.command()
@click.argument("name")
@click.pass_obj
def preview(settings: Callable[[], Settings], name: str) -> None:
    """Counts by way, the words, segments, cost, and when the last one would go out. Nothing is sent."""
    from bot.local.deliveries_run import show_preview

    show_preview(settings(), name)


@click.command("test")
@click.argument("name")
@click.option(
    "--to", "targets", multiple=True, required=True, help="A number or an address of your own; several times."
)
@click.pass_obj
def test_(settings: Callable[[], Settings], name: str, targets: tuple[str, ...]) -> None:
    """Send the words of a mailing, with a code of nobody, to yourself."""
    from bot.local.deliveries_run import send_tests

    send_tests(settings(), name, list(targets))


@click.command()
@click.argument("name")
@click.option("--share", default=0.01, show_default=True, type=click.FloatRange(0, 1, min_open=True))
@by_staff
@click.pass_obj
def pilot(settings: Callable[[], Settings], name: str, share: float, by: str) -> None:
    """Let a share go out first, spread evenly; look at its receipts before you start the rest."""
    _move(settings, name, lambda run, parts: f"{run.pilot(parts, name, share=share, by=by):,} go out first.")


@click.command()
@click.argument("name")
@by_staff
@click.pass_obj
def start(settings: Callable[[], Settings], name: str, by: str) -> None:
    """Let all of it go out, within the hours of sending."""
    _move(settings, name, lambda run, parts: run.start(parts, name, by=by) or "It goes out.")


@click.command()
@click.argument("name")
@one_group
@by_staff
@click.pass_obj
def pause(settings: Callable[[], Settings], name: str, group: str | None, by: str) -> None:
    """Stop it for now: within two seconds nothing new goes on the wire."""
    if group:
        _move(settings, name, lambda run, parts: run.hold(parts, name, group, by=by) or f"Mail to {group} is held.")
    else:
        _move(settings, name, lambda run, parts: run.pause(parts, name, by=by) or "It is paused.")


@click.command()
@click.argument("name")
@one_group
@by_staff
@click.pass_obj
def resume(settings: Callable[[], Settings], name: str, group: str | None, by: str) -> None:
    """Go on where it was paused, by you or by itself."""
    if group:
        _move(settings, name, lambda run, parts: run.release(parts, name, group, by=by) or f"Mail to {group} goes on.")
    else:
        _move(settings, name, lambda run, parts: run.resume(parts, name, by=by) or "It goes on.")


@click.command()
@click.argument("name")
@by_staff
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def cancel(settings: Callable[[], Settings], name: str, by: str, yes: bool) -> None:
    """Give it up: what has not gone out never will."""
    if not yes:
        click.confirm(f"Whoever has no message of {name} yet will get none. Cancel it?", abort=True)
    _move(settings, name, lambda run, parts: f"{run.cancel(parts, name, by=by):,} will not go out.")


@click.command()
@click.argument("name")
@click.option("--watch", is_flag=True, help="A bar with rate and time left, until it is over.")
@click.pass_obj
def show(settings: Callable[[], Settings], name: str, watch: bool) -> None:
    """How a mailing stands."""
    from bot.local.deliveries_run import show_mailing

    show_mailing(settings(), name, watch=watch)


@click.command()
@click.argument("number")
@click.pass_obj
def person(settings: Callable[[], Settings], number: str) -> None:
    """What was sent to somebody when and by which way, and what came back.

    NUMBER is a telephone number, a mail address, a receipt number, or the inquiry number of a coupon.
    """
    from bot.local.deliveries_person import show_person

    sys.exit(0 if show_person(settings(), number) else 1)


@click.command()
@click.argument("name")
@click.pass_obj
def staff(settings: Callable[[], Settings], name: str) -> None:
    """Whom no way has reached, or who wants nothing by any: for staff; contacts are masked."""
    from bot.local.deliveries_run import show_staff

    show_staff(settings(), name)


@click.command()
@click.pass_obj
def bounce(settings: Callable[[], Settings]) -> None:
    """Read one returned mail from standard input: what the mail server pipes in (see docs/operations.md)."""
    import psycopg

    from bot.deliveries.bounces import CannotTake, take_bounce
    from bot.parts import open_parts

    try:
        with open_parts(settings(), threads=2) as parts:
            # A mail that is not ours is no failure: the server would send a bounce of the bounce.
            click.echo("kept" if take_bounce(parts, sys.stdin.buffer.read()) else "none of ours")
    except CannotTake as error:
        click.echo(f"none of ours: it cannot be read ({error})")
    except psycopg.Error:
        # The one number by which a mail server keeps the mail and pipes it in again.
        click.echo("not kept: the database does not take it now. See what is wrong: python -m bot check", err=True)
        raise SystemExit(os.EX_TEMPFAIL) from None


def _move(settings: Callable[[], Settings], name: str, act: Callable[[ModuleType, Parts], str]) -> None:
    from bot.deliveries import running
    from bot.parts import open_parts

    with open_parts(settings(), threads=2) as parts:
        click.echo(f"{name}: {act(running, parts)}")


COMMANDS: list[click.Command] = [
    *(plan, list_, preview, test_, pilot, start, pause, resume, cancel, show, person, staff, bounce),
]
