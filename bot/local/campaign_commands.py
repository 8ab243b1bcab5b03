"""`bot campaign …`: each command calls one function of bot.local.campaign_view."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Name line and reason of everything that is wrong with a campaign file, or say ok."""
    from bot.local.campaign_view import check_campaign

    sys.exit(0 if check_campaign(file) else 1)


@click.command()
@click.argument("name_or_file", required=False)
def calendar(name_or_file: str | None) -> None:
    """Print what opens and closes when; of CAMPAIGN, if no name or file is given."""
    from bot.local.campaign_view import show_calendar
    from bot.settings import Settings, process_environment

    show_calendar(name_or_file or process_environment().get("CAMPAIGN") or Settings.model_fields["campaign"].default)


@click.command()
def schema() -> None:
    """Print the JSON Schema of a campaign file; docs/campaign.schema.json is this."""
    from bot.local.campaign_view import print_schema

    print_schema()


COMMANDS: list[click.Command] = [check, calendar, schema]
