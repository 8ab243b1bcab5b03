"""`bot line menu`: the rich menu of the account, drawn, uploaded and shown to everybody."""

from __future__ import annotations

from pathlib import Path

import click

from bot.parts import line_config
from bot.settings import Settings
from dialogs.menu import AREAS, BAR
from integrations.line.channel import LineChannel
from integrations.line.menu import Published
from integrations.line.menu_picture import draw_menu


def publish_menu(settings: Settings) -> None:
    """Show the menu to everybody; the same menu again changes nothing. Raises NoFont, SendError."""
    if not settings.line_channel_id:
        raise click.ClickException("LINE is not configured: LINE_CHANNEL_ID and LINE_CHANNEL_SECRETS are empty.")
    published = put_up(settings)
    click.echo("The menu is new." if published.is_new else "The menu is shown already; nothing had to be done.")
    if published.removed:
        click.echo(f"Older menus taken away: {published.removed}.")


def put_up(settings: Settings) -> Published:
    """As publish_menu(), but saying nothing; LINE is configured. Raises NoFont, SendError."""
    channel = LineChannel(line_config(settings))
    try:
        return channel.menus.publish(AREAS, bar=BAR)
    finally:
        channel.close()


def write_picture(file: Path) -> None:
    """Draw the menu into a file, to look at it. Raises NoFont, OSError."""
    file.write_bytes(draw_menu(AREAS))
    click.echo(f"Drawn: {file}")
