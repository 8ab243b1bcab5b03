"""`bot staff …`: each command calls one function of bot.local.staff_view.

The group hands down (as click's obj) how settings are found, so that --help needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from bot.local.by_staff import signed

if TYPE_CHECKING:
    from bot.settings import Settings

ROLES = ("agent", "supervisor", "finance", "admin")

by_whom = click.option(
    "--by", default="command line", show_default=True, callback=signed, help="Your name; it stands in the audit."
)


@click.command()
@click.argument("name")
@click.option("--login", required=True, help="What they type to sign in; small letters and digits.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they may do.")
@click.option(
    "--prefecture", "prefectures", multiple=True, help="Whose cases they see first; again for more. [default: all]"
)
@click.option("--language", type=click.Choice(("ja", "en")), default="ja", show_default=True)
@by_whom
@click.pass_obj
def add(settings: Callable[[], Settings], /, by: str, **typed: Any) -> None:
    """Add a member of staff, and print the link by which they choose a password."""
    from bot.local.staff_view import add_member
    from bot.staff import Wanted

    add_member(settings(), Wanted(**typed), by=by)


@click.command("list")
@click.pass_obj
def list_(settings: Callable[[], Settings]) -> None:
    """Everybody, what they may do, and where they are signed in."""
    from bot.local.staff_view import list_staff

    list_staff(settings())


@click.command("reset-password")
@click.argument("login")
@by_whom
@click.pass_obj
def reset_password(settings: Callable[[], Settings], login: str, by: str) -> None:
    """Print a new link to choose a password by; they are signed out everywhere."""
    from bot.local.staff_view import reset_password as reset

    reset(settings(), login, by=by)


@click.command("reset-totp")
@click.argument("login")
@by_whom
@click.pass_obj
def reset_totp(settings: Callable[[], Settings], login: str, by: str) -> None:
    """For a lost phone: they add an authenticator app anew at the next sign-in."""
    from bot.local.staff_view import reset_totp as reset

    reset(settings(), login, by=by)


@click.command("end-sessions")
@click.argument("login")
@by_whom
@click.pass_obj
def end_sessions(settings: Callable[[], Settings], login: str, by: str) -> None:
    """Sign somebody out everywhere, at once."""
    from bot.local.staff_view import end_sessions as end

    end(settings(), login, by=by)


@click.command()
@click.argument("login")
@by_whom
@click.pass_obj
def deactivate(settings: Callable[[], Settings], login: str, by: str) -> None:
    """Let somebody in no more; they are signed out everywhere, at once."""
    from bot.local.staff_view import set_active

    set_active(settings(), login, active=False, by=by)


@click.command()
@click.argument("login")
@by_whom
@click.pass_obj
def activate(settings: Callable[[], Settings], login: str, by: str) -> None:
    """Let somebody in again."""
    from bot.local.staff_view import set_active

    set_active(settings(), login, active=True, by=by)


@click.command()
@click.argument("login")
@click.argument("conversations", type=click.IntRange(0, 99))
@by_whom
@click.pass_obj
def capacity(settings: Callable[[], Settings], login: str, conversations: int, by: str) -> None:
    """How many conversations somebody may have at once; five, if nothing is said."""
    from bot.local.staff_view import set_capacity

    set_capacity(settings(), login, conversations, by=by)


COMMANDS: list[click.Command] = [add, list_, capacity, reset_password, reset_totp, end_sessions, deactivate, activate]
