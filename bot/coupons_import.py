"""Coupon lists as CSV: every row checked, and either all of them brought in or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bot.coupon_cells import form_of
from bot.list_files import Problem, Progress, Reading, good_rows
from bot.store import coupons
from bot.store.coupons import Row
from bot.store.db import Pool, transaction
from dialogs.rules.campaign import Campaign


@dataclass(frozen=True, slots=True)
class Report:
    """What a list holds and what came of it.

    rows counts good rows, bad_rows the others; problems are the first KEPT_PROBLEMS. new and changed count coupons, and
    stay None where nothing was written.
    """

    rows: int
    bad_rows: int
    problems: tuple[Problem, ...]
    new: int | None = None
    changed: int | None = None


class _Faulty(Exception):
    """There are problems: nothing may be written."""


def check_file(
    path: Path,
    campaign: Campaign,
    *,
    on_problem: Callable[[Problem], None] = lambda _: None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Read a list and write nothing. on_problem gets every problem as it is found, progress (bytes read, all bytes).

    Raises OSError.
    """
    reading = Reading(on_problem, progress)
    for _ in good_rows(path, form_of(campaign), reading):
        pass
    return _report(reading)


def import_file(
    pool: Pool,
    path: Path,
    *,
    campaign: Campaign,
    on_problem: Callable[[Problem], None] = lambda _: None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Check a list and bring it in, all of it in one transaction, or, with a single problem, nothing of it.

    A coupon that is known already takes the values of its row; an empty cell leaves what is known. Raises OSError,
    psycopg.Error.
    """
    reading = Reading(on_problem, progress)
    rows = (cast(Row, row) for _, row in good_rows(path, form_of(campaign), reading))
    try:
        with transaction(pool) as connection:
            coupons.stage(connection, rows)
            if reading.problems:
                raise _Faulty
            merged = coupons.merge_staged(connection)
    except _Faulty:
        return _report(reading)
    return replace(_report(reading), new=merged.new, changed=merged.changed)


def _report(reading: Reading) -> Report:
    return Report(reading.rows, reading.bad_rows, tuple(reading.problems))
