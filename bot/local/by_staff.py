"""The options by which staff say who they are and what they have looked at; imports nothing that slows --help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.staff_names import staff_name

if TYPE_CHECKING:
    from click import Context, Parameter


def signed(_: Context, __: Parameter, typed: str | None) -> str | None:
    """The name as it stands in the audit, however it was typed. Raises NoName."""
    return None if typed is None else staff_name(typed)


by_staff = click.option("--by", required=True, callback=signed, help="Your name; it stands in the audit.")
as_seen = click.option("--seen", required=True, help="The mark that `list` shows beside it: nothing is decided unseen.")
