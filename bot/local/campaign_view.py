"""`bot campaign check`, `calendar` and `schema`: a campaign file looked over, laid out, and described for editors."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.local.campaign_calendar import day_and_weekday, entries, months, warnings
from bot.local.campaign_check import problems
from bot.local.campaign_schema import campaign_schema
from dialogs.rules.campaign import Campaign, load_campaign, told_end

WIDTH_OF_A_FILE = 160  # where the output is no terminal


def check_campaign(file: Path) -> bool:
    """Print what is wrong with a campaign file, a line each, or «ok»; False if something is wrong. Raises OSError."""
    screen = _screen()
    campaign, found = problems(file)
    for problem in found:
        key = f"{problem.key}: " if problem.key else ""
        screen.print(f"{file}:{problem.line}: {key}{problem.reason}", soft_wrap=True)
    if found or campaign is None:
        screen.print(f"{len(found)} problem{'s' if len(found) > 1 else ''}.")
        return False
    screen.print(f"ok: {_summary(campaign)}", soft_wrap=True)
    return True


def _summary(campaign: Campaign) -> str:
    covered = ", ".join(prefecture.names["ja"] for prefecture in campaign.prefectures)
    brands = ", ".join(brand.id for brand in campaign.brands)
    until = told_end(campaign.dates.apply_end)
    return (
        f"{campaign.id}, version {campaign.version}, for {covered}; site from "
        f"{day_and_weekday(campaign.dates.site_opens.date())}, applications until {day_and_weekday(until.date())}; "
        f"rewards: {brands}; call {campaign.call_centre.number}"
    )


def show_calendar(name_or_file: str) -> None:
    """Print what opens and closes when under a campaign, and the call centre's months. Raises CampaignError."""
    screen, campaign = _screen(), load_campaign(name_or_file)
    screen.print(f"{campaign.programme} ({campaign.id}, version {campaign.version}), Japan's time", soft_wrap=True)
    screen.print(_entries(campaign), _months(campaign))
    for warning in warnings(campaign):
        screen.print(f"! {warning}", soft_wrap=True)


def _entries(campaign: Campaign) -> Table:
    table = Table("When", "What", "", box=None, header_style="bold")
    for entry in entries(campaign):
        table.add_row(f"{entry.at:%a %Y-%m-%d %H:%M}", entry.what, entry.note)
    return table


def _months(campaign: Campaign) -> Table:
    number = campaign.call_centre.number
    table = Table("Month", f"Call centre {number}", "Except", box=None, header_style="bold")
    for month in months(campaign):
        table.add_row(month.name, month.hours, ", ".join(month.exceptions))
    return table


def print_schema() -> None:
    """Print the JSON Schema of a campaign file, as it stands in docs/campaign.schema.json."""
    sys.stdout.write(schema_text())


def schema_text() -> str:
    return json.dumps(campaign_schema(), ensure_ascii=False, indent=2) + "\n"


def _screen() -> Console:
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
