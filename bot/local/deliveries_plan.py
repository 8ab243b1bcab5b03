"""`bot deliveries plan`: a list looked through, or made into a mailing, with every finding told."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.deliveries import preview, samples
from bot.deliveries.planning import Found, Source, Told, look_through, plan
from bot.list_files import Listed, Problem
from bot.local.deliveries_run import print_preview
from bot.local.importing import ROWS_SHOWN, bar, command_line, counted, problem_table, say_how_many, wide_screen
from bot.parts import open_parts
from bot.settings import Settings
from bot.store.plans import Finding
from dialogs.words import Yen, words

LINES_SHOWN = 8

# Why a row is left out, in the order in which it is looked for; and one that is left in and worth a look.
REASONS = {
    "no_balance": "nothing is left on the coupon",
    "account_given_up": "the account was given up: they apply by themselves",
    "no_way": "no way to them that we have (see DELIVERY_WAYS, and the channels in .env)",
    "planned_before": "the coupon has its right already, from an earlier list",
    "planned_with_another_sum": "the coupon has its right already, WITH ANOTHER SUM",
    "applied_for": "somebody has applied for the coupon",
    "case_open": "a case of (B) about one of the person's coupons is open: plan them once it is decided",
    "unlike_contacts": "rows of one member name different contacts",
    "has_a_right_already": "the person has a right already, from an earlier list",
}
SHARED = "shared_phone"


@dataclass(frozen=True)
class Wanted:
    """What is to be done with a source; told_in: the file that all that is wrong is written to."""

    really: bool
    without_bad_rows: bool
    told_in: Path | None = None


def plan_source(settings: Settings, name: str, source: Source, wanted: Wanted) -> bool:
    """Look everything through and, if wanted, make the mailing; False if a row is bad and nothing was planned.

    Raises CannotPlan, OSError, psycopg.Error.
    """
    screen = wide_screen()
    with open_parts(settings, threads=2) as parts, bar() as shown, _writing(wanted.told_in) as write:
        told = replace(_told(shown, source.listed), problem=write)
        if wanted.really:
            found = plan(parts, source, name, told, without_bad_rows=wanted.without_bad_rows)
        else:
            found = look_through(parts, source, told)
        seen, real = preview.of_found(parts, found), samples.of_found(parts, found)
    if found.problems:
        _say_problems(screen, found, wanted.told_in)
    for table in (_left_out(found), _shares(found), _applied(found)):
        if table.row_count:
            screen.print(table)
    if found.people and not wanted.really:
        print_preview(screen, seen, real)
    screen.print(_outcome(found, name, source), soft_wrap=True)
    return found.planned is not None or not (wanted.really or found.bad_rows)


@contextmanager
def _writing(path: Path | None) -> Iterator[Callable[[Problem], None]]:
    """Takes each problem as it is found, and writes it where a file is named."""
    if path is None:
        yield lambda _: None
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # else Excel reads Japanese as something else
        lines = csv.writer(file)
        lines.writerow(("line", "column", "reason"))
        yield lambda problem: lines.writerow((problem.line, problem.column, problem.reason))


def _say_problems(screen: Console, found: Found, told_in: Path | None) -> None:
    screen.print(problem_table(found.problems))
    say_how_many(screen, found.problems)
    if told_in:
        screen.print(f"All of it is in {told_in}.", soft_wrap=True)
    elif len(found.problems) > ROWS_SHOWN:
        screen.print("To have all of it in a file, add: --bad-rows bad-rows.csv", soft_wrap=True)


def _told(shown: Progress, file: Listed | None) -> Told:
    if not isinstance(file, Path):
        return Told()
    reading = shown.add_task("Reading", total=file.stat().st_size or 1)
    bringing = shown.add_task("Planning", total=None, visible=False)
    return Told(
        read=lambda done, total: shown.update(reading, completed=done, total=total or 1),
        brought_in=lambda done, total: shown.update(bringing, completed=done, total=total, visible=True),
    )


def _left_out(found: Found) -> Table:
    table = Table("Left out", "Rows", "Lines", box=None, header_style="bold")
    for reason, sentence in REASONS.items():
        finding = found.left_out.get(reason)
        if finding and finding.rows:
            table.add_row(sentence, f"{finding.rows:,}", _lines(finding))
    shared = found.left_out.get(SHARED)
    if shared and shared.rows:
        table.add_row("(left in) several people share a telephone number", f"{shared.rows:,}", _lines(shared))
    return table


def _lines(finding: Finding) -> str:
    shown = ", ".join(map(str, finding.lines[:LINES_SHOWN]))
    return f"{shown} …" if finding.rows > LINES_SHOWN else shown


def _shares(found: Found) -> Table:
    table = Table("First way", "Mail", "Language", "People", "Coupons", "Sum", box=None, header_style="bold")
    for share in found.shares:
        yen = words("en").write(Yen(share.yen))
        row = (share.way, share.mail_group or "–", share.language, f"{share.people:,}", f"{share.coupons:,}", yen)
        table.add_row(*row)
    return table


def _applied(found: Found) -> Table:
    table = Table("Applicants, first way", "Mail", "Language", "People", box=None, header_style="bold")
    for (way, group, language), number in sorted(found.applied.people.items(), key=lambda each: -each[1]):
        table.add_row(way, group or "–", language, f"{number:,}")
    if found.applied.no_way:
        table.add_row("(no way to them that we have)", "", "", f"{found.applied.no_way:,}")
    return table


def _outcome(found: Found, name: str, source: Source) -> str:
    people = counted(found.people, "person", "people")
    if found.planned is not None:
        return f"Planned: {people}. Look at it before anything goes out:\n{command_line('deliveries', 'preview', name)}"
    if not found.people:
        return "There is nobody here to whom a URL is to be sent. Nothing was planned."
    several = f", {found.with_several:,} of them with several coupons" if found.with_several else ""
    whom = [str(source.listed)] if source.listed else []
    whom += ["--accepted-claims"] if source.accepted_claims else []
    would = f"{people} would get a URL{several}."
    if found.bad_rows:
        would += f" {counted(found.bad_rows, 'row is', 'rows are')} bad: mend the list, or leave them out."
        whom.append("--without-bad-rows")
    return f"{would} Nothing was planned yet. To plan:\n{command_line('deliveries', 'plan', name, *whom, '--yes')}"
