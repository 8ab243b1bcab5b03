"""`bot coupons import`: a list checked or brought in, with every bad row named."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.coupons_import import Report, check_file, import_file
from bot.list_files import KEPT_PROBLEMS, Problem
from bot.list_files import Progress as Told
from bot.settings import Settings
from bot.store.db import open_pool
from dialogs.rules.campaign import load_campaign

ROWS_SHOWN = 50
WIDTH_OF_A_FILE = 120  # where the output is no terminal


def import_coupons(settings: Settings, file: Path, *, really: bool) -> bool:
    """Check the list and, if `really`, bring all of it in; prints what it found. False if a row is bad.

    `settings` names a database. Raises CampaignError, OSError, psycopg.Error.
    """
    screen = wide_screen()
    with bar() as shown:
        task = shown.add_task("Importing" if really else "Checking", total=file.stat().st_size or 1)
        report = _read(settings, file, lambda done, total: shown.update(task, completed=done, total=total or 1), really)
    if report.problems:
        screen.print(problem_table(report.problems))
        say_how_many(screen, report.problems)
        bad = f"{counted(report.bad_rows, 'row is', 'rows are')} bad, " if report.bad_rows else ""
        screen.print(f"{bad}{report.rows:,} good. Nothing was imported: mend the list, and try again.", soft_wrap=True)
        return False
    screen.print(_outcome(report, file), soft_wrap=True)
    return True


def _read(settings: Settings, file: Path, told: Told, really: bool) -> Report:
    campaign = load_campaign(settings.campaign)
    if not really:
        return check_file(file, campaign, progress=told)
    assert settings.database_url  # noqa: S101 - see import_coupons()
    pool = open_pool(settings.database_url.get_secret_value(), size=1)
    try:
        return import_file(pool, file, campaign=campaign, progress=told)
    finally:
        pool.close()


def wide_screen() -> Console:
    """Where a command prints; tables keep their width where it is no terminal."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)


def bar() -> Progress:
    """A bar for what takes long, on a terminal alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), DownloadColumn())
    screen = Console(stderr=True)
    return Progress(*columns, TimeRemainingColumn(), console=screen, transient=True, disable=not screen.is_terminal)


def problem_table(problems: Sequence[Problem]) -> Table:
    """The first of what is wrong, a line each."""
    table = Table("Line", "Column", "What is wrong", box=None, header_style="bold")
    for problem in problems[:ROWS_SHOWN]:
        table.add_row(str(problem.line), problem.column or "(the whole line)", problem.reason)
    return table


def say_how_many(screen: Console, problems: Sequence[Problem]) -> None:
    """How many the table does not show."""
    hidden = len(problems) - ROWS_SHOWN
    if hidden > 0:
        more = "at least " if len(problems) == KEPT_PROBLEMS else ""
        screen.print(f"… and {more}{hidden:,} more")


def _outcome(report: Report, file: Path) -> str:
    if report.new is None or report.changed is None:
        good = f"{counted(report.rows, 'row is', 'rows are')} good. Nothing was imported yet. To import:"
        return f"{good}\n{command_line('coupons', 'import', str(file), '--yes')}"
    same = report.rows - report.new - report.changed
    return (
        f"{counted(report.rows, 'coupon', 'coupons')} imported: "
        f"{report.new:,} new, {report.changed:,} changed, {same:,} as before."
    )


def counted(number: int, one: str, many: str) -> str:
    """1 row is, 2 rows are."""
    return f"{number:,} {one if number == 1 else many}"


def command_line(*arguments: str) -> str:
    """What to type to run another command of ours from where one stands."""
    python, here = Path(sys.executable), Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return shlex.join([str(shown), "-m", "bot", *arguments])
