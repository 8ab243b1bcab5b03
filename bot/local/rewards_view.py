"""What the commands of `bot rewards` do and print; who it is about is not shown."""

from __future__ import annotations

from rich.table import Table

from bot import refused_rewards
from bot.issuing import request_id
from bot.local.opened import opened
from bot.refused_rewards import number_of
from bot.settings import Settings
from dialogs.rules.campaign import JST
from dialogs.rules.claim import normalise_number
from dialogs.words import Yen, words


def list_refused(settings: Settings) -> None:
    """Print what waits for staff; raises psycopg.Error."""
    with opened(settings) as (parts, screen):
        waiting = refused_rewards.waiting(parts)
        if not waiting:
            screen.print("No reward was refused.")
            return
        table = Table("Number", "Chosen", "Reward", "Sum", "Why", "Gift at the vendor", box=None, header_style="bold")
        for right in waiting:
            chosen, yen = f"{right.chosen_at.astimezone(JST):%Y-%m-%d %H:%M}", words("en").write(Yen(right.amount))
            gift = request_id(right.id, right.request)
            table.add_row(number_of(right), chosen, right.brand, yen, right.reason, gift)
        screen.print(table)


def retry_refused(settings: Settings, number: str, *, by: str) -> None:
    """Raises what bot.refused_rewards.ask_again raises."""
    with opened(settings) as (parts, screen):
        refused_rewards.ask_again(parts, normalise_number(number), by=by)
        screen.print(f"The reward of {number} is asked for again; a worker does it.")


def cancel_refused(settings: Settings, number: str, *, by: str) -> None:
    """Raises what bot.refused_rewards.choose_anew raises."""
    with opened(settings) as (parts, screen):
        refused_rewards.choose_anew(parts, normalise_number(number), by=by)
        screen.print(f"The choice of {number} is undone. Tell its person: they can choose again on their page.")
