"""`bot deliveries list`: what there is, and how it stands."""

from __future__ import annotations

from rich.table import Table

from bot.local.importing import command_line, wide_screen
from bot.settings import Settings
from bot.store import mailings
from bot.store.db import open_pool


def list_mailings(settings: Settings) -> None:
    """Print every mailing with its counts. Raises psycopg.Error."""
    assert settings.database_url  # noqa: S101 - settings at hand name one
    screen, pool = wide_screen(), open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        table = Table("Name", "What", "State", "Counts", box=None, header_style="bold")
        for mailing in mailings.every(pool):
            counts = mailings.counts(pool, mailing.id)
            told = ", ".join(
                f"{number:,} {state}" for state, number in sorted(counts.items(), key=lambda each: -each[1])
            )
            state = f"{mailing.state}: {mailing.reason}" if mailing.reason else mailing.state
            table.add_row(mailing.name, mailing.purpose, state, told)
    finally:
        pool.close()
    if table.row_count:
        screen.print(table)
    else:
        how = command_line("deliveries", "plan", "NAME", "FILE.csv")
        screen.print(f"There is no mailing yet. To make one of a list of balances and contacts:\n{how}", soft_wrap=True)
