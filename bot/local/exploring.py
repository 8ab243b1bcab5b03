"""`bot explore`: every path of every script walked and drawn, each text held against what its channel can carry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from bot.local.reach import Reach
from bot.settings import PROJECT
from dialogs.explore import explore
from dialogs.flows import Report, write
from dialogs.message import Outbound
from dialogs.rules.campaign import Campaign, load_campaign
from integrations.line import limits
from integrations.line.drawing import draw_all
from integrations.sms.drawing import draw
from integrations.sms.segments import segments

FLOWS = PROJECT / "docs" / "flows"
MOST_SEGMENTS = 10  # what Japanese carriers join into one message
# More answers than quick replies are numbered in the text, and a number is read as the answer.
SAID_OTHERWISE = "choices:"
PROBLEMS_SHOWN = 50


def explore_all(campaign: str, *, folder: Path = FLOWS) -> bool:
    """Walk the scripts under that campaign, draw them, print counts and problems; False if there is a problem.

    Raises CampaignError, OSError.
    """
    report = explored(load_campaign(campaign))
    folder.mkdir(parents=True, exist_ok=True)
    for page in write(report, folder):
        click.echo(f"Drawn: {page}")
    for problem in report.problems[:PROBLEMS_SHOWN]:
        click.echo(f"✗ {' '.join(problem.split())}")
    if len(report.problems) > PROBLEMS_SHOWN:
        click.echo(f"… and {len(report.problems) - PROBLEMS_SHOWN:,} more")
    found = f"{len(report.problems):,} problems" if report.problems else "nothing to mend"
    click.echo(f"{report.summary}: {found}.")
    return not report.problems


def explored(campaign: Campaign) -> Report:
    """Every path, and whatever of the scripts lies on none of them."""
    reach = Reach()
    report = explore(campaign, check=refusals, watch=reach.noting)
    return replace(report, unreached=reach.unreached)


def refusals(channel: str, outbound: Outbound) -> list[str]:
    """What a channel would refuse, or would have to cut, one sentence each."""
    match channel:
        case "line":
            losses = [loss for loss in limits.losses(outbound) if not loss.startswith(SAID_OTHERWISE)]
            return losses + [refusal for message in draw_all([outbound]) for refusal in limits.check(message)]
        case "sms":
            count = segments(draw([outbound]))
            return [f"{count} segments of {MOST_SEGMENTS}"] if count > MOST_SEGMENTS else []
        case _:
            return []
