"""`bot codes import` and `bot codes stock`: codes put on stock, and what is left of them. No code is ever printed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table

from bot.codes_import import Stocked, check_codes, import_codes
from bot.local.importing import bar, counted, problem_table, say_how_many, wide_screen
from bot.settings import Settings
from bot.store import reward_codes
from bot.store.db import Pool, open_pool
from bot.store.vault import Vault
from dialogs.rules.campaign import load_campaign


def bring_codes(settings: Settings, file: Path, brand: str, *, really: bool) -> bool:
    """Check the list and, if `really`, put all of it on stock; prints what it found. False if anything is wrong.

    `settings` names a database. Raises CampaignError, OSError, psycopg.Error.
    """
    screen, campaign = wide_screen(), load_campaign(settings.campaign)
    known = [each.id for each in campaign.brands]
    if brand not in known:
        screen.print(f"{campaign.id} has no brand {brand!r}; there are {', '.join(known)}.")
        return False
    with bar() as shown, _pool(settings) as pool:
        task = shown.add_task("Importing" if really else "Checking", total=file.stat().st_size or 1)

        def told(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total or 1)

        found = (
            import_codes(pool, Vault(settings.keyring), file, shelf=(campaign.id, brand), told=told)
            if really
            else check_codes(file, told)
        )
    if found.problems:
        screen.print(problem_table(found.problems))
        say_how_many(screen, found.problems)
        screen.print("Nothing was imported: mend the list, and try again.")
        return False
    screen.print(_outcome(found))
    return True


def _outcome(found: Stocked) -> str:
    if found.brought is None:
        good = counted(found.rows, "row is", "rows are")
        return f"{good} good. Nothing was imported yet: the same with --yes imports."
    return f"{counted(found.brought, 'code is', 'codes are')} on stock. Delete the file: the codes in it are money."


def show_stock(settings: Settings) -> None:
    """Print what is on stock for the campaign; low piles are marked. Raises CampaignError, psycopg.Error."""
    screen, campaign = wide_screen(), load_campaign(settings.campaign)
    low = {brand.id: brand.low_stock for brand in campaign.brands if brand.supply == "stock"}
    table = Table("Brand", "Yen", "Free", "Given", "First ends", "", box=None, header_style="bold")
    with _pool(settings) as pool:
        piles = reward_codes.piles(pool, campaign.id)
    for pile in piles:
        mark = "LOW" if pile.free < low.get(pile.brand, 0) else ""
        table.add_row(
            pile.brand, f"{pile.amount:,}", f"{pile.free:,}", f"{pile.given:,}", str(pile.first_end or ""), mark
        )
    screen.print(table if piles else "No code is on stock. To bring some: bot codes import FILE.csv --brand BRAND")


@contextmanager
def _pool(settings: Settings) -> Iterator[Pool]:
    assert settings.database_url  # noqa: S101 - see bring_codes()
    pool = open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        yield pool
    finally:
        pool.close()
