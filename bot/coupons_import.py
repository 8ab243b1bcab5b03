"""Coupon lists as CSV: every row checked, and either all of them brought in or none.

The file is UTF-8 (with or without BOM) or cp932, as Excel saves it; its first line has the headings of
`coupon_cells.COLUMNS` or their Japanese ALIASES, in any order. It is streamed: memory does not grow with it.
"""

from __future__ import annotations

import codecs
import csv
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, cast

from bot.coupon_cells import COLUMNS, REQUIRED, Reader, column_of, contradictions, plain, readers
from bot.store import coupons
from bot.store.coupons import Row
from bot.store.db import Pool, transaction
from dialogs.rules.campaign import Campaign

CHUNK = 1 << 20
KEPT_PROBLEMS = 1000
PROGRESS_EVERY = 1000  # rows
ENCODINGS = {"utf-8": "utf-8-sig", "cp932": "cp932"}

Progress = Callable[[int, int], None]
_Wrong = tuple[str, str]  # column and reason


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the line of the file (the heading is 1), the column ("" is the whole line), and a sentence."""

    line: int
    column: str
    reason: str


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


@dataclass(slots=True)
class _Checking:
    campaign: Campaign
    on_problem: Callable[[Problem], None]
    progress: Progress
    rows: int = 0
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, column: str, reason: str) -> None:
        problem = Problem(line, column, reason)
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)
        self.on_problem(problem)

    def report(self) -> Report:
        return Report(self.rows, self.bad_rows, tuple(self.problems))


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
    checking = _Checking(campaign, on_problem, progress)
    for _ in _good_rows(path, checking):
        pass
    return checking.report()


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
    checking = _Checking(campaign, on_problem, progress)
    try:
        with transaction(pool) as connection:
            coupons.stage(connection, _good_rows(path, checking))
            if checking.problems:
                raise _Faulty
            merged = coupons.merge_staged(connection)
    except _Faulty:
        return checking.report()
    return replace(checking.report(), new=merged.new, changed=merged.changed)


def _good_rows(path: Path, checking: _Checking) -> Iterator[Row]:
    with path.open("rb") as file:
        encoding = _encoding(file, checking)
        if encoding is None:
            return
        total = file.seek(0, 2)
        file.seek(0)
        text = TextIOWrapper(file, encoding=encoding, newline="")
        lines = csv.reader(text, strict=True)
        try:
            yield from _rows(lines, checking, lambda: checking.progress(min(file.tell(), total), total))
        except csv.Error as wrong:
            checking.bad_rows += 1
            checking.note(lines.line_num, "", f"is no CSV ({wrong}); what follows was not read")
        checking.progress(total, total)


def _encoding(file: BinaryIO, checking: _Checking) -> str | None:
    """Which of the two it is, found by decoding all of it in pieces; what is neither is noted."""
    broken_at = 0
    for tried, name in ENCODINGS.items():
        decoder = codecs.getincrementaldecoder(tried)()
        file.seek(0)
        line = 1
        try:
            while piece := file.read(CHUNK):
                decoder.decode(piece)
                line += piece.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as wrong:
            broken_at = line + wrong.object[: wrong.start].count(b"\n")
        else:
            return name
    checking.note(broken_at, "", "is neither UTF-8 nor cp932 (Shift_JIS); save the list as CSV in UTF-8")
    return None


def _rows(lines: Any, checking: _Checking, tell: Callable[[], None]) -> Iterator[Row]:
    columns = _columns(next(lines, []), checking)
    if columns is None:
        return
    read = readers(checking.campaign)
    with closing(_Seen()) as seen:
        before = lines.line_num
        for number, cells in enumerate(lines, 1):
            # A cell in quotes may hold line breaks: a row is named by the line it begins on.
            line, before = before + 1, lines.line_num
            if number % PROGRESS_EVERY == 0:
                tell()
            if not any(map(str.strip, cells)):
                continue
            row, problems = _row(columns, cells, read)
            if row and (first := seen.before(row[:2], line)):
                problems.append(("number", f"stands in line {first} already"))
            if row and not problems:
                checking.rows += 1
                yield row
                continue
            checking.bad_rows += 1
            for column, reason in problems:
                checking.note(line, column, reason)


def _columns(headings: Sequence[str], checking: _Checking) -> list[str] | None:
    columns = [column_of(heading) for heading in headings]
    wrong = [
        f"has a heading that is none of ours: {plain(heading)[:40]!r}"
        for heading, column in zip(headings, columns, strict=True)
        if column is None
    ]
    wrong += [f"has the column {column} twice" for column in COLUMNS if columns.count(column) > 1]
    wrong += [f"lacks the column {column}" for column in REQUIRED if column not in columns]
    for reason in wrong:
        checking.note(1, "", reason)
    return None if wrong else [column for column in columns if column]


def _row(columns: Sequence[str], cells: Sequence[str], read: Mapping[str, Reader]) -> tuple[Row | None, list[_Wrong]]:
    if len(cells) != len(columns):
        return None, [("", f"{len(columns)} cells expected, {len(cells)} found")]
    found = dict(zip(columns, map(plain, cells), strict=True))
    values: dict[str, Any] = {}
    wrong: list[_Wrong] = []
    for column in COLUMNS:
        cell = found.get(column, "")
        if not cell and column in REQUIRED:
            wrong.append((column, "is empty"))
        try:
            values[column] = read[column](cell) if cell else None
        except ValueError as reason:
            wrong.append((column, str(reason)))
    if wrong:
        return None, wrong
    row = cast(Row, tuple(map(values.get, COLUMNS)))
    return row, contradictions(row)


class _Seen:
    """The coupons of a file so far, in a temporary file of SQLite's, so that a million of them need no memory."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute(
            "CREATE TABLE seen (prefecture, number, line, PRIMARY KEY (prefecture, number)) WITHOUT ROWID"
        )
        self._table.execute("BEGIN")

    def before(self, key: tuple[str, str], line: int) -> int | None:
        """The line where this coupon stood first, None if it is this one."""
        added = self._table.execute("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (*key, line))
        if added.rowcount:
            return None
        first: int = self._table.execute("SELECT line FROM seen WHERE prefecture = ? AND number = ?", key).fetchone()[0]
        return first

    def close(self) -> None:
        self._table.close()
